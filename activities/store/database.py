"""The connection to SQLite (embedded) or PostgreSQL (production): nothing above knows which."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from activities.config.faults import DatabaseUnavailableError
from activities.store import nimble_sqlite
from activities.store.turns import Turns

_BRIEFLY = 100
# A host that has vanished says nothing: left to itself, the kernel would wait a quarter of an hour for it.
_PROMPTLY = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,  # milliseconds; the others are seconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}


class Database:
    """Connections to the roll database, one transaction at a time.

    Both kinds of connection raise DatabaseUnavailableError when the database does not answer.
    """

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self._engine = _engine(url, pool_size)
        # SQLite lets one writer in and has the others ask again and again: unfair, and slow under
        # load. So a process sends one at a time; PostgreSQL needs no such turn.
        self._turns = Turns() if self.is_sqlite else None
        self._writer: AsyncConnection | None = None
        # On SQLite to switch a connection's mode for each read costs as much as the read.
        self._reading = (
            _engine(url, pool_size, isolation_level="AUTOCOMMIT")
            if self.is_sqlite
            else self._engine.execution_options(isolation_level="AUTOCOMMIT")
        )

    @property
    def is_sqlite(self) -> bool:
        """Say which of the two databases this is, for the few statements that differ."""
        return self._engine.dialect.name == "sqlite"

    @property
    def is_missing(self) -> bool:
        """Say whether SQLite's file is not there; a server's database only shows when it is asked."""
        return self.is_sqlite and not Path(str(self._engine.url.database)).is_file()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection for single reads, outside any transaction."""
        with _answering():
            async with self._reading.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self, *, urgent: bool = False) -> AsyncIterator[AsyncConnection]:
        """Yield a connection in a transaction: committed at the end, or rolled back whole.

        What is `urgent` tells of something that cannot be undone, and is written before what waits.
        """
        with _answering():
            async with self._turn(urgent=urgent), self._transaction() as connection:
                yield connection

    def insert(self, table: Table) -> Any:
        """Return an INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    async def checkpoint(self) -> bool:
        """Say whether SQLite's log is empty now: what was deleted is in none of its files any more.

        It gives up at once when a transaction still needs the log. PostgreSQL's log is the server's.
        """
        if not self.is_sqlite:
            return True
        async with self._turn(), self.reading() as connection:
            # While it waits, nobody can write.
            await connection.exec_driver_sql(f"PRAGMA busy_timeout={_BRIEFLY}")
            try:
                emptied = (await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")).one()
            finally:
                await connection.exec_driver_sql(f"PRAGMA busy_timeout={nimble_sqlite.PATIENCE}")
        return not emptied[0]

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        if not self.is_sqlite:
            async with self._engine.begin() as connection:
                yield connection
            return
        # One at a time, so one connection: to take one out of the pool for each costs as much as to begin.
        self._writer = self._writer or await self._engine.connect()
        async with self._writer.begin():
            yield self._writer

    def _turn(self, *, urgent: bool = False) -> AbstractAsyncContextManager[None]:
        return self._turns.turn(urgent=urgent) if self._turns else nullcontext()

    async def close(self) -> None:
        """Close every connection."""
        if self._writer is not None:
            await self._writer.close()
        await self._engine.dispose()
        await self._reading.dispose()


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise DatabaseUnavailableError from error
    except DatabaseError as error:
        if not _cannot_serve(error):
            raise
        raise DatabaseUnavailableError from error


def _cannot_serve(error: DatabaseError) -> bool:
    # A damaged file is of no narrower kind on SQLite; on PostgreSQL a standby that takes no writes, a session
    # that was ended, and damage are of the same kind as what a trigger refuses.
    return type(error) is DatabaseError or str(getattr(error.orig, "sqlstate", "")).startswith(("25", "XX"))


def _engine(url: str, pool_size: int, **options: str) -> AsyncEngine:
    is_sqlite = url.startswith("sqlite")
    said = make_url(url).query
    promptly = {name: seconds for name, seconds in _PROMPTLY.items() if name not in said}
    engine = create_async_engine(
        url,
        connect_args={"async_creator_fn": nimble_sqlite.connect} if is_sqlite else promptly,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=not is_sqlite,  # a file does not hang up
        hide_parameters=True,  # an error is written to Temporal's history, with its cause
        **options,
    )
    if is_sqlite:
        writes = not options
        patience = 0 if writes else nimble_sqlite.PATIENCE  # a transaction begins at once, or in its thread
        event.listen(engine.sync_engine, "connect", lambda new, _record: nimble_sqlite.configure(new, patience))
        if writes:
            event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def _begin_immediate(connection: Connection) -> None:
    # A transaction that reads first and writes later could otherwise fail half-way on SQLite.
    connection.exec_driver_sql(nimble_sqlite.BEGIN)
