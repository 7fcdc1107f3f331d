"""The connections to the roll database, PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import Table, make_url
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from activities.config.errors import DatabaseUnavailableError

# A host that has vanished says nothing: left to itself, the kernel would wait a quarter of an hour for it.
_TIMEOUTS = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,  # milliseconds; the others are seconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}


class Database:
    """Connections to the roll database, one transaction at a time.

    Both kinds of connection raise DatabaseUnavailableError when the database does not answer. A connection is not
    tried before it is used, which would be a second round trip for each read: after a restart of the server the first
    statement of each process fails so, SQLAlchemy then drops the whole pool, and the next one gets a new connection.
    """

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self._engine = _engine(url, pool_size)
        self._autocommit = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection for single reads, outside any transaction."""
        with _told_when_unavailable():
            async with self._autocommit.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection in a transaction: committed at the end, or rolled back whole."""
        with _told_when_unavailable():
            async with self._engine.begin() as connection:
                yield connection

    def insert(self, table: Table) -> Insert:
        """Return an INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
        return insert(table)

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


@contextmanager
def _told_when_unavailable() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise DatabaseUnavailableError from error
    except DatabaseError as error:
        if not _cannot_serve(error):
            raise
        raise DatabaseUnavailableError from error


def _cannot_serve(error: DatabaseError) -> bool:
    # A standby that takes no writes, a session that was ended, and damage are of the same kind as what a trigger refuses.
    return str(getattr(error.orig, "sqlstate", "")).startswith(("25", "XX"))


def _engine(url: str, pool_size: int) -> AsyncEngine:
    said = make_url(url).query
    return create_async_engine(
        url,
        connect_args={name: value for name, value in _TIMEOUTS.items() if name not in said},
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,  # an error is written to Temporal's history, with its cause
    )
