"""SQLite's write-ahead mode: readers and the one who writes do not wait for each other."""

import sqlite3
import time

_PATIENCE = 5  # seconds
_PAUSE = 0.01
_PRIMARY = 0xFF  # what is above it says why: because of a recovery, a snapshot


def write_ahead(opened: sqlite3.Connection) -> None:
    """Put a file in write-ahead mode, for good; one that is in it already is left as it is.

    Raises:
        sqlite3.OperationalError: others have used the file for five seconds, or it is none of SQLite's.
    """
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            opened.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            # For this, SQLite waits for nobody: of two processes that start on a new file, one is refused.
            if not is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Say whether SQLite refused because of what another connection does, whatever that is."""
    return error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_BUSY
