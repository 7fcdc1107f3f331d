"""The connections to the roll database, PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import make_url
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from activities.config.errors import DatabaseUnavailableError

# Without them, the kernel waits a quarter of an hour for a host that no longer answers.
_TIMEOUTS = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,  # milliseconds; the others are seconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}


class Database:
    """Connections to the roll database, one transaction at a time.

    Both methods raise DatabaseUnavailableError when the database does not answer. The pool does not ping a connection
    before each use (`pool_pre_ping`), which would add a round trip to each read. So after a restart of the server the
    first statement of each process raises it; SQLAlchemy then replaces all connections of the pool.
    """

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self._engine = _engine(url, pool_size)
        self._autocommit = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection for single reads, outside any transaction."""
        with _translated_errors():
            async with self._autocommit.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection in a transaction: committed at the end, or rolled back whole."""
        with _translated_errors():
            async with self._engine.begin() as connection:
                yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise DatabaseUnavailableError from error
    except DatabaseError as error:
        if not _cannot_serve(error):
            raise
        raise DatabaseUnavailableError from error


def _cannot_serve(error: DatabaseError) -> bool:
    # SQLAlchemy raises the same class for these as for what a trigger refuses: a read-only standby and an ended session
    # (class 25), and a damaged database (class XX).
    return str(getattr(error.orig, "sqlstate", "")).startswith(("25", "XX"))


def _engine(url: str, pool_size: int) -> AsyncEngine:
    given = make_url(url).query
    return create_async_engine(
        url,
        connect_args={name: value for name, value in _TIMEOUTS.items() if name not in given},
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,  # errors are written to Temporal's history, and parameters are personal data
    )
