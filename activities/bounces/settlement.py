"""Settles bounces: what the message ledger, the journal, the recovery and a mailing learn of them."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.bounces.inbox import BounceInbox
from activities.bounces.report import OTHER, BounceKind, BounceReport
from activities.bounces.report_reader import ReaderKilledError, ReaderNotStartedError, ReportReader
from activities.evidence.journal import BOUNCE, Entry, Event, Journal
from activities.outbox.rows import State
from activities.progress import rows as progress
from activities.progress.rows import SendOf
from activities.sending.ledger import DeliveryOutcome
from activities.sending.receipts import Receipts
from activities.store.bounce_table import bounces
from activities.store.database import Database
from activities.store.mailing_tables import outbox
from activities.store.tables import links, messages
from election.following.progress import fault_of
from election.stages import Channel

SETTLE_EVERY = timedelta(seconds=2)
# A bounce may come before the relay's acceptance is written; if none is by then, the relay had accepted it all the same.
_ACCEPTED_WITHIN = timedelta(minutes=5)
# How often a process begins with a mail on which its reader was killed: once may be chance.
_TRIES = 2
_NEXT = (
    select(bounces)
    .where(bounces.c.settled_at.is_(None), bounces.c.id > bindparam("after"))
    .order_by(bounces.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_SETTLE = (
    update(bounces)
    .where(bounces.c.id == bindparam("of"))
    .values(sealed=None, kind=bindparam("says"), status=bindparam("code"), settled_at=bindparam("now"))
)
_MESSAGE = select(messages).where(messages.c.id == bindparam("of"))
_FAIL = (
    update(messages)
    .where(messages.c.id == bindparam("of"))
    .values(outcome=bindparam("why"), ended_at=bindparam("at"))
)
_ITS_ELECTOR = select(links.c.elector_id).where(links.c.link_id == bindparam("link")).scalar_subquery()
_FAIL_MAIL = (
    update(outbox)
    .where(
        outbox.c.elector_id == _ITS_ELECTOR,
        outbox.c.link_id == bindparam("link"),
        outbox.c.send_number == bindparam("number"),
        outbox.c.state == State.ACCEPTED,
    )
    .values(state=State.FAILED, cause=bindparam("why"), changed_at=bindparam("at"))
)
_log = structlog.stdlib.get_logger(__name__)


class BounceSettlement:
    """Reads stored bounces one after the other; any number of processes may."""

    def __init__(
        self,
        database: Database,
        inbox: BounceInbox,
        receipts: Receipts,
        journal: Journal,
        links_expire: datetime,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._inbox = inbox
        self._receipts = receipts
        self._journal = journal
        self._links_expire = links_expire
        self._now = now
        self._kills: Counter[int] = Counter()  # by the id of the bounce that was read

    async def settle(self) -> None:
        """Settle what was stored and not settled yet; a process that is killed meanwhile leaves it to the next run.

        Raises:
            DatabaseUnavailableError: the database does not answer.
            RPCError: Temporal does not.
        """
        after: int | None = 0
        async with ReportReader() as reader:
            try:
                while after is not None:
                    after = await self._settle_next(reader, after)
            except ReaderNotStartedError as error:
                _log.error("bounces_not_read", fault=str(error))

    async def _settle_next(self, reader: ReportReader, after: int) -> int | None:
        """Settle the first bounce after an id, and return its own id, or None without any."""
        async with self._database.writing() as connection:
            bounce = (await connection.execute(_NEXT, {"after": after})).first()
            if bounce is None:
                return None
            message = (await connection.execute(_MESSAGE, {"of": bounce.message_id})).first()
            # A mailing's mail is not in the ledger before its acceptance.
            if (message is None or message.accepted_at is None) and self._is_early(bounce):
                return int(bounce.id)
            if self._kills[bounce.id] >= _TRIES:
                return int(bounce.id)
            report = await self._report(reader, bounce)
            said = {"of": bounce.id, "says": report.kind, "code": report.status, "now": self._now()}
            await connection.execute(_SETTLE, said)
            _log.info("bounce", message=bounce.message_id, kind=report.kind, status=report.status)
            if message is not None:
                await self._apply(connection, message, report, bounce.received_at)
        return int(bounce.id)

    def _is_early(self, bounce: Row[Any]) -> bool:
        received_at: datetime = bounce.received_at
        return self._now() < received_at + _ACCEPTED_WITHIN

    async def _report(self, reader: ReportReader, bounce: Row[Any]) -> BounceReport:
        if bounce.sealed is None:
            return BounceReport(BounceKind(bounce.kind), bounce.status) if bounce.kind else OTHER
        try:
            return await reader.read(self._inbox.open(bounce.sealed))
        except ReaderKilledError:
            self._kills[bounce.id] += 1
            if self._kills[bounce.id] >= _TRIES:
                _log.error("bounce_passed_over", message=bounce.message_id)
            raise

    async def _apply(
        self, connection: AsyncConnection, message: Row[Any], report: BounceReport, at: datetime
    ) -> None:
        if report.kind is BounceKind.DELAYED:
            await self._journal.record(connection, _entry(message, Event.SEND_DELAYED, report.status))
        if report.kind is not BounceKind.FINAL or (message.outcome or "").startswith(BOUNCE):
            return
        send = _send_of(message)
        if send is not None:
            # Before what is written, so that a kill between both repeats the signal, which changes nothing then.
            ids = (message.id, message.workflow_id, message.delivery_id)
            await self._receipts.signal(DeliveryOutcome(*ids, delivered=False, reason=report.reason))
        await self._journal.record(connection, _entry(message, Event.SEND_FAILED, report.reason))
        await connection.execute(_FAIL, {"of": message.id, "why": report.reason, "at": at})
        if send is not None:
            mail = {"link": send.link_id, "number": send.number, "why": report.reason, "at": self._now()}
            await connection.execute(_FAIL_MAIL, mail)
            fault = fault_of(Channel.EMAIL, report.reason)
            await progress.bounce(connection, send, fault, self._links_expire)


def _send_of(message: Row[Any]) -> SendOf | None:
    """Return the send of a link's mail; None for a notice, and for 2011's identifier, whose recovery has ended by then."""
    number = message.id.removeprefix(f"{message.delivery_id}-")
    return SendOf(message.workflow_id, message.delivery_id, int(number)) if number.isdecimal() else None


def _entry(message: Row[Any], event: Event, outcome: str) -> Entry:
    of = (message.gateway, message.workflow_id, message.channel, outcome, message.country_or_domain)
    return Entry(f"message:{message.id}:{outcome}"[:128], event, *of)
