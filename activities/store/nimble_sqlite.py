"""SQLite's statements in the thread that asks: a thread's turn costs more than most of them take.

What may wait keeps a thread of its own: for another process's lock (a pragma, or a transaction's
beginning while somebody else writes), or for the disk (what transactions have left in the log is put
in its place every so often; they themselves only append to it). Nothing else waits in WAL mode.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiosqlite

from activities.store.write_ahead import is_busy, write_ahead

BEGIN = "BEGIN IMMEDIATE"
_PRAGMAS = (
    "synchronous=NORMAL",
    "wal_autocheckpoint=0",  # it would come at a commit, in the thread that asks
    "foreign_keys=ON",
    # What is deleted is overwritten: a destroyed key must not stay in a page that was freed.
    "secure_delete=ON",
)
PATIENCE = 5000  # milliseconds to wait for another process's lock
COMMITS = 200  # between two checkpoints: some four megabytes of log
_FETCHED_AT_ONCE = 64


class NimbleConnection(aiosqlite.Connection):
    """A connection that hands to its thread only what may wait."""

    _commits = 0
    _is_stray = False  # nobody waits for what its thread is doing

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        statement = str(args[0]) if args else ""
        if self._connection is None or self._is_stray or statement.startswith("PRAGMA"):
            return await self._in_thread(fn, *args, **kwargs)
        if statement == BEGIN:
            return await self._begin(fn, *args, **kwargs)
        if fn.__name__ == "commit":
            return await self._commit(fn)
        return fn(*args, **kwargs)

    async def _begin(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return fn(*args, **kwargs)  # most of the time nobody else writes
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
        return await self._in_thread(self._begun_in_the_end, fn, *args, **kwargs)

    async def _commit(self, fn: Callable[..., Any]) -> None:
        fn()
        self._commits += 1
        if self._commits % COMMITS == 0:
            with suppress(sqlite3.OperationalError):  # on a full disk: what is committed stays so
                await self._in_thread(self._checkpoint)

    def _begun_in_the_end(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._wait_for(PATIENCE)
        try:
            return fn(*args, **kwargs)
        finally:
            self._wait_for(0)

    def _wait_for(self, milliseconds: int) -> None:
        self._conn.execute(f"PRAGMA busy_timeout={milliseconds}").close()

    def _checkpoint(self) -> None:
        self._conn.execute("PRAGMA wal_checkpoint(PASSIVE)").close()

    async def _in_thread(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call] # theirs has none
        except asyncio.CancelledError:
            self._is_stray = True  # whatever follows waits behind it: a connection is closed under nobody
            raise


def connect(path: str, **options: Any) -> NimbleConnection:
    """Return a connection to be awaited, for SQLAlchemy's `async_creator`; its thread ends with the process."""

    def connector() -> sqlite3.Connection:
        opened: sqlite3.Connection = sqlite3.connect(path, **(options | {"check_same_thread": False}))
        write_ahead(opened)
        return opened

    connection = NimbleConnection(connector, _FETCHED_AT_ONCE)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does for those that it makes itself
    return connection


def configure(connection: Any, patience: int) -> None:
    """Prepare a new connection, as SQLAlchemy hands it over; `patience` is its wait for a lock, in milliseconds."""
    connection.isolation_level = None  # the driver's own BEGIN comes too late for a write
    cursor = connection.cursor()
    for pragma in (*_PRAGMAS, f"busy_timeout={patience}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
