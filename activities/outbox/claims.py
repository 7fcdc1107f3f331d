"""The outbox as the messaging role sees it: claims rows for one sender, and writes what became of their mails."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Executable, Result, Row, TextClause, bindparam, func, select, text
from sqlalchemy.exc import InterfaceError, OperationalError, PendingRollbackError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.config.errors import DatabaseUnavailableError
from activities.evidence.journal import ACCEPTED, ADD_MANY, MANY, Entry, Event, Journal
from activities.outbox.answers import Answer, Claimed, Handed
from activities.outbox.rows import State
from activities.store.database import Database
from activities.store.gateway_tables import gateways
from activities.store.mailing_tables import outbox
from activities.store.many_rows import arrays, insert_rows, rows_from
from activities.store.tables import messages
from election.routing.choice import LastTry
from election.stages import Channel

_FIRST_WAIT = timedelta(minutes=1)

_LOCK = text("SELECT pg_advisory_lock(:sender)")
_UNLOCK = text("SELECT pg_advisory_unlock(:sender)")
# The advisory locks that are held: a key of 64 bits is shown in two halves.
_AT_WORK = """SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


def _claim(order: str) -> TextClause:
    return text(
        f"""UPDATE outbox SET claimed_by = :sender FROM (
            SELECT elector_id, mailing FROM outbox
            WHERE mailing = :of AND state = 'waiting' AND sealed IS NOT NULL
                AND (next_try_at IS NULL OR next_try_at <= :now)
                AND (claimed_by IS NULL OR claimed_by <> ALL (ARRAY({_AT_WORK})))
            ORDER BY {order} LIMIT :size FOR UPDATE SKIP LOCKED
        ) AS free WHERE outbox.elector_id = free.elector_id AND outbox.mailing = free.mailing
        RETURNING outbox.elector_id, outbox.link_id, outbox.sealed, outbox.postponed_since, outbox.next_try_at,
            outbox.send_number"""  # noqa: S608 - no value in it
    )


_CLAIM = _claim("elector_id")  # as the index has them
# Whether a relay is back must not be tried again with the mail that it has just failed with.
_CLAIM_ONE = _claim("changed_at, elector_id")
_OTHER = messages.alias("other")
_LAST = select(func.max(_OTHER.c.accepted_at))
_OF_EACH = (
    select(_LAST.where(_OTHER.c.gateway == gateways.c.name).scalar_subquery().label("at"))
    .where(gateways.c.channel == Channel.EMAIL)
    .subquery()
)
# A relay: the last one that failed may be a reserve, or away for good, while the others work.
_WORKED_AT = func.greatest(
    _LAST.where(_OTHER.c.gateway == messages.c.gateway).scalar_subquery(),
    select(func.max(_OF_EACH.c.at)).scalar_subquery(),
)
# Waits for its first try: with it one sees whether the relay works.
_UNTRIED = select(outbox.c.elector_id).where(
    outbox.c.mailing == bindparam("of"),
    outbox.c.state == State.WAITING,
    outbox.c.sealed.is_not(None),
    outbox.c.postponed_since.is_(None),
)
_TRIED = select(
    messages.c.id,
    messages.c.gateway,
    messages.c.outcome,
    messages.c.may_be_taken,
    _WORKED_AT.label("worked_at"),
    (~_UNTRIED.exists()).label("are_all_tried"),
).where(messages.c.id.in_(bindparam("tried", expanding=True)), messages.c.accepted_at.is_(None))
_MARKED, _NOTED = "mail_", "note_"  # before the names of parameters
_OUTCOMES = ("elector_id", "mailing", "state", "cause", "postponed_since", "next_try_at", "changed_at", "domain")
_LEDGER = (
    "id",
    "workflow_id",
    "delivery_id",
    "channel",
    "gateway",
    "country_or_domain",
    "started_at",
    "accepted_at",
    "ended_at",
    "outcome",
    "may_be_taken",
)
# What waits is still the sender's, and keeps its address. An own request may have withdrawn the row.
_MARK = f"""UPDATE outbox SET state = new.state, cause = new.cause, postponed_since = new.postponed_since,
        next_try_at = new.next_try_at, changed_at = new.changed_at, claimed_by = NULL,
        domain = new.domain,
        sealed = CASE WHEN new.state = 'waiting' THEN outbox.sealed END
    FROM {rows_from(outbox, *_OUTCOMES, prefix=_MARKED)}
    WHERE outbox.elector_id = new.elector_id AND outbox.mailing = new.mailing AND outbox.state = 'waiting'"""  # noqa: S608 - no value in it
