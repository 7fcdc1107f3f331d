"""What gateways did in the last minutes is counted without reading what they did before."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from activities.routing.measures import GatewayMeasures
from activities.routing.overview import GatewayOverview
from activities.store.database import Database
from election.routing.shifting import Measured
from election.rules.gateways import GatewayRules
from election.stages import Channel
from tests.support.scans import pages_read

_GATEWAYS = """INSERT INTO gateways (name, channel, priority, resting_priority, is_suspended, is_held, changed_at)
    SELECT name, 'sms', 50, 50, false, false, now() FROM unnest(ARRAY['first', 'second']) AS name"""
# Twenty thousand in ten thousand minutes by each gateway, one of them half a minute ago.
_MESSAGES = """INSERT INTO messages (id, workflow_id, delivery_id, channel, gateway, country_or_domain, started_at, accepted_at)
    SELECT gateways.name || n, 'code-de-vote/' || n, n, 'sms', gateways.name, '', now() - n * interval '30 seconds',
        now() - n * interval '30 seconds'
    FROM gateways, generate_series(1, 20000) AS n"""

_FEW = 50  # pages, of a thousand


async def _measured(database: Database) -> None:
    measures = GatewayMeasures(database, GatewayRules(), lambda: datetime.now(UTC))
    measured = await measures.measured(Channel.SMS)
    assert measured["first"] == measured["second"] != Measured()


async def _overview(database: Database) -> None:
    assert [each.accepted for each in await GatewayOverview(database).current()] == [1, 1]


@pytest.mark.parametrize("reading", [_measured, _overview])
async def test_recent_messages_are_counted_by_an_index(
    database_url: str, reading: Callable[[Database], Awaitable[None]]
) -> None:
    """For the decision which gateway sends, and for the operators' dashboard; also by PostgreSQL 17, which skips nothing in an index."""
    database = Database(database_url, pool_size=1)
    async with database.reading() as connection:
        for statement in (_GATEWAYS, _MESSAGES, "ANALYZE gateways", "VACUUM ANALYZE messages"):
            await connection.exec_driver_sql(statement)
        before = await pages_read(connection, "messages")
    await reading(database)
    async with database.reading() as connection:
        assert await pages_read(connection, "messages") - before < _FEW
    await database.close()
