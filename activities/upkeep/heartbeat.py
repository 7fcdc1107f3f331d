"""Heartbeats of the workers in the database, for the health checks of web and containers."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError
from activities.store.database import Database
from activities.store.tables import workers

BEAT_EVERY = timedelta(seconds=2)
SILENT_AFTER = timedelta(seconds=10)
_NOT_READY = (
    "The database does not answer, or has no tables yet: check REASSORT_DATABASE_URL, "
    "then run `python -m activities.store.migrate`"
)


class Heartbeat:
    """Writes and reads the heartbeats of worker roles."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def require_database(self) -> None:
        """Return when the database answers and has its tables.

        Raises:
            DatabaseNotReadyError: it does not; the text, one line, says what to do.
        """
        try:
            await self.silent([])
        except (DatabaseUnavailableError, DBAPIError) as error:
            raise DatabaseNotReadyError(_NOT_READY) from error

    async def beat(self, roles: list[str]) -> None:
        """Record that a worker of these roles is alive."""
        rows = [{"role": role, "last_seen_at": self._now()} for role in roles]
        beat = insert(workers).values(rows)
        async with self._database.writing() as connection:
            await connection.execute(
                beat.on_conflict_do_update(
                    index_elements=["role"], set_={"last_seen_at": beat.excluded.last_seen_at}
                )
            )

    async def silent(self, roles: list[str]) -> list[str]:
        """Return those of the roles without a heartbeat in the last ten seconds."""
        query = select(workers.c.role).where(workers.c.last_seen_at > self._now() - SILENT_AFTER)
        async with self._database.reading() as connection:
            alive = set((await connection.execute(query)).scalars())
        return [role for role in roles if role not in alive]