_NOTE = insert_rows(
    messages,
    *_LEDGER,
    on_conflict="""(id) DO UPDATE SET accepted_at = excluded.accepted_at, ended_at = excluded.ended_at,
        outcome = excluded.outcome, gateway = excluded.gateway, may_be_taken = excluded.may_be_taken
        WHERE messages.accepted_at IS NULL""",
    prefix=_NOTED,
)
# One statement: one round trip and one transaction, on whichever connection.
_WRITE = text(f"WITH marked AS ({_MARK}), noted AS ({_NOTE.text}) {ADD_MANY.text}")


class Claims:
    """Claims rows under one sender's number, as long as the sender's connection holds the lock of that number."""

    def __init__(
        self, connection: AsyncConnection, sender: int, mailing: str, now: Callable[[], datetime]
    ) -> None:
        self._connection = connection
        self._sender = sender
        self._mailing = mailing
        self._now = now
        self._in_use = asyncio.Lock()

    async def take(self, size: int) -> list[Claimed]:
        """Return at most `size` mails that wait and that no living sender has claimed; they are this sender's now.

        Raises:
            DatabaseUnavailableError: the connection is gone, and the lock with it: others may take the sender's claims.
        """
        asked = {"sender": self._sender, "of": self._mailing, "now": self._now(), "size": size}
        claimed = [
            Claimed(row.elector_id, row.link_id, row.sealed, row.postponed_since, row.next_try_at, row.send_number)
            for row in await self._execute(_CLAIM if size > 1 else _CLAIM_ONE, asked)
        ]
        put_off = [each.message_id for each in claimed if each.postponed_since]
        if not put_off:
            return claimed
        tries = {row.id: row for row in await self._execute(_TRIED, {"tried": put_off, "of": self._mailing})}
        return [_with_last_try(each, tries.get(each.message_id)) for each in claimed]

    async def write(self, outcomes: Mapping[str, object]) -> None:
        """Write what `Outcomes.values` has made, on the sender's connection.

        Raises:
            DatabaseUnavailableError: as `take`.
        """
        await self._execute(_WRITE, outcomes)

    async def _execute(self, statement: Executable, values: Mapping[str, object]) -> Result[Any]:
        async with self._in_use:
            try:
                return await self._connection.execute(statement, values)
            except (OperationalError, InterfaceError, PendingRollbackError) as error:
                raise DatabaseUnavailableError from error


