"""The messages that phones and mailboxes of the demo have received."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Self

from activities.config.clock import utc_now
from demo.state.records import Records

Channel = Literal["sms", "email"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS received (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS received_by_recipient ON received (recipient);
-- Apart, since those who poll for messages read their text alone.
CREATE TABLE IF NOT EXISTS html (id INTEGER PRIMARY KEY REFERENCES received, body TEXT NOT NULL);
"""
_COLUMNS = "SELECT id, channel, recipient, subject, body, at FROM received"


@dataclass(frozen=True)
class ReceivedMessage:
    """A received SMS or e-mail. `to` is a phone number (E.164) or an address; the subject of an SMS is empty."""

    id: int
    channel: Channel
    to: str
    subject: str
    text: str
    at: datetime


class Inbox:
    """All phones and mailboxes. Ids grow in the order in which messages become readable."""

    def __init__(self, path: Path, now: Callable[[], datetime] = utc_now) -> None:
        self.path = path
        self._now = now
        self._records = Records(path, _SCHEMA)

    @classmethod
    def under(cls, state: Path, now: Callable[[], datetime] = utc_now) -> Self:
        """Return the inbox of the demo whose state is kept in that directory."""
        return cls(state / "demo" / "fake_services.sqlite", now)

    def add(self, channel: Channel, to: str, subject: str, text: str, html: str = "") -> None:
        """Add a message; an SMS has no HTML."""
        row = (channel, to, subject, text, self._now().isoformat())
        with self._records.transaction() as connection:
            added = connection.execute(
                "INSERT INTO received (channel, recipient, subject, body, at) VALUES (?, ?, ?, ?, ?)", row
            )
            if html:
                connection.execute("INSERT INTO html VALUES (?, ?)", (added.lastrowid, html))

    def since(self, message_id: int = 0, limit: int = 200) -> list[ReceivedMessage]:
        """Return the messages after the one with that id, oldest first."""
        return self._read(f"{_COLUMNS} WHERE id > ? ORDER BY id LIMIT ?", (message_id, limit))

    def of(self, to: str) -> list[ReceivedMessage]:
        """Return all messages of one phone or mailbox, oldest first."""
        return self._read(f"{_COLUMNS} WHERE recipient = ? ORDER BY id", (to,))

    def elsewhere(self, known: Collection[str], limit: int = 50) -> list[ReceivedMessage]:
        """Return the messages of any other phone or mailbox than the known ones, newest first."""
        placeholders = ", ".join("?" * len(known))
        others = f"{_COLUMNS} WHERE recipient NOT IN ({placeholders}) ORDER BY id DESC LIMIT ?"
        return self._read(others, (*known, limit))

    def html_of(self, messages: Collection[ReceivedMessage]) -> dict[int, str]:
        """Return the HTML of those of the messages that have any, by their id."""
        ids = json.dumps([message.id for message in messages])
        with self._records.transaction() as connection:
            return dict(
                connection.execute(
                    "SELECT id, body FROM html WHERE id IN (SELECT value FROM json_each(?))", (ids,)
                )
            )

    def _read(self, query: str, values: tuple[str | int, ...]) -> list[ReceivedMessage]:
        with self._records.transaction() as connection:
            rows = connection.execute(query, values).fetchall()
        return [
            ReceivedMessage(message_id, channel, to, subject, text, datetime.fromisoformat(at))
            for message_id, channel, to, subject, text, at in rows
        ]
