"""The health check of a worker, in the database that it shares with the web."""

import pytest

from activities.config.clock import utc_now
from activities.config.faults import DatabaseUnavailableError
from activities.store.database import Database
from activities.upkeep.healthcheck import is_alive
from activities.upkeep.heartbeat import Heartbeat


async def test_a_role_with_a_heartbeat_is_alive(database: Database, database_url: str) -> None:
    """A role without one is not."""
    await Heartbeat(database, utc_now).beat(["recoveries"])
    assert await is_alive(database_url, "recoveries")
    assert not await is_alive(database_url, "messaging")


async def test_an_unavailable_database_is_an_error() -> None:
    """It is not reported as a dead worker."""
    with pytest.raises(DatabaseUnavailableError):
        await is_alive("postgresql+psycopg://web@127.0.0.1:1/reassort", "recoveries")
