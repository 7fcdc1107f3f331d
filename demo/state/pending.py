"""Mails and receipts that are due later, kept across restarts."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from demo.state.records import Records

_SCHEMA = """
CREATE TABLE IF NOT EXISTS pending (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    due REAL NOT NULL,
    content TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS pending_by_due ON pending (kind, due);
"""


@dataclass(frozen=True)
class PendingItem:
    """A stored item."""

    id: int
    content: dict[str, str]


class Pending:
    """Items of one kind, kept until they are removed."""

    def __init__(self, path: Path, kind: str) -> None:
        self._kind = kind
        self._records = Records(path, _SCHEMA)

    def put(self, due: datetime, content: dict[str, str]) -> None:
        """Store an item that is due at that instant."""
        row = (self._kind, due.timestamp(), json.dumps(content))
        with self._records.transaction() as connection:
            connection.execute("INSERT INTO pending (kind, due, content) VALUES (?, ?, ?)", row)

    def due(self, now: datetime) -> list[PendingItem]:
        """Return up to 100 items that are due, the earliest first."""
        query = "SELECT id, content FROM pending WHERE kind = ? AND due <= ? ORDER BY due, id LIMIT 100"
        with self._records.transaction() as connection:
            rows = connection.execute(query, (self._kind, now.timestamp())).fetchall()
        return [PendingItem(row[0], json.loads(row[1])) for row in rows]

    def remove(self, item: PendingItem) -> None:
        """Remove an item."""
        with self._records.transaction() as connection:
            connection.execute("DELETE FROM pending WHERE id = ?", (item.id,))
