"""Finds electors who occur twice in a file, on disk, so that a million lines need no memory."""

import sqlite3
from hashlib import blake2b

from activities.roll_import.lines import Column, ElectorLine, Refusal, RollLine


class Duplicates:
    """Keeps digests of one file's addresses, NUMEN and identifiers in a temporary SQLite database.

    An elector who occurs twice in a file is a fault of the export: the second line would silently replace the first.
    """

    def __init__(self) -> None:
        self._seen = sqlite3.connect("", isolation_level=None)  # without a name, it is deleted when it is closed
        self._seen.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        self._seen.execute("BEGIN")

    def refusal(self, line: RollLine | ElectorLine) -> Refusal | None:
        """Return why a line repeats an earlier one, or None when it names a new elector."""
        naming = [(Column.WORK_EMAIL, line.work_email), (Column.NUMEN, line.numen)]
        if isinstance(line, RollLine) and line.identifier:  # that of two electors would be nobody's
            naming.append((Column.IDENTIFIER, line.identifier))
        for column, value in naming:
            digest = blake2b(f"{column}:{value}".encode(), digest_size=16).digest()
            added = self._seen.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (digest, line.number))
            if not added.rowcount:
                query = "SELECT line FROM seen WHERE digest = ?"
                (first,) = self._seen.execute(query, (digest,)).fetchone()
                return Refusal(line.number, column, f"figure déjà à la ligne {first}")
        return None

    def close(self) -> None:
        """Delete the database."""
        self._seen.close()
