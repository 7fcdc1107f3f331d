"""Workers beat, and the health check hears who is silent."""

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
def signs(database: Database, now: Clock) -> Heartbeat:
    """The beats of the workers."""
    return Heartbeat(database, now)


async def test_before_any_beat_every_role_is_silent(signs: Heartbeat) -> None:
    """A system whose workers were never started is not well."""
    assert await signs.silent(ROLES) == ROLES


async def test_a_worker_that_beats_is_heard(signs: Heartbeat) -> None:
    """One role's beat says nothing of the other."""
    await signs.beat(["messaging"])
    assert await signs.silent(ROLES) == ["recoveries"]
    await signs.beat(ROLES)
    assert await signs.silent(ROLES) == []


async def test_after_ten_seconds_a_role_is_silent(signs: Heartbeat, now: Clock) -> None:
    """A dead worker is found out, and found again when it is back."""
    await signs.beat(ROLES)
    now.advance(SILENT_AFTER - timedelta(seconds=1))
    assert await signs.silent(ROLES) == []
    now.advance(timedelta(seconds=1))
    assert await signs.silent(ROLES) == ROLES
    await signs.beat(ROLES)
    assert await signs.silent(ROLES) == []


async def test_a_lost_beat_alarms_nobody(signs: Heartbeat, now: Clock) -> None:
    """Three beats in a row may be late."""
    await signs.beat(ROLES)
    now.advance(4 * BEAT_EVERY)
    assert await signs.silent(ROLES) == []


async def test_many_workers_of_a_role_beat_into_one_place(signs: Heartbeat, database: Database) -> None:
    """Twenty workers' beats at once leave one row a role."""
    await asyncio.gather(*(signs.beat(ROLES) for _ in range(20)))
    assert sorted(row["role"] for row in await rows(database, workers)) == sorted(ROLES)
