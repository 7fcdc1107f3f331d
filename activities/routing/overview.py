"""What operators are shown of each gateway: what is decided, what it does, what it refuses, and who has changed it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.evidence.journal import ACCEPTED, DELIVERED
from activities.routing.states import state_of
from activities.store.database import Database
from activities.store.gateway_tables import gateway_changes, gateways
from election.routing.choice import GatewayState
from election.routing.shifting import Why
from election.stages import Channel

_MOST_CODES = 8
_IN_ORDER = (gateways.c.channel.desc(), gateways.c.priority.desc(), gateways.c.name)
_STATES = select(gateways).where(gateways.c.is_configured).order_by(*_IN_ORDER)
_CHANGES = select(gateway_changes).order_by(gateway_changes.c.id.desc())
# By gateway, as the index has them.
_ACCEPTED = text(
    """SELECT gateways.name AS gateway, count(*) AS number FROM gateways JOIN messages ON messages.gateway = gateways.name
    WHERE messages.accepted_at > now() - CAST(:period AS interval) GROUP BY gateways.name"""
)
_SUSPENDED = (
    select(gateway_changes.c.gateway, func.max(gateway_changes.c.at).label("at"))
    .where(gateway_changes.c.why.in_([Why.SUSPENDED, Why.ADDED]))
    .group_by(gateway_changes.c.gateway)
)
_ERRORS = text(
    """SELECT gateway, sum(errors) AS number FROM gateway_errors
    WHERE second > now() - interval '1 minute' GROUP BY gateway"""
)
# Of messages that have ended so, and of those that are being tried again.
_REFUSALS = text(
    """SELECT gateway, outcome, count(*) AS number FROM messages
    WHERE channel IN ('sms', 'email') AND outcome NOT IN (:delivered, :accepted)
        AND (ended_at > now() - interval '1 day' OR (ended_at IS NULL AND started_at > now() - interval '1 day'))
    GROUP BY gateway, outcome ORDER BY number DESC, outcome"""
)


@dataclass(frozen=True)
class GatewayNow:
    """A gateway with the messages that it has accepted and its errors, of the last minute; `suspended_at` if it is suspended.

    Errors are counted only where a channel has several gateways.
    """

    channel: Channel
    state: GatewayState
    accepted: int
    errors: int
    suspended_at: datetime | None


@dataclass(frozen=True)
class GatewayView:
    """A gateway; `accepted` of the last five minutes, `errors` of the last one, `refusals` by code of the last day.

    `rate` is how many messages a second each process gives it at most, None without a limit.
    """

    channel: Channel
    state: GatewayState
    accepted: int
    errors: int
    rate: float | None
    refusals: dict[str, int]


@dataclass(frozen=True)
class GatewayChange:
    """A line of the history; `priority` is the one after the change."""

    gateway: str
    at: datetime
    why: Why
    priority: int
    actor: str
    reason: str


class GatewayOverview:
    """Reads all of it; nothing is written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self) -> list[GatewayView]:
        """Return every gateway in use, SMS first."""
        outcomes = {"delivered": DELIVERED, "accepted": ACCEPTED}
        async with self._database.reading() as connection:
            gateways = await _counted(connection, timedelta(minutes=5))
            refusals = (await connection.execute(_REFUSALS, outcomes)).all()
        return [GatewayView(*each, _of_gateway(each.state.name, refusals)) for each in gateways]

    async def current(self) -> list[GatewayNow]:
        """Return the same gateways with what the dashboard needs, in a fraction of the time."""
        async with self._database.reading() as connection:
            gateways = await _counted(connection, timedelta(minutes=1))
            suspended = {row.gateway: row.at for row in await connection.execute(_SUSPENDED)}
        return [
            GatewayNow(channel, state, accepted, errors, suspended.get(state.name) if state.is_suspended else None)
            for channel, state, accepted, errors, _ in gateways
        ]

    async def names(self, channel: Channel) -> list[str]:
        """Return the names of a channel's gateways, the one that sends most first."""
        async with self._database.reading() as connection:
            return [row.name for row in await connection.execute(_STATES) if row.channel == channel]

    async def history(self, most: int = 50) -> list[GatewayChange]:
        """Return the last changes, the newest first."""
        async with self._database.reading() as connection:
            rows = await connection.execute(_CHANGES.limit(most))
            return [
                GatewayChange(row.gateway, row.at, Why(row.why), row.priority, row.actor, row.reason)
                for row in rows
            ]


class _Counted(NamedTuple):
    channel: Channel
    state: GatewayState
    accepted: int
    errors: int
    rate: float | None


async def _counted(connection: AsyncConnection, period: timedelta) -> list[_Counted]:
    """Return every gateway with what it has accepted in the last `period`, and its errors of the last minute."""
    rows = (await connection.execute(_STATES)).all()
    accepted = {row.gateway: row.number for row in await connection.execute(_ACCEPTED, {"period": period})}
    errors = {row.gateway: int(row.number) for row in await connection.execute(_ERRORS)}
    return [
        _Counted(Channel(row.channel), state_of(row), accepted.get(row.name, 0), errors.get(row.name, 0), row.rate)
        for row in rows
    ]


def _of_gateway(name: str, refusals: Any) -> dict[str, int]:
    of = [(row.outcome, row.number) for row in refusals if row.gateway == name]
    return dict(of[:_MOST_CODES])
