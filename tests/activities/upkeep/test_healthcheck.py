"""The health check of a worker reads its role's last heartbeat from the database."""

import pytest

from activities.config.clock import utc_now
from activities.config.errors import DatabaseUnavailableError
from activities.store.database import Database
from activities.upkeep.healthcheck import is_alive
from activities.upkeep.heartbeat import Heartbeat


async def test_a_role_with_a_recent_heartbeat_is_alive(database: Database, database_url: str) -> None:
    """Another role without a heartbeat is not."""
    await Heartbeat(database, utc_now).beat(["recoveries"])
    assert await is_alive(database_url, "recoveries")
    assert not await is_alive(database_url, "messaging")


async def test_an_unavailable_database_raises() -> None:
    """It is not taken for a worker that is down."""
    with pytest.raises(DatabaseUnavailableError):
        await is_alive("postgresql+psycopg://web@127.0.0.1:1/reassort", "recoveries")
