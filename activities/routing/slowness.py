"""Which SMS gateways deliver slowly, and for how long already: read from the ledger, so that no restart forgets it.

A mail has no receipt: of it nobody knows more than that its relay has accepted it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text

from activities.metrics.definitions import SLOW_GATEWAYS
from activities.store.database import Database
from election.routing.shifting import Measured
from election.rules.gateways import GatewayRules
from election.stages import Channel

# How long deliveries are slow before operators are told; the alert `RemiseLente` has the same time.
SLOW_FOR = timedelta(minutes=10)
# What each gateway did in the time before each instant, as it was known then.
_MEASURED = text(
    """SELECT moments.instant, gateways.name, count(*) AS messages,
        count(*) FILTER (WHERE least(messages.ended_at, moments.instant) - accepted_at >= :slow_after) AS slow
    FROM unnest(CAST(:instants AS timestamptz[])) AS moments (instant) CROSS JOIN gateways
    JOIN messages ON messages.gateway = gateways.name
        AND messages.accepted_at > moments.instant - CAST(:slow_within AS interval) AND messages.accepted_at <= moments.instant
    WHERE gateways.channel = :channel GROUP BY moments.instant, gateways.name ORDER BY gateways.name"""
).bindparams(bindparam("channel", Channel.SMS))


@dataclass(frozen=True)
class SlowGateway:
    """A gateway of which this share of messages, from 0 to 1, has taken `after` or longer."""

    name: str
    share: float
    after: timedelta


class SlowDeliveries:
    """Judges by `Measured.is_slow_enough_to_tell`, also of a channel with one gateway."""

    def __init__(self, database: Database, rules: GatewayRules, now: Callable[[], datetime]) -> None:
        self._database = database
        self._rules = rules
        self._now = now

    async def lasting(self) -> list[SlowGateway]:
        """Return the gateways that are slow, and were five and ten minutes ago."""
        now = self._now()
        slow = await self._slow([now])
        if slow[now]:
            slow |= await self._slow([now - SLOW_FOR / 2, now - SLOW_FOR])
        return [found for name, found in slow[now].items() if all(name in of for of in slow.values())]

    async def measure(self) -> None:
        """Set the metric of each gateway that has sent something lately."""
        now = self._now()
        measured = await self._measured([now])
        SLOW_GATEWAYS.clear()
        for (_, name), each in measured.items():
            SLOW_GATEWAYS.labels(name).set(each.is_slow_enough_to_tell(self._rules))

    async def _slow(self, instants: Sequence[datetime]) -> dict[datetime, dict[str, SlowGateway]]:
        found: dict[datetime, dict[str, SlowGateway]] = {instant: {} for instant in instants}
        for (instant, name), each in (await self._measured(instants)).items():
            if each.is_slow_enough_to_tell(self._rules):
                found[instant][name] = SlowGateway(name, each.slow / each.messages, self._rules.slow_after)
        return found

    async def _measured(self, instants: Sequence[datetime]) -> dict[tuple[datetime, str], Measured]:
        rules = {"slow_after": self._rules.slow_after, "slow_within": self._rules.slow_within}
        async with self._database.reading() as connection:
            rows = await connection.execute(_MEASURED, {"instants": list(instants), **rules})
            return {(row.instant, row.name): Measured(messages=row.messages, slow=row.slow) for row in rows}
