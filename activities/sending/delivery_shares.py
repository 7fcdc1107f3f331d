"""What became of the messages of the last minutes and hours, by gateway: for operators."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, text

from activities.evidence.journal import ACCEPTED, DELIVERED
from activities.store.database import Database

# A text message is delivered by its receipt; an e-mail has none, and counts once the relay has taken it.
_SHARES = text(
    """SELECT channel, gateway, count(*) FILTER (WHERE ended_at IS NOT NULL) AS ended,
        count(*) FILTER (WHERE ended_at IS NOT NULL AND outcome IN (:delivered, :accepted)) AS arrived,
        count(*) FILTER (WHERE ended_at IS NULL) AS open,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY ended_at - started_at)
            FILTER (WHERE ended_at IS NOT NULL AND outcome IN (:delivered, :accepted)) AS median,
        percentile_cont(0.95) WITHIN GROUP (ORDER BY ended_at - started_at)
            FILTER (WHERE ended_at IS NOT NULL AND outcome IN (:delivered, :accepted)) AS p95
    FROM messages WHERE channel IN ('sms', 'email')
        AND (ended_at > now() - :period OR (ended_at IS NULL AND started_at > now() - :period))
    GROUP BY channel, gateway ORDER BY channel DESC, gateway"""
).bindparams(bindparam("delivered", DELIVERED), bindparam("accepted", ACCEPTED))


@dataclass(frozen=True)
class DeliveryShare:
    """Of one gateway's messages in a period: how many have ended, how many of these arrived, and how many are open.

    Of those that arrived, half took at most `median`, and 95 % at most `p95`; None when none arrived.
    """

    channel: str
    gateway: str
    ended: int
    arrived: int
    open: int
    median: timedelta | None
    p95: timedelta | None

    @property
    def percent(self) -> float | None:
        """The share of those that have ended which arrived, in percent; None when none has ended."""
        return 100 * self.arrived / self.ended if self.ended else None


class DeliveryShares:
    """Reads the shares and delays from the message ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_last(self, period: timedelta) -> list[DeliveryShare]:
        """Return the share of each gateway over the last `period`."""
        async with self._database.reading() as connection:
            rows = await connection.execute(_SHARES, {"period": period})
            return [DeliveryShare(**row._asdict()) for row in rows]
