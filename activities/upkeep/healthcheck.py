"""`python -m activities.upkeep.healthcheck ROLE`: status 0 when a worker of that role is alive."""

import argparse
import asyncio

from activities.config.clock import utc_now
from activities.config.errors import DatabaseUnavailableError
from activities.config.settings import CoreSettings, SettingsError, read, stop
from activities.store.database import Database
from activities.upkeep.heartbeat import Heartbeat


async def is_alive(url: str, role: str) -> bool:
    """Return whether a worker of a role wrote a heartbeat in the last ten seconds.

    Raises:
        DatabaseUnavailableError: the database does not answer.
    """
    database = Database(url, pool_size=1)
    try:
        return not await Heartbeat(database, utc_now).silent([role])
    finally:
        await database.close()


def main() -> None:
    """Exit with status 0 or 1, for a container's health check."""
    parser = argparse.ArgumentParser(prog="python -m activities.upkeep.healthcheck", description=__doc__)
    parser.add_argument("role", choices=("recoveries", "messaging"))
    role = parser.parse_args().role
    try:
        alive = asyncio.run(is_alive(read(CoreSettings).database_url, role))
    except (SettingsError, DatabaseUnavailableError) as error:
        stop(error)
    raise SystemExit(0 if alive else 1)


if __name__ == "__main__":
    main()
