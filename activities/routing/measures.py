"""How often gateways have failed lately, and how many of their messages were slow."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.database import Database
from activities.store.gateway_tables import gateway_errors, gateways
from activities.store.tables import messages
from election.routing.shifting import Measured
from election.rules.gateways import GatewayRules
from election.stages import Channel

_KEPT = timedelta(hours=1)


class GatewayMeasures:
    """Counts errors by the second, and reads the ledger for what was slow."""

    def __init__(self, database: Database, rules: GatewayRules, now: Callable[[], datetime]) -> None:
        self._database = database
        self._rules = rules
        self._now = now

    async def note_error(self, connection: AsyncConnection, gateway: str) -> None:
        """Count one more error of a gateway."""
        add = insert(gateway_errors).values(gateway=gateway, second=self._now().replace(microsecond=0), errors=1)
        await connection.execute(
            add.on_conflict_do_update(
                index_elements=["gateway", "second"], set_={"errors": gateway_errors.c.errors + 1}
            )
        )

    async def measured(self, channel: Channel) -> Mapping[str, Measured]:
        """Return what each gateway of a channel did lately, by its name; without a line, nothing."""
        now = self._now()
        errors = (
            select(gateway_errors.c.gateway, func.sum(gateway_errors.c.errors).label("errors"))
            .where(gateway_errors.c.second > now - self._rules.errors_within)
            .group_by(gateway_errors.c.gateway)
        )
        took = func.coalesce(messages.c.ended_at, now) - messages.c.accepted_at
        accepted = (
            # By gateway, as the index has them.
            select(
                gateways.c.name,
                func.count().label("all"),
                func.count().filter(took >= self._rules.slow_after).label("slow"),
            )
            .join_from(gateways, messages, messages.c.gateway == gateways.c.name)
            .where(gateways.c.channel == channel, messages.c.accepted_at > now - self._rules.slow_within)
            .group_by(gateways.c.name)
        )
        async with self._database.reading() as connection:
            failed = {row.gateway: int(row.errors) for row in await connection.execute(errors)}
            sent = {row.name: row for row in await connection.execute(accepted)}
        return {
            name: Measured(failed.get(name, 0), *((sent[name].all, sent[name].slow) if name in sent else (0, 0)))
            for name in {*failed, *sent}
        }

    async def purge(self) -> None:
        """Delete the counts that are too old to be read."""
        async with self._database.writing() as connection:
            await connection.execute(delete(gateway_errors).where(gateway_errors.c.second < self._now() - _KEPT))
