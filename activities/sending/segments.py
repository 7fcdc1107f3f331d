"""Finds the segment that an operator's receipt is for.

An operator's id is no key. It may be spelled in two ways (`00B8BE19` in the answer, `b8be19` in the receipt), come in a
receipt before the answer, come twice, or be given again once the operator's counter has restarted.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Interval, bindparam, func, insert, literal, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.gateways.sms.gateway import Receipt
from activities.store.tables import messages, segments

# An operator keeps trying for two or three days at most.
_LONGEST_DELIVERY = timedelta(days=3)
# How far the clocks of two machines may be apart.
_CLOCKS_APART = literal(timedelta(minutes=1), Interval())
_REPETITION = timedelta(minutes=1)

# In clear, as in the index: PostgreSQL does not see that a parameter is the same text.
_SPELLING = func.ltrim(func.lower(segments.c.gateway_id), literal_column("'0'"))
_OF_ID = (segments.c.gateway == bindparam("of_gateway")) & (bindparam("spelling") == _SPELLING)
_IS_EXACT = segments.c.gateway_id == bindparam("exact")
_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))
_IS_KNOWN = (segments.c.message_id == bindparam("message")) & _IS_EXACT
# A receipt may overtake the answer by as long as the database is away, or as a process that died takes to send again; but none
# comes before its message was first tried.
_BEGUN_AT = select(messages.c.started_at).where(messages.c.id == bindparam("message")).scalar_subquery()
_IS_EARLY_RECEIPT = segments.c.message_id.is_(None) & (segments.c.received_at > _BEGUN_AT - _CLOCKS_APART)
_KNOWN_OR_EARLY_RECEIPT = (
    select(segments.c.id, segments.c.message_id)
    .where(_OF_ID, _IS_KNOWN | _IS_EARLY_RECEIPT)
    .order_by(segments.c.message_id.nulls_last(), _IS_EXACT.desc(), segments.c.id.desc())
    .limit(1)
)
# An exact spelling before another one, a message without an outcome before one that has it, the newest first.
_CANDIDATE = (
    select(segments.c.id, segments.c.message_id, segments.c.delivered, segments.c.received_at)
    .join(messages, messages.c.id == segments.c.message_id)
    .where(_OF_ID, messages.c.accepted_at > bindparam("since"))
    .order_by(_IS_EXACT.desc(), segments.c.delivered.is_(None).desc(), segments.c.id.desc())
    .limit(1)
)
_SET = update(segments).where(segments.c.id == bindparam("segment"))
_REOPEN = update(messages).where(messages.c.id == bindparam("message")).values(ended_at=None)


@dataclass(frozen=True)
class SegmentId:
    """An operator's id of a segment, as the operator has spelled it."""

    gateway: str
    gateway_id: str

    @property
    def spelling(self) -> str:
        """What every spelling of the id has in common."""
        return self.gateway_id.lower().lstrip("0")

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters by which statements find the id."""
        return {"of_gateway": self.gateway, "spelling": self.spelling, "exact": self.gateway_id}


async def add(connection: AsyncConnection, segment: SegmentId, message_id: str) -> None:
    """Record that the operator has given a segment of a message that id; a receipt that came before is taken for it."""
    await _lock(connection, segment)
    asked = {**segment.parameters, "message": message_id}
    found = (await connection.execute(_KNOWN_OR_EARLY_RECEIPT, asked)).first()
    if found is not None:
        if found.message_id is None:
            await connection.execute(_SET, {"segment": found.id, "message_id": message_id})
        return
    row = {"gateway": segment.gateway, "gateway_id": segment.gateway_id, "message_id": message_id, "reason": ""}
    await connection.execute(insert(segments), row)


async def receive(connection: AsyncConnection, receipt: Receipt) -> str | None:
    """Record a receipt, and return the id of the message that it is for, or None when none is known yet.

    Of two outcomes of one segment the delivery counts: a phone that has the SMS keeps it, whatever an earlier or later
    receipt says.
    """
    segment = SegmentId(receipt.gateway, receipt.gateway_id)
    await _lock(connection, segment)
    asked = {**segment.parameters, "since": receipt.at - _LONGEST_DELIVERY}
    found = (await connection.execute(_CANDIDATE, asked)).first()
    # The reason is what distinguishes a failure from a delivery in the ledger's outcomes.
    reason = "" if receipt.delivered else receipt.reason or "undelivered"
    values = {"delivered": receipt.delivered, "reason": reason, "received_at": receipt.at}
    if found is None or _is_for_another(found.delivered, found.received_at, receipt):
        row = {"gateway": receipt.gateway, "gateway_id": receipt.gateway_id, **values}
        await connection.execute(insert(segments), row)
        return None
    if found.delivered is None or (receipt.delivered and not found.delivered):
        await connection.execute(_SET, {"segment": found.id, **values})
    if found.delivered is False and receipt.delivered:
        await connection.execute(_REOPEN, {"message": found.message_id})  # its other outcome was reported
    return str(found.message_id)


def _is_for_another(known: bool | None, received_at: datetime, receipt: Receipt) -> bool:
    # A repetition comes soon; later, the same outcome again is that of a message whose answer has not come yet.
    return known is not None and known == receipt.delivered and receipt.at - received_at > _REPETITION


async def _lock(connection: AsyncConnection, segment: SegmentId) -> None:
    # Otherwise an answer and a receipt at the same moment would each not see the other.
    await connection.execute(_LOCK, {"name": f"segment:{segment.gateway}:{segment.spelling}"})
