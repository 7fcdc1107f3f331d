"""The SQLite file of the demo's world: what phones and mailboxes hold, and what is still on its way."""

import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


class Records:
    """Connections to the file, each for one transaction: any process may read while one writes."""

    def __init__(self, path: Path, schema: str) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        # Kept open: SQLite tidies the file, which takes 10 ms, whenever the last connection closes.
        lasting = self._connect()
        weakref.finalize(self, lasting.close)
        lasting.execute("PRAGMA journal_mode = WAL")
        lasting.executescript(schema)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give a connection whose writes are kept together, unless an error is raised inside."""
        with closing(self._connect()) as connection, connection:
            yield connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=5, check_same_thread=False)
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection
