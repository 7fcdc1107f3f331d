"""The activities of a mailing in the recoveries role: pages of rows for the sender, counts, and the journal."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import structlog
from sqlalchemy import Executable, Row, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity
from temporalio.service import RPCError

from activities.accounts.credentials import lock_electors
from activities.accounts.roll import Roll
from activities.evidence.journal import Entry, Event, Journal
from activities.mailings.start_order import BegunMailing, StartClaim
from activities.outbox.rows import ASKED, FAILED, UNREACHED, Mail, MailCounts, Outbox, State
from activities.outbox.sealed_addresses import AddressSealer, Recipient
from activities.recoveries.clicks import InvalidSignatureError
from activities.recoveries.links import Links, MailedLink
from activities.recoveries.settlements import detail_of
from activities.recoveries.terms import Terms
from activities.security.signed_orders import is_from_console, is_recent
from activities.store.database import Database
from activities.store.tables import electors, links
from election.procedures import Procedure, workflow_id_of
from election.settings import Election
from election.verdicts import Verdict

# (subject, elector_id, request_id, mailing): signals the elector's recovery, or starts it.
Ask = Callable[[str, str, str, str], Coroutine[Any, Any, None]]
ALTERED = "roll"  # the cause for an elector whose row no import has written

_log = structlog.stdlib.get_logger(__name__)
# Of one recovery, and of a page: both together are within the time of an activity.
_ANSWERS_WITHIN, _ASKS_FOR = timedelta(seconds=5), timedelta(seconds=20)
_PROCEDURE = Procedure.IDENTIFIER_AND_PASSWORD
_ALL = select(func.count()).select_from(electors)
# An own link is live, so a recovery is too.
_WITH_OWN_LINK = select(links.c.elector_id).where(
    links.c.elector_id.in_(bindparam("electors", expanding=True)),
    links.c.workflow_id.like(f"{_PROCEDURE.id_prefix}/%"),
    links.c.dies_at.is_(None),
    links.c.ending.is_(None),
    links.c.revoked_at.is_(None),
)


@dataclass(frozen=True)
class PageOrder:
    """The next `size` electors in the order of their ids, the first one after the id `after`.

    `mailing` is the mailing's name, and `workflow_id` its workflow. `cause` is for failed mails that are sent again.
    """

    mailing: str
    workflow_id: str
    size: int
    after: str = ""
    cause: str = ""


@dataclass(frozen=True)
class Page:
    """The `last` elector of a page and how many rows it has written; `is_last` when no elector comes after it.

    `is_closed` when the election takes no requests now, and nothing was written.
    """

    last: str
    written: int = 0
    is_last: bool = False
    is_closed: bool = False


@dataclass(frozen=True)
class MailingAct:
    """An event of a mailing for the journal; `who` is the operator, or empty when the mailing acts by itself.

    `is_verified` when the console has signed the operator's order.
    """

    id: str
    mailing: str
    event: Event
    who: str
    outcome: str = ""
    detail: str = ""
    is_verified: bool = False


class Mailings:
    """Prepares what the sender sends, and counts what became of it; the workflow of a mailing runs them as local activities."""

    def __init__(
        self,
        database: Database,
        roll: Roll,
        links: Links,
        outbox: Outbox,
        journal: Journal,
        terms: Terms,
        election: Election,
        ask: Ask,
    ) -> None:
        self._database = database
        self._roll = roll
        self._links = links
        self._outbox = outbox
        self._journal = journal
        self._terms = terms
        self._dies_at = election.calendar.links_expire
        self._bureau_addresses = len(election.bureau.emails)
        self._ask = ask
        self._sealer = AddressSealer(terms.keys.messaging)

    @property
    def activities(self) -> list[Callable[..., Any]]:
        """The activities for a worker to register."""
        return [
            self.begin_mailing,
            self.count_roll,
            self.count_mails,
            self.prepare_page,
            self.ask_recoveries,
            self.retry_page,
            self.note_mailing,
        ]

    @activity.defn
    async def begin_mailing(self, claim: StartClaim) -> BegunMailing:
        """Journal that a mailing begins, by whom and whether the console has signed it, and return what it begins with.

        Raises:
            InvalidSignatureError: somebody else than the console has signed it, or it is an old order that is given again.
        """
        order, key = claim.order, self._terms.keys.console
        is_verified = bool(key and order.signature)
        is_genuine = is_from_console(key, claim.mailing, order) and is_recent(order, claim.started_at)
        if is_verified and not is_genuine:
            raise InvalidSignatureError("the console has not signed this start, or long before it")
        begun = (claim.id, claim.mailing, Event.MAILING_BEGUN, order.operator)
        await self.note_mailing(MailingAct(*begun, detail=f"{order.per_second:g}/s", is_verified=is_verified))
        counts = await self.count_mails(claim.mailing.rpartition("/")[2])
        return BegunMailing(await self.count_roll(), counts, key, self._bureau_addresses)

    @activity.defn
    async def count_roll(self) -> int:
        """Return how many electors the roll has."""
        async with self._database.reading() as connection:
            return (await connection.execute(_ALL)).scalar_one()

    @activity.defn
    async def count_mails(self, mailing: str) -> MailCounts:
        """Return what became of a mailing's mails."""
        async with self._database.reading() as connection:
            return await self._outbox.count(connection, mailing)

    @activity.defn
    async def prepare_page(self, order: PageOrder) -> Page:
        """Write the rows and links of the next electors, in one transaction, and return how far it came.

        An elector whose own recovery has a live link gets no other one: the recovery is asked (`ask_recoveries`). Run
        again, it writes nothing twice.
        """
        if self._terms.refusal(_PROCEDURE) is Verdict.CLOSED:
            return Page(order.after, is_closed=True)
        async with self._database.writing() as connection:
            found = await _page(connection, UNREACHED, order)
            sealed = {row.id: self._seal(row) for row in found if self._roll.is_genuine(row)}
            # An own request has committed by now, and its link is found, or it finds these rows.
            await lock_electors(connection, [row.id for row in found])
            busy = await _with_own_link(connection, [row.id for row in found])
            mails = [_mail(order.mailing, row.id, sealed.get(row.id), is_busy=row.id in busy) for row in found]
            written = await self._outbox.add(connection, order.mailing, mails)
            workflow_ids = {row.id: self._workflow_id(row) for row in found}
            linked = [
                MailedLink(workflow_ids[mail.elector_id], mail.link_id, mail.elector_id)
                for mail in mails
                if mail.link_id is not None and mail.elector_id in written
            ]
            await self._links.register_mailed(connection, _PROCEDURE, linked, self._dies_at)
            if written:
                await self._journal.record(connection, _prepared(order, len(written)))
        last = found[-1].id if found else order.after
        return Page(last, len(written), is_last=len(found) < order.size)

    @activity.defn
    async def ask_recoveries(self, order: PageOrder) -> Page:
        """Ask the recoveries of a page of electors for a link, and return how far it came in time.

        One that cannot be asked keeps no other waiting: it is asked again with all that have not answered.
        """
        async with self._database.reading() as connection:
            found = await _page(connection, ASKED, order)
        clock, left, last, faults = asyncio.get_running_loop().time, deque(found), order.after, Counter[str]()
        ends_at, is_over = clock() + _ASKS_FOR.total_seconds(), False
        while left and not is_over:
            row = left.popleft()
            last, subject = row.id, self._roll.subject(row.work_email)
            try:
                async with asyncio.timeout(_ANSWERS_WITHIN.total_seconds()):
                    await self._ask(subject, row.id, id_of(order.mailing, row.id), order.mailing)
            except (RPCError, TimeoutError) as error:
                faults[type(error).__name__] += 1
            is_over = clock() >= ends_at
        if faults:
            _log.warning("recoveries_not_asked", mailing=order.mailing, faults=dict(faults))
        asked = len(found) - len(left) - faults.total()
        return Page(last, asked, is_last=not left and len(found) < order.size)

    @activity.defn
    async def retry_page(self, order: PageOrder) -> Page:
        """Let the failed mails of a page wait again, to the address that the roll has now; return how far it came."""
        async with self._database.writing() as connection:
            found = await _page(connection, FAILED, order)
            sealed = {row.id: self._seal(row) for row in found if self._roll.is_genuine(row)}
            number = await self._outbox.send_again(connection, order.mailing, sealed)
        return Page(found[-1].id if found else order.after, number, is_last=len(found) < order.size)

    @activity.defn
    async def note_mailing(self, act: MailingAct) -> None:
        """Record an event of a mailing in the journal; at its end, forget the addresses that still wait."""
        detail = detail_of(act.detail, is_verified=act.is_verified) if act.who else act.detail
        entry = Entry(act.id, act.event, act.who, act.mailing, outcome=act.outcome, detail=detail)
        async with self._database.writing() as connection:
            if act.event is Event.MAILING_ENDED:
                await self._outbox.hide(connection, act.mailing.rpartition("/")[2])
            await self._journal.record(connection, entry)

    def _seal(self, row: Row[Any]) -> bytes:
        return self._sealer.seal(Recipient(row.work_email, self._roll.subject(row.work_email)))

    def _workflow_id(self, row: Row[Any]) -> str:
        return workflow_id_of(_PROCEDURE, self._roll.subject(row.work_email))


def id_of(mailing: str, elector_id: str) -> str:
    """Return the id of a mailing's link for an elector, the same at every run."""
    return uuid5(NAMESPACE_OID, f"{mailing}/{elector_id}").hex


def _mail(mailing: str, elector_id: str, sealed: bytes | None, *, is_busy: bool) -> Mail:
    if sealed is None:
        return Mail(elector_id, State.FAILED, cause=ALTERED)
    if is_busy:
        return Mail(elector_id, State.ASKED)
    return Mail(elector_id, State.WAITING, id_of(mailing, elector_id), sealed)


async def _page(connection: AsyncConnection, query: Executable, order: PageOrder) -> Sequence[Row[Any]]:
    asked = {"of": order.mailing, "after": order.after, "size": order.size}
    if order.cause:
        asked["cause"] = order.cause
    return (await connection.execute(query, asked)).all()


async def _with_own_link(connection: AsyncConnection, elector_ids: Sequence[str]) -> set[str]:
    return set((await connection.execute(_WITH_OWN_LINK, {"electors": elector_ids})).scalars())


def _prepared(order: PageOrder, number: int) -> Entry:
    # One for a page: each mail has its own when the relay answers.
    entry_id = f"mailing-page:{token_hex(16)}"
    return Entry(entry_id, Event.MAILING_PREPARED, "", order.workflow_id, outcome=str(number))
