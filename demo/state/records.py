"""The SQLite file of the demo's world: what phones and mailboxes hold, and what is still on its way."""

import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from activities.store.write_ahead import write_ahead


class Records:
    """One connection to the file, for one transaction at a time: any process may read while one writes."""

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Kept open: a new one reads the schema again for each transaction, and SQLite tidies the file,
        # which takes 10 ms, whenever the last one closes.
        self._connection = sqlite3.connect(path, timeout=5, check_same_thread=False)
        weakref.finalize(self, self._connection.close)
        self._connection.execute("PRAGMA synchronous = NORMAL")
        write_ahead(self._connection)
        self._connection.executescript(schema)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the connection, whose writes are kept together unless an error is raised inside."""
        with self._connection:
            yield self._connection
