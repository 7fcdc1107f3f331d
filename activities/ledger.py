"""The message ledger: what was handed to a gateway, for which recovery, and what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.gateways.sms import Receipt
from activities.store.database import Database
from activities.store.tables import messages, segments


@dataclass(frozen=True)
class Outgoing:
    """A message about to be sent; its id is the same when the send is tried again."""

    id: str
    workflow_id: str
    delivery_id: str
    channel: str
    gateway: str


@dataclass(frozen=True)
class Fate:
    """What became of a whole message: every segment delivered, or one of them failed."""

    message_id: str
    workflow_id: str
    delivered: bool
    reason: str


class Ledger:
    """Remembers messages and their segments; receipts may come early, twice, or for none of ours."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def begin(self, outgoing: Outgoing) -> datetime | None:
        """Note a message before it is sent; return when it was accepted, if it was already."""
        values = {
            "id": outgoing.id,
            "workflow_id": outgoing.workflow_id,
            "delivery_id": outgoing.delivery_id,
            "channel": outgoing.channel,
            "gateway": outgoing.gateway,
        }
        query = select(messages.c.accepted_at).where(messages.c.id == outgoing.id)
        async with self._database.writing() as connection:
            await connection.execute(self._database.insert(messages).values(values).on_conflict_do_nothing())
            accepted_at: datetime | None = (await connection.execute(query)).scalar_one()
        return accepted_at

    async def accepted(self, outgoing: Outgoing, gateway_ids: tuple[str, ...]) -> datetime:
        """Note that a gateway took a message, and the gateway's own ids; return when."""
        now = self._now()
        mine = messages.c.id == outgoing.id
        async with self._database.writing() as connection:
            await connection.execute(update(messages).where(mine).values(accepted_at=now))
            for gateway_id in gateway_ids:
                await self._segment(connection, outgoing.gateway, gateway_id, {"message_id": outgoing.id})
        return now

    async def received(self, receipt: Receipt) -> str | None:
        """Note a receipt and return the message it is for; None when it comes before the gateway's answer."""
        here = (segments.c.gateway == receipt.gateway) & (segments.c.gateway_id == receipt.gateway_id)
        # Its reason is what tells a failure from a delivery below.
        reason = "" if receipt.delivered else receipt.reason or "undelivered"
        told = {"delivered": receipt.delivered, "reason": reason, "at": receipt.at}
        async with self._database.writing() as connection:
            await self._segment(connection, receipt.gateway, receipt.gateway_id, told)
            message_id: str | None = (
                await connection.execute(select(segments.c.message_id).where(here))
            ).scalar_one()
        return message_id

    async def untold(self, message_id: str | None = None) -> list[Fate]:
        """Return the messages (or the one) whose fate is known and whose recovery was not told yet."""
        parts, known = func.count(), func.count(segments.c.delivered)
        failed = func.max(segments.c.reason)
        query = (
            select(messages.c.id, messages.c.workflow_id, failed.label("reason"))
            .join(segments, segments.c.message_id == messages.c.id)
            .where(messages.c.ended_at.is_(None))
            .group_by(messages.c.id, messages.c.workflow_id)
            .having((parts == known) | (failed != ""))
        )
        if message_id is not None:
            query = query.where(messages.c.id == message_id)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [Fate(row.id, row.workflow_id, row.reason == "", row.reason) for row in rows]

    async def told(self, fate: Fate) -> None:
        """Note that a recovery knows the fate of its message."""
        outcome = "delivered" if fate.delivered else fate.reason
        ended = {"ended_at": self._now(), "outcome": outcome}
        async with self._database.writing() as connection:
            await connection.execute(update(messages).where(messages.c.id == fate.message_id).values(ended))

    async def _segment(
        self, connection: AsyncConnection, gateway: str, gateway_id: str, values: dict[str, object]
    ) -> None:
        row = {"gateway": gateway, "gateway_id": gateway_id, "reason": "", **values}
        known = self._database.insert(segments).values(row)
        here = ["gateway", "gateway_id"]
        await connection.execute(known.on_conflict_do_update(index_elements=here, set_=values))
