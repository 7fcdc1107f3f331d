"""What the message centre has taken in the last minutes: to join segments, and to know repeats."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from demo.sms.sms_decoder import Part
from demo.state.records import Records

# As operators do: the same again within ten minutes is the same message.
_REMEMBERED = timedelta(minutes=10)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS submitted (
    gateway_id TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    message TEXT NOT NULL,
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS submitted_by_fingerprint ON submitted (fingerprint);
CREATE INDEX IF NOT EXISTS submitted_by_message ON submitted (message);
"""


@dataclass(frozen=True)
class Taken:
    """A segment that was taken: `text` is the whole message once its last segment is here."""

    gateway_id: str
    repeated: bool
    text: str | None


class Submissions:
    """Segments of the last ten minutes, across restarts."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._records = Records(path, _SCHEMA)
        self._now = now

    def take(self, phone: str, reference: bytes, part: Part) -> Taken:
        """Keep a segment; one that repeats another, `reference` included, gets the other's id."""
        message = f"{phone} {reference.hex()} {part.reference} {part.total}"
        fingerprint = sha256(f"{message} {part.number} {part.text}".encode()).hexdigest()
        now = self._now()
        with self._records.transaction() as connection:
            connection.execute("DELETE FROM submitted WHERE at <= ?", ((now - _REMEMBERED).timestamp(),))
            known = connection.execute(
                "SELECT gateway_id FROM submitted WHERE fingerprint = ?", (fingerprint,)
            ).fetchone()
            if known is not None and reference:
                return Taken(known[0], repeated=True, text=None)
            gateway_id = uuid4().hex[:12]
            row = (gateway_id, fingerprint, message, part.number, part.text, now.timestamp())
            connection.execute("INSERT INTO submitted VALUES (?, ?, ?, ?, ?, ?)", row)
            if part.total == 1:
                return Taken(gateway_id, repeated=False, text=part.text)
            bodies = connection.execute(
                "SELECT body FROM submitted WHERE message = ? ORDER BY number", (message,)
            ).fetchall()
        whole = "".join(body for (body,) in bodies) if len(bodies) == part.total else None
        return Taken(gateway_id, repeated=False, text=whole)
