"""Workers write heartbeats, and the health check finds those that do not."""

import asyncio
from datetime import timedelta

import pytest

from activities.store.database import Database
from activities.store.tables import workers
from activities.upkeep.heartbeat import BEAT_EVERY, SILENT_AFTER, Heartbeat
from tests.support.clock import Clock
from tests.support.database_dump import rows

ROLES = ["recoveries", "messaging"]


@pytest.fixture
def heartbeat(database: Database, now: Clock) -> Heartbeat:
    """The heartbeats of the workers."""
    return Heartbeat(database, now)


async def test_before_any_beat_every_role_is_silent(heartbeat: Heartbeat) -> None:
    """A system whose workers were never started is unhealthy."""
    assert await heartbeat.silent(ROLES) == ROLES


async def test_a_worker_with_a_heartbeat_is_alive(heartbeat: Heartbeat) -> None:
    """One role's heartbeat says nothing of another."""
    await heartbeat.beat(["messaging"])
    assert await heartbeat.silent(ROLES) == ["recoveries"]
    await heartbeat.beat(ROLES)
    assert await heartbeat.silent(ROLES) == []


async def test_after_ten_seconds_a_role_is_silent(heartbeat: Heartbeat, now: Clock) -> None:
    """Until its next heartbeat."""
    await heartbeat.beat(ROLES)
    now.advance(SILENT_AFTER - timedelta(seconds=1))
    assert await heartbeat.silent(ROLES) == []
    now.advance(timedelta(seconds=1))
    assert await heartbeat.silent(ROLES) == ROLES
    await heartbeat.beat(ROLES)
    assert await heartbeat.silent(ROLES) == []


async def test_a_late_heartbeat_is_tolerated(heartbeat: Heartbeat, now: Clock) -> None:
    """Three in a row may be late."""
    await heartbeat.beat(ROLES)
    now.advance(4 * BEAT_EVERY)
    assert await heartbeat.silent(ROLES) == []


async def test_the_workers_of_a_role_share_a_row(heartbeat: Heartbeat, database: Database) -> None:
    """Twenty heartbeats at once leave one row for each role."""
    await asyncio.gather(*(heartbeat.beat(ROLES) for _ in range(20)))
    assert sorted(row["role"] for row in await rows(database, workers)) == sorted(ROLES)
