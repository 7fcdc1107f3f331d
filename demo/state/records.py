"""The SQLite file of the demo's world: what phones and mailboxes hold, and what is still on its way."""

import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PATIENCE = 5  # seconds
_PAUSE = 0.01
_PRIMARY = 0xFF  # what is above it says why a file is busy: because of a recovery, a snapshot


class Records:
    """One connection to the file, for one transaction at a time: any process may read while one writes."""

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Kept open: a new one reads the schema again for each transaction, and SQLite tidies the file,
        # which takes 10 ms, whenever the last one closes.
        self._connection = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False)
        weakref.finalize(self, self._connection.close)
        self._connection.execute("PRAGMA synchronous = NORMAL")
        write_ahead(self._connection)
        self._connection.executescript(schema)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the connection, whose writes are kept together unless an error is raised inside."""
        with self._connection:
            yield self._connection


def write_ahead(opened: sqlite3.Connection) -> None:
    """Put a file in write-ahead mode, in which readers and the writer do not wait for each other.

    Raises:
        sqlite3.OperationalError: others have used the file for five seconds.
    """
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            opened.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError as error:
            # SQLite's own timeout does not count here: of two processes that open a new file, one is refused.
            if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return