class Outcomes:
    """Writes what relays answered: in the outbox, in the ledger and in the journal, many mails at a time."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        retry_for: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._journal = journal
        self._retry_for = retry_for
        self._now = now

    @asynccontextmanager
    async def claims(self, mailing: str) -> AsyncIterator[Claims]:
        """Yield the claims of a new sender; when they end, or the process or the connection does, others may take them."""
        sender = secrets.randbits(63)
        async with self._database.reading() as connection:
            await connection.execute(_LOCK, {"sender": sender})
            try:
                yield Claims(connection, sender, mailing, self._now)
            finally:
                with suppress(SQLAlchemyError):  # a connection that is gone holds no lock
                    await connection.execute(_UNLOCK, {"sender": sender})

    def values(self, mailing: str, handed: Sequence[Handed]) -> dict[str, object]:
        """Return the parameters of the statement that writes the relay's answers to some mails."""
        # In one order for every sender, so that two of them do not wait for each other.
        handed = sorted(handed, key=lambda each: each.claimed.elector_id)
        entries = [self._journal.values(entry) for each in handed for entry in _entries(each)]
        return {
            **arrays([self._mark(mailing, each) for each in handed], _MARKED),
            **arrays([_note(each, has_ended=self._has_ended(each)) for each in handed], _NOTED),
            **arrays(entries, MANY),
        }

    async def write_late(self, outcomes: Mapping[str, object]) -> None:
        """Write what a sender could not write, since its connection is gone; what is written already stays as it is."""
        async with self._database.writing() as connection:
            await connection.execute(_WRITE, outcomes)

    def _has_ended(self, handed: Handed) -> bool:
        is_postponed = handed.answer.kind is Answer.POSTPONED
        return not is_postponed or handed.at - handed.put_off_since >= self._retry_for

    def _mark(self, mailing: str, handed: Handed) -> dict[str, object]:
        since, next_try_at = None, None
        state = State.FAILED if self._has_ended(handed) else State.WAITING
        if handed.answer.kind is Answer.ACCEPTED:
            state = State.ACCEPTED
        elif handed.answer.kind is Answer.POSTPONED:
            since = handed.put_off_since
            next_try_at = handed.at + max(_FIRST_WAIT, handed.at - since)  # each wait is twice the one before
        return {
            "elector_id": handed.claimed.elector_id,
            "mailing": mailing,
            "state": state,
            "cause": handed.answer.cause,
            "postponed_since": since,
            "next_try_at": next_try_at,
            "changed_at": handed.at,
            "domain": handed.domain,
        }


def _with_last_try(claimed: Claimed, row: Row[Any] | None) -> Claimed:
    if row is None:
        return claimed
    last = LastTry(row.gateway, row.outcome or "", may_be_taken=row.may_be_taken)
    return replace(claimed, last=last, relay_worked_at=row.worked_at, are_all_tried=row.are_all_tried)


def _note(handed: Handed, *, has_ended: bool) -> dict[str, object]:
    answer, last = handed.answer, handed.claimed.last
    is_accepted = answer.kind is Answer.ACCEPTED
    may_be_taken = answer.may_be_taken or bool(last and last.may_be_taken and not handed.doubtful)
    return {
        "id": handed.message_id,
        "workflow_id": handed.workflow_id,
        "delivery_id": handed.claimed.link_id,
        "channel": Channel.EMAIL.value,
        "gateway": answer.relay,
        "country_or_domain": handed.domain,
        "started_at": handed.started_at,
        "accepted_at": handed.at if is_accepted else None,
        "ended_at": handed.at if has_ended else None,
        "outcome": ACCEPTED if is_accepted else answer.cause,
        "may_be_taken": may_be_taken and not is_accepted,
    }


def _entries(handed: Handed) -> list[Entry]:
    """Return the journal's entries of an answer: that the mail may arrive twice has one of its own.

    One relay's code again is the same entry; another relay's is another.
    """
    answer, of = handed.answer, f"message:{handed.message_id}:"
    doubtful = f"{handed.doubtful.gateway}:{handed.doubtful.reason}" if handed.doubtful else ""
    outcome = ACCEPTED if answer.kind is Answer.ACCEPTED else answer.cause
    event = {
        Answer.ACCEPTED: Event.SEND_ACCEPTED,
        Answer.REFUSED: Event.SEND_REFUSED,
        Answer.POSTPONED: Event.SEND_POSTPONED,
    }[answer.kind]
    told = [(event, outcome, f"{of}{answer.relay}:{outcome}")]
    if doubtful:
        told.insert(0, (Event.SEND_REPEATED, doubtful, f"{of}repeated:{answer.relay}:{doubtful}"))
    if answer.may_be_taken:
        told.append((Event.SEND_UNCERTAIN, outcome, f"{of}uncertain:{answer.relay}:{outcome}"))
    return [
        Entry(id_[:128], event, answer.relay, handed.workflow_id, Channel.EMAIL.value, outcome, handed.domain)
        for event, outcome, id_ in told
    ]
