"""The connections to the roll database, PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import structlog
from sqlalchemy import make_url
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError, InvalidIdError
from activities.config.last_state import LastState

# Without them, the kernel waits a quarter of an hour for a host that no longer answers.
_TIMEOUTS = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,  # milliseconds; the others are seconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    # The server's, for a client whose machine is gone, which it would notice after two hours, or which stands still in a
    # transaction: others wait for its locks. The longest wait in one is for a MiB of a roll that a browser uploads.
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2"
    " -c idle_in_transaction_session_timeout=2min",
}
# undefined_table, undefined_column, undefined_function
_NOT_THERE = frozenset({"42P01", "42703", "42883"})
_log = structlog.stdlib.get_logger(__name__)
_NOT_MIGRATED = (
    "The database was not migrated to this version: run `python -m activities.store.migrate` with its owner's "
    "REASSORT_DATABASE_URL"
)


class Database:
    """Connections to the roll database, one transaction at a time.

    They raise DatabaseUnavailableError when the database does not answer, and DatabaseNotReadyError when it lacks a table,
    column or function. The pool does not ping a connection
    before each use (`pool_pre_ping`), which would add a round trip to each read. So after a restart of the server the
    first statement of each process raises it; SQLAlchemy then replaces all connections of the pool.
    """

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self._engine = _engine(url, pool_size)
        self._state = LastState()
        self._background = set[asyncio.Task[None]]()
        self._autocommit = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._snapshot = self._engine.execution_options(isolation_level="REPEATABLE READ")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection for single reads, outside any transaction."""
        async with self.single_statements() as connection:
            yield connection

    @asynccontextmanager
    async def single_statements(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection on which each statement is a transaction of its own: two round trips less for a single write."""
        with self._translated_errors():
            async with self._autocommit.connect() as connection:
                yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection whose reads all see the database as it is at the first of them."""
        with self._translated_errors():
            async with self._snapshot.begin() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection in a transaction: committed at the end, or rolled back whole."""
        with self._translated_errors():
            async with self._engine.begin() as connection:
                yield connection

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        """Translate the errors of the block, and log when the database goes away and when it is back."""
        try:
            with _translated_errors():
                yield
        except DatabaseUnavailableError as error:
            fault = type(error.__cause__).__name__
            # A command configures no log, and says it in its own line.
            if self._state.changes_to(fault) and structlog.is_configured():
                _log.warning("database_unavailable", fault=fault)
            raise
        else:
            if self._state.changes_to("") and structlog.is_configured():
                _log.info("database_available_again")

    def connections_in_use(self) -> int:
        """Return how many connections of this process's pool are in use."""
        pool = self._engine.pool
        return pool.checkedout() if isinstance(pool, QueuePool) else 0

    def in_background(self, reading: Coroutine[Any, Any, None]) -> None:
        """Start a reading that no caller awaits; a database that does not answer is logged, and raises nothing."""
        task = asyncio.create_task(_unawaited(reading))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def close(self) -> None:
        """Close every connection, after the end of the readings in the background."""
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._engine.dispose()


async def _unawaited(reading: Coroutine[Any, Any, None]) -> None:
    with suppress(DatabaseUnavailableError, DatabaseNotReadyError):
        await reading


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise DatabaseUnavailableError from error
    except DatabaseError as error:
        if getattr(error.orig, "sqlstate", "") in _NOT_THERE:
            raise DatabaseNotReadyError(_NOT_MIGRATED) from error
        if not _cannot_serve(error):
            raise
        raise DatabaseUnavailableError from error
    except StatementError as error:  # raised before the statement was sent
        if isinstance(error.orig, InvalidIdError):
            raise error.orig from None
        raise


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
