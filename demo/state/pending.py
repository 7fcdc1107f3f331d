"""What is still on its way when the demo stops, and arrives when it goes on."""

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
class PendingThing:
    """One thing that is due."""

    id: int
    content: dict[str, str]


class Pending:
    """Things of one kind, kept until they are done."""

    def __init__(self, path: Path, kind: str) -> None:
        self._kind = kind
        self._records = Records(path, _SCHEMA)

    def put(self, due: datetime, content: dict[str, str]) -> None:
        """Keep a thing until it is due."""
        row = (self._kind, due.timestamp(), json.dumps(content))
        with self._records.transaction() as connection:
            connection.execute("INSERT INTO pending (kind, due, content) VALUES (?, ?, ?)", row)

    def due(self, now: datetime) -> list[PendingThing]:
        """Return what is due and not yet done, the longest due first."""
        query = "SELECT id, content FROM pending WHERE kind = ? AND due <= ? ORDER BY due, id LIMIT 100"
        with self._records.transaction() as connection:
            rows = connection.execute(query, (self._kind, now.timestamp())).fetchall()
        return [PendingThing(row[0], json.loads(row[1])) for row in rows]

    def done(self, thing: PendingThing) -> None:
        """Forget a thing."""
        with self._records.transaction() as connection:
            connection.execute("DELETE FROM pending WHERE id = ?", (thing.id,))
