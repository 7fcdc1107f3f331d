"""SQLite's statements in the thread that asks: a thread's turn costs more than most of them take.

What may wait keeps a thread of its own: for another process's lock (a transaction's beginning, a
pragma), or for the disk (its commit). In WAL mode nothing between the two waits for anybody.
"""

import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite

_WAITING = ("BEGIN", "PRAGMA")
_FETCHED_AT_ONCE = 64


class NimbleConnection(aiosqlite.Connection):
    """A connection that hands to its thread only what may wait."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        waits = fn.__name__ == "commit" or (bool(args) and str(args[0]).startswith(_WAITING))
        if waits or self._connection is None:
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call] # theirs has none
        return fn(*args, **kwargs)


def connect(path: str, **options: Any) -> NimbleConnection:
    """Return a connection to be awaited, for SQLAlchemy's `async_creator`; its thread ends with the process."""

    def connector() -> sqlite3.Connection:
        opened: sqlite3.Connection = sqlite3.connect(path, **(options | {"check_same_thread": False}))
        return opened

    connection = NimbleConnection(connector, _FETCHED_AT_ONCE)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does for those that it makes itself
    return connection
