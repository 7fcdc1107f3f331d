"""The message ledger: which message was sent to which gateway, for which recovery, with which outcome."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.config.errors import DatabaseUnavailableError
from activities.evidence.journal import ACCEPTED, DELIVERED, Entry, Event, Journal
from activities.gateways.sms.gateway import Receipt
from activities.metrics.definitions import DELIVERY_SECONDS, SENDS
from activities.sending import segments as sent_segments
from activities.sending.earlier_tries import EarlierTries, earlier_tries
from activities.sending.segments import SegmentId
from activities.store.database import Database
from activities.store.progress_table import progress
from activities.store.tables import messages, segments
from election.following.delays import DelayPercentiles, delay_percentiles

_RETRY_AFTER = 0.2  # seconds
_RECENT = timedelta(hours=1)
_RECENT_MESSAGES = 100

_OF_THEIR_OWN = frozenset({Event.SEND_UNCERTAIN, Event.SEND_REPEATED})

InTransaction = Callable[[AsyncConnection], Awaitable[None]]

_THIS = messages.c.id == bindparam("message")
# When two runs were both accepted, the first one's row stays.
_UPDATE = update(messages).where(_THIS, messages.c.accepted_at.is_(None)).returning(messages.c.started_at)
_IS_OF_ITS_LINK = (progress.c.workflow_id == messages.c.workflow_id) & (
    progress.c.link_id == messages.c.delivery_id
)
_OUTCOMES = (
    select(
        messages.c.id.label("message_id"),
        messages.c.workflow_id,
        messages.c.delivery_id,
        (func.max(segments.c.reason) == "").label("delivered"),
        func.max(segments.c.reason).label("reason"),
        func.max(progress.c.display_until).is_not(None).label("is_used"),
    )
    .join(segments, segments.c.message_id == messages.c.id)
    .outerjoin(progress, _IS_OF_ITS_LINK)
    .where(messages.c.ended_at.is_(None))
    .group_by(messages.c.id)
    .having((func.count() == func.count(segments.c.delivered)) | (func.max(segments.c.reason) != ""))
)
_OUTCOME = _OUTCOMES.where(_THIS)
_LAST_RECEIPT = select(func.max(segments.c.received_at)).where(segments.c.message_id == bindparam("message"))
_OR_NOW = func.coalesce(_LAST_RECEIPT.scalar_subquery(), bindparam("now", type_=messages.c.ended_at.type))
_END = update(messages).where(_THIS).values(ended_at=_OR_NOW, outcome=bindparam("end")).returning(messages)


@dataclass(frozen=True)
class Outgoing:
    """A message that is being sent; its id is the same for a retry.

    `country_or_domain` is the country of a phone or the domain of a mail address, once it is known.
    """

    id: str
    workflow_id: str
    delivery_id: str
    channel: str
    gateway: str
    country_or_domain: str = ""


@dataclass(frozen=True)
class DeliveryOutcome:
    """The outcome of a whole message: every segment delivered, or one of them failed; its link may be used already."""

    message_id: str
    workflow_id: str
    delivery_id: str
    delivered: bool
    reason: str
    is_used: bool = False


class Ledger:
    """Keeps messages and their segments; receipts may come early, twice, or for no message of ours.

    Each outcome is journalled in the same transaction.
    """

    def __init__(self, database: Database, journal: Journal, now: Callable[[], datetime]) -> None:
        self._database = database
        self._journal = journal
        self._now = now
        add = insert(messages)
        # An existing row is written unchanged, since RETURNING returns only rows that were written.
        known = add.on_conflict_do_update(index_elements=["id"], set_={"started_at": messages.c.started_at})
        self._begin = known.returning(messages.c.accepted_at)

    async def begin(self, outgoing: Outgoing) -> datetime | None:
        """Record a message before it is sent; return when it was accepted, if an earlier run had it accepted."""
        values = {
            "id": outgoing.id,
            "workflow_id": outgoing.workflow_id,
            "delivery_id": outgoing.delivery_id,
            "channel": outgoing.channel,
            "gateway": outgoing.gateway,
            "country_or_domain": outgoing.country_or_domain,
            "started_at": self._now(),
        }
        async with self._database.single_statements() as connection:
            accepted_at: datetime | None = (await connection.execute(self._begin, values)).scalar_one()
        return accepted_at

    async def earlier_tries(self, message_id: str) -> EarlierTries:
        """Return what is known of a message's earlier tries."""
        async with self._database.reading() as connection:
            return await earlier_tries(connection, message_id)

    async def try_by(self, outgoing: Outgoing, tries: EarlierTries) -> None:
        """Record by which gateway a message is tried again, and first of all that it may arrive twice, if it may."""
        doubtful = tries.doubtful(outgoing.gateway)
        async with self._database.writing() as connection:
            if tries.last:
                is_same = tries.last.gateway == outgoing.gateway
                again: dict[str, object] = {"outcome": None, "may_be_taken": tries.last.may_be_taken and is_same}
                await self._update(connection, outgoing, again)
            if doubtful:
                reason = f"{doubtful.gateway}:{doubtful.reason}"
                await self._journal_send(connection, outgoing, Event.SEND_REPEATED, reason)

    async def accepted(
        self, outgoing: Outgoing, gateway_ids: tuple[str, ...], also: InTransaction | None = None
    ) -> datetime:
        """Record that a gateway accepted a message, and the gateway's own ids; return when.

        `also` runs in the same transaction. While the database is unavailable this tries again, since a
        message whose acceptance is not recorded would be sent twice.
        """
        while True:
            try:
                async with self._database.writing() as connection:
                    accepted_at = await self._accepted(connection, outgoing, gateway_ids)
                    if also:
                        await also(connection)
                    return accepted_at
            except DatabaseUnavailableError:
                await asyncio.sleep(_RETRY_AFTER)

    async def _accepted(
        self, connection: AsyncConnection, outgoing: Outgoing, gateway_ids: tuple[str, ...]
    ) -> datetime:
        now = self._now()
        end = {"outcome": None, "ended_at": None} if gateway_ids else {"outcome": ACCEPTED, "ended_at": now}
        accepted = {"accepted_at": now, "may_be_taken": False, **end}
        started_at = await self._update(connection, outgoing, accepted)
        await self._journal_send(connection, outgoing, Event.SEND_ACCEPTED, ACCEPTED)
        if started_at and not gateway_ids:
            _measure(outgoing, now - started_at)
        for gateway_id in gateway_ids:
            await sent_segments.add(connection, SegmentId(outgoing.gateway, gateway_id), outgoing.id)
        return now

    async def not_accepted(
        self,
        outgoing: Outgoing,
        reason: str,
        *,
        final: bool,
        may_be_taken: bool = False,
        also: InTransaction | None = None,
    ) -> None:
        """Record why a message was not accepted, and whether that is `final` or will be retried; `also` as above.

        With `may_be_taken` the journal says that it may arrive all the same.
        """
        event = Event.SEND_REFUSED if final else Event.SEND_POSTPONED
        async with self._database.writing() as connection:
            ended_at = self._now() if final else None
            tried: dict[str, object] = {"outcome": reason[:64], "ended_at": ended_at}
            if may_be_taken:
                tried["may_be_taken"] = True
            await self._update(connection, outgoing, tried)
            await self._journal_send(connection, outgoing, event, reason)
            if may_be_taken:
                await self._journal_send(connection, outgoing, Event.SEND_UNCERTAIN, reason)
            if also:
                await also(connection)

    async def not_tried(self, outgoing: Outgoing, reason: str, also: InTransaction | None = None) -> None:
        """Journal why no gateway was chosen for a message; its row goes on to say what the last one did. `also` as above."""
        async with self._database.writing() as connection:
            await self._journal_send(connection, outgoing, Event.SEND_POSTPONED, reason)
            if also:
                await also(connection)

    async def received(self, receipt: Receipt) -> str | None:
        """Record a receipt and return its message's id, or None when it comes before the gateway's answer."""
        async with self._database.writing() as connection:
            return await sent_segments.receive(connection, receipt)

    async def unreported(self, message_id: str | None = None) -> list[DeliveryOutcome]:
        """Return the known outcomes, of all messages or of one, that were not reported to the recovery yet."""
        asked = (_OUTCOMES, {}) if message_id is None else (_OUTCOME, {"message": message_id})
        async with self._database.reading() as connection:
            rows = (await connection.execute(*asked)).all()
        return [DeliveryOutcome(**row._asdict()) for row in rows]

    async def mark_reported(self, delivery: DeliveryOutcome, also: InTransaction | None = None) -> None:
        """Record that an outcome was reported to its recovery, and when the last receipt came; `also` as above."""
        outcome = DELIVERED if delivery.delivered else delivery.reason
        end = {"message": delivery.message_id, "now": self._now(), "end": outcome}
        async with self._database.writing() as connection:
            row = (await connection.execute(_END, end)).one()
            sent = Outgoing(
                row.id, row.workflow_id, row.delivery_id, row.channel, row.gateway, row.country_or_domain
            )
            event = Event.SEND_DELIVERED if delivery.delivered else Event.SEND_FAILED
            await self._journal_send(connection, sent, event, outcome)
            if delivery.delivered:
                _measure(sent, row.ended_at - row.started_at)
            if also:
                await also(connection)

    async def recent_delay(self, channel: str) -> DelayPercentiles | None:
        """Return how long the last hundred messages of the last hour took on a channel; None without any.

        From the first attempt to send until the phone received it or the relay accepted it.
        """
        since = self._now() - _RECENT
        arrived = (messages.c.channel == channel) & messages.c.outcome.in_((DELIVERED, ACCEPTED))
        query = select(messages.c.started_at, messages.c.ended_at).where(arrived, messages.c.ended_at > since)
        async with self._database.reading() as connection:
            rows = (
                await connection.execute(query.order_by(messages.c.ended_at.desc()).limit(_RECENT_MESSAGES))
            ).all()
        return delay_percentiles((row.ended_at - row.started_at).total_seconds() for row in rows)

    async def _update(
        self, connection: AsyncConnection, outgoing: Outgoing, values: dict[str, object]
    ) -> datetime | None:
        """Change the row of a message, and return when it was begun; None when it was accepted before."""
        of = {"gateway": outgoing.gateway, "country_or_domain": outgoing.country_or_domain}
        changed = await connection.execute(_UPDATE, {"message": outgoing.id, **of, **values})
        started_at: datetime | None = changed.scalar_one_or_none()
        return started_at

    async def _journal_send(self, connection: AsyncConnection, of: Outgoing, event: Event, outcome: str) -> None:
        # An entry is of a message, a gateway, its code and an event: two gateways, and two events, may have the same code.
        kind = f"{event.rpartition(':')[2]}:" if event in _OF_THEIR_OWN else ""
        entry = Entry(
            f"message:{of.id}:{kind}{of.gateway}:{outcome}"[:128],
            event,
            of.gateway,
            of.workflow_id,
            of.channel,
            outcome,
            of.country_or_domain,
        )
        await self._journal.record(connection, entry)
        if event not in _OF_THEIR_OWN:
            SENDS.labels(of.channel, of.gateway, event.rpartition(":")[2]).inc()


def _measure(message: Outgoing, took: timedelta) -> None:
    DELIVERY_SECONDS.labels(message.channel, message.gateway).observe(took.total_seconds())
