"""The health check of a worker: its role was seen lately, in the database that it shares with the door."""

import pytest

from activities.config.clock import utc_now
from activities.config.faults import DatabaseUnavailableError
from activities.store.database import Database
from activities.upkeep.healthcheck import is_alive
from activities.upkeep.heartbeat import Heartbeat


async def test_a_role_that_beats_is_alive(database: Database, database_url: str) -> None:
    """And a role that has not beaten is not, though the other has."""
    await Heartbeat(database, utc_now).beat(["recoveries"])
    assert await is_alive(database_url, "recoveries")
    assert not await is_alive(database_url, "messaging")


async def test_a_database_that_is_away_is_no_sign_of_life() -> None:
    """It is said, and not taken for a dead worker."""
    with pytest.raises(DatabaseUnavailableError):
        await is_alive("postgresql+psycopg://web@127.0.0.1:1/reassort", "recoveries")
