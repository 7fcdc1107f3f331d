"""The segments that the message centre has accepted lately: joins them to messages, and recognises repeats."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from demo.sms.sms_decoder import Part
from demo.state.records import Records

# Operators take the same submit within ten minutes for a repeat.
_RETENTION = timedelta(minutes=10)

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
class AcceptedSegment:
    """An accepted segment; `text` is the whole message if this was the last segment missing, else None."""

    gateway_id: str
    repeated: bool
    text: str | None


class Submissions:
    """The segments of the last ten minutes, kept across restarts."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._records = Records(path, _SCHEMA)
        self._now = now

    def accept(self, phone: str, reference: bytes, part: Part) -> AcceptedSegment:
        """Store a segment and return its id; a repeat (same phone, reference and text) has the id of the first."""
        message = f"{phone} {reference.hex()} {part.reference} {part.total}"
        fingerprint = sha256(f"{message} {part.number} {part.text}".encode()).hexdigest()
        now = self._now()
        with self._records.transaction() as connection:
            connection.execute("DELETE FROM submitted WHERE at <= ?", ((now - _RETENTION).timestamp(),))
            known = connection.execute(
                "SELECT gateway_id FROM submitted WHERE fingerprint = ?", (fingerprint,)
            ).fetchone()
            if known is not None and reference:
                return AcceptedSegment(known[0], repeated=True, text=None)
            gateway_id = uuid4().hex[:12]
            row = (gateway_id, fingerprint, message, part.number, part.text, now.timestamp())
            connection.execute("INSERT INTO submitted VALUES (?, ?, ?, ?, ?, ?)", row)
            if part.total == 1:
                return AcceptedSegment(gateway_id, repeated=False, text=part.text)
            bodies = connection.execute(
                "SELECT body FROM submitted WHERE message = ? ORDER BY number", (message,)
            ).fetchall()
        whole = "".join(body for (body,) in bodies) if len(bodies) == part.total else None
        return AcceptedSegment(gateway_id, repeated=False, text=whole)
