"""What is decided of each gateway, the same for all workers, and what has changed it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.config.logs import scrubbed
from activities.evidence.journal import Entry, Event, Journal, storable
from activities.security.signed_orders import LONGEST_REASON
from activities.store.database import Database
from activities.store.gateway_tables import gateway_changes, gateways
from election.routing.choice import GatewayState
from election.routing.shifting import Shift, Why
from election.stages import Channel

_OF_CHANNEL = select(gateways).where(gateways.c.channel == bindparam("of")).order_by(gateways.c.name)
_LOCKED = _OF_CHANNEL.with_for_update()
_CHANGE = update(gateways).where(gateways.c.name == bindparam("gateway"))
_IS_NAMED = gateways.c.name.in_(bindparam("names", expanding=True))
_CONFIGURED = update(gateways).where(gateways.c.is_configured != _IS_NAMED).values(is_configured=_IS_NAMED)
_RATE = _CHANGE.values(rate=bindparam("configured"))
AUTOMATIC = "messaging"  # the actor of what nobody has asked for
_LONGEST_ACTOR = 64


@dataclass(frozen=True)
class NewGateway:
    """A gateway that a process is configured with, and what it begins with.

    `rate` is how many messages a second each process gives it at most, None without a limit.
    """

    name: str
    channel: Channel
    priority: int
    is_suspended: bool = False
    rate: float | None = None


@dataclass(frozen=True)
class Author:
    """Who has changed a gateway, and why."""

    name: str
    reason: str = ""


@dataclass(frozen=True)
class StateChange:
    """New columns of one gateway."""

    state: GatewayState
    why: Why
    columns: dict[str, Any]


class GatewayStates:
    """Reads and changes the states; each change adds a line to the history and to the journal, in the same transaction."""

    def __init__(self, database: Database, journal: Journal, now: Callable[[], datetime]) -> None:
        self._database = database
        self._journal = journal
        self._now = now

    async def register(self, configured: Sequence[NewGateway]) -> None:
        """Add those gateways that are new; of the others what was decided stays, and the rate is written again.

        Those that are not given are out of use: operators are neither shown nor offered them.
        """
        for each in configured:
            values = {
                "name": each.name,
                "channel": each.channel,
                "priority": each.priority,
                "resting_priority": each.priority,
                "is_suspended": each.is_suspended,
                "is_held": False,
                "changed_at": self._now(),
                "rate": each.rate,
            }
            add = upsert(gateways).values(values).on_conflict_do_nothing().returning(gateways)
            async with self._database.writing() as connection:
                row = (await connection.execute(add)).first()
                if row is not None:
                    await self._note(connection, state_of(row), Why.ADDED, row.priority, Author(AUTOMATIC))
                else:
                    await connection.execute(_RATE, {"gateway": each.name, "configured": each.rate})
        async with self._database.writing() as connection:
            await connection.execute(_CONFIGURED, {"names": [each.name for each in configured]})

    async def of_channel(self, channel: Channel, names: Sequence[str] | None = None) -> list[GatewayState]:
        """Return the states of a channel's gateways that are in use, or of those that have these names."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_OF_CHANNEL, {"of": channel})).all()
        return [state_of(row) for row in rows if (row.is_configured if names is None else row.name in names)]

    async def shift(
        self, channel: Channel, names: Sequence[str], decide: Callable[[Sequence[GatewayState]], Shift | None]
    ) -> Shift | None:
        """Change priorities as `decide` says of the current states, and return what was changed.

        The rows are locked meanwhile: of several workers that see the same errors, one shifts.
        """
        async with self._database.writing() as connection:
            rows = (await connection.execute(_LOCKED, {"of": channel})).all()
            states = {row.name: state_of(row) for row in rows if row.name in names}
            shift = decide(list(states.values()))
            if shift is None:
                return None
            at = {"drifted_at": self._now()} if shift.why is Why.DRIFT else {}
            for name, priority in sorted(shift.priorities.items()):
                change = StateChange(states[name], shift.why, {"priority": priority, **at})
                await self._apply(connection, change, Author(AUTOMATIC))
        return shift

    async def change(
        self, name: str, author: Author, decide: Callable[[str, list[GatewayState]], list[StateChange]]
    ) -> bool:
        """Change gateways as an operator has asked, and return whether anything was to change; False if none of that name is in use.

        `decide` is given the name, and the states of all gateways of its channel that are in use.
        """
        async with self._database.writing() as connection:
            of = select(gateways.c.channel).where(gateways.c.name == name, gateways.c.is_configured)
            channel = (await connection.execute(of)).scalar_one_or_none()
            if channel is None:
                return False
            rows = (await connection.execute(_LOCKED, {"of": channel})).all()
            changes = decide(name, [state_of(row) for row in rows if row.is_configured])
            for change in changes:
                await self._apply(connection, change, author)
        return bool(changes)

    async def _apply(self, connection: AsyncConnection, change: StateChange, author: Author) -> None:
        # A priority that drifts back is no change that other rules wait for.
        at = {} if change.why is Why.DRIFT else {"changed_at": self._now()}
        await connection.execute(_CHANGE.values(change.columns | at), {"gateway": change.state.name})
        priority = change.columns.get("priority", change.state.priority)
        await self._note(connection, change.state, change.why, priority, author)

    async def _note(
        self, connection: AsyncConnection, of: GatewayState, why: Why, priority: int, author: Author
    ) -> None:
        reason = storable(scrubbed(author.reason), LONGEST_REASON)  # free text, as that of every other order
        line = {
            "gateway": of.name,
            "at": self._now(),
            "why": why,
            "priority": priority,
            "actor": storable(author.name, _LONGEST_ACTOR),
            "reason": reason,
        }
        number = (
            await connection.execute(insert(gateway_changes).values(line).returning(gateway_changes.c.id))
        ).scalar_one()
        entry_id, of_gateway = f"message:gateway:{of.name}:{number}", f"gateway/{of.name}"
        outcome = f"{why}:{priority}"
        await self._journal.record(
            connection,
            Entry(entry_id, Event.GATEWAY_CHANGED, author.name, of_gateway, outcome=outcome, detail=reason),
        )


def state_of(row: Any) -> GatewayState:
    """Return the state that a row of the table says."""
    return GatewayState(
        row.name,
        row.priority,
        row.resting_priority,
        row.changed_at,
        is_suspended=row.is_suspended,
        is_held=row.is_held,
        drifted_at=row.drifted_at,
    )
