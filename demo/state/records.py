"""SQLite files of the demo's fake services, which several processes read and write."""

import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TIMEOUT = 5  # seconds
_RETRY_INTERVAL = 0.01
_PRIMARY = 0xFF  # masks the extended part of a result code, such as SQLITE_BUSY_RECOVERY


class Records:
    """A connection to a file, for one transaction at a time; other processes can read while it writes."""

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # One connection for the whole life: a new one parses the schema again, and SQLite checkpoints the file
        # when the last one is closed, which takes 10 ms.
        self._connection = sqlite3.connect(path, timeout=_TIMEOUT, check_same_thread=False)
        weakref.finalize(self, self._connection.close)
        self._connection.execute("PRAGMA synchronous = NORMAL")
        enable_write_ahead_log(self._connection)
        self._connection.executescript(schema)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection; commit at the end, or roll back when an error is raised."""
        with self._connection:
            yield self._connection


def enable_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Put a file in WAL mode, in which readers and the writer do not block each other.

    Raises:
        sqlite3.OperationalError: the file has been locked for five seconds.
    """
    deadline = time.monotonic() + _TIMEOUT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError as error:
            # SQLite's own timeout does not apply to this: of two processes that open a new file, one gets SQLITE_BUSY.
            if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_INTERVAL)
        else:
            return
