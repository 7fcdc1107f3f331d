"""Workers write heartbeats, and roles without a recent one are silent."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Interval, literal, make_url, text, update

from activities.config.clock import utc_now
from activities.store.database import Database
from activities.store.tables import workers
from activities.upkeep.heartbeat import BEAT_EVERY, SILENT_AFTER, Heartbeat
from tests.support.database_dump import rows

ROLES = ["recoveries", "messaging"]


@pytest.fixture
def heartbeat(database: Database) -> Heartbeat:
    """The heartbeats of workers."""
    return Heartbeat(database)


async def _age(database: Database, by: timedelta) -> None:
    """Move the last heartbeats into the past, since the time is the database's."""
    async with database.writing() as connection:
        await connection.execute(
            update(workers).values(last_seen_at=workers.c.last_seen_at - literal(by, Interval))
        )


async def test_every_role_is_silent_before_its_first_heartbeat(heartbeat: Heartbeat) -> None:
    """A system whose workers were never started is reported as unhealthy."""
    assert await heartbeat.silent(ROLES) == ROLES


async def test_a_role_with_a_heartbeat_is_not_silent(heartbeat: Heartbeat) -> None:
    """A heartbeat counts only for its role."""
    await heartbeat.beat(["messaging"])
    assert await heartbeat.silent(ROLES) == ["recoveries"]
    await heartbeat.beat(ROLES)
    assert await heartbeat.silent(ROLES) == []


async def test_after_ten_seconds_a_role_is_silent(heartbeat: Heartbeat, database: Database) -> None:
    """A role is silent ten seconds after its last heartbeat, until its next one."""
    await heartbeat.beat(ROLES)
    await _age(database, SILENT_AFTER)
    assert await heartbeat.silent(ROLES) == ROLES
    await heartbeat.beat(ROLES)
    assert await heartbeat.silent(ROLES) == []


async def test_lost_heartbeats_are_tolerated(heartbeat: Heartbeat, database: Database) -> None:
    """Two heartbeats in a row may be missing."""
    await heartbeat.beat(ROLES)
    await _age(database, 3 * BEAT_EVERY)
    assert await heartbeat.silent(ROLES) == []


async def test_the_clock_is_the_database_s(database: Database, database_url: str) -> None:
    """A worker's heartbeat counts also when the machines' clocks are half a minute behind the database's."""
    ahead = "CREATE FUNCTION public.now() RETURNS timestamptz RETURN pg_catalog.now() + interval '30 seconds'"
    async with database.writing() as connection:
        await connection.execute(text(ahead))
    options = {"options": "-c search_path=public,pg_catalog"}
    url = make_url(database_url).update_query_dict(options).render_as_string(hide_password=False)
    ahead_of_machines = Database(url)
    try:
        await Heartbeat(ahead_of_machines).beat(ROLES)
        assert await Heartbeat(ahead_of_machines).silent(ROLES) == []
    finally:
        await ahead_of_machines.close()
    seen = [row["last_seen_at"] for row in await rows(database, workers)]
    assert all(at > utc_now() + timedelta(seconds=20) for at in seen)


async def test_workers_of_a_role_share_a_row(heartbeat: Heartbeat, database: Database) -> None:
    """Twenty concurrent heartbeats leave one row for each role, whatever their order."""
    await asyncio.gather(*(heartbeat.beat(ROLES[:: 1 - 2 * (number % 2)]) for number in range(20)))
    assert sorted(row["role"] for row in await rows(database, workers)) == sorted(ROLES)
