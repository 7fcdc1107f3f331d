"""Workers write heartbeats, and roles without a recent one are silent."""

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
    """The heartbeats of workers."""
    return Heartbeat(database, now)


async def test_every_role_is_silent_before_its_first_heartbeat(heartbeat: Heartbeat) -> None:
    """A system whose workers were never started is reported as unhealthy."""
    assert await heartbeat.silent(ROLES) == ROLES


async def test_a_role_with_a_heartbeat_is_not_silent(heartbeat: Heartbeat) -> None:
    """A heartbeat counts only for its role."""
    await heartbeat.beat(["messaging"])
    assert await heartbeat.silent(ROLES) == ["recoveries"]
    await heartbeat.beat(ROLES)
    assert await heartbeat.silent(ROLES) == []


async def test_after_ten_seconds_a_role_is_silent(heartbeat: Heartbeat, now: Clock) -> None:
    """A role is silent ten seconds after its last heartbeat, until its next one."""
    await heartbeat.beat(ROLES)
    now.advance(SILENT_AFTER - timedelta(seconds=1))
    assert await heartbeat.silent(ROLES) == []
    now.advance(timedelta(seconds=1))
    assert await heartbeat.silent(ROLES) == ROLES
    await heartbeat.beat(ROLES)
    assert await heartbeat.silent(ROLES) == []


async def test_lost_heartbeats_are_tolerated(heartbeat: Heartbeat, now: Clock) -> None:
    """Three heartbeats in a row may be missing."""
    await heartbeat.beat(ROLES)
    now.advance(4 * BEAT_EVERY)
    assert await heartbeat.silent(ROLES) == []


async def test_workers_of_a_role_share_a_row(heartbeat: Heartbeat, database: Database) -> None:
    """Twenty concurrent heartbeats leave one row for each role."""
    await asyncio.gather(*(heartbeat.beat(ROLES) for _ in range(20)))
    assert sorted(row["role"] for row in await rows(database, workers)) == sorted(ROLES)
