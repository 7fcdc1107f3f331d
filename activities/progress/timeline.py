"""Reads what happened to one recovery: the journal's entries, and how many parts of each message have arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from activities.store.database import Database
from activities.store.tables import HAS_WORKFLOW, journal, segments

_LONGEST = 200
_PARTS = (
    select(
        segments.c.message_id,
        func.count().label("sent"),
        func.count().filter(segments.c.delivered).label("delivered"),
    )
    .where(segments.c.message_id.in_(bindparam("messages", expanding=True)))
    .group_by(segments.c.message_id)
)
_ENTRIES = (
    select(journal)
    .where(journal.c.workflow_id == bindparam("of"), HAS_WORKFLOW)
    .order_by(journal.c.number.desc())
    .limit(_LONGEST)
)


@dataclass(frozen=True)
class TimelineEntry:
    """An entry of the journal; of a message of several parts (`parts`) also how many have arrived."""

    at: datetime
    event: str
    actor: str
    channel: str
    outcome: str
    detail: str
    parts: int = 0
    delivered_parts: int = 0


class RecoveryTimeline:
    """Reads timelines; a journal entry has neither a contact nor a secret."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, workflow_id: str) -> list[TimelineEntry]:
        """Return the newest entries of a recovery and of those before it with the same id, newest first."""
        async with self._database.reading() as connection:
            entries = (await connection.execute(_ENTRIES, {"of": workflow_id})).all()
            message_ids = {_message_id(entry.entry_id) for entry in entries} - {""}
            rows = (await connection.execute(_PARTS, {"messages": list(message_ids)})).all()
        parts = {row.message_id: (row.sent, row.delivered) for row in rows}
        return _entries(entries, parts)


def _entries(entries: Sequence[Row[Any]], parts: dict[str, tuple[int, int]]) -> list[TimelineEntry]:
    return [
        TimelineEntry(
            each.recorded_at,
            each.event,
            each.actor,
            each.channel,
            each.outcome,
            each.detail,
            *parts.get(_message_id(each.entry_id), (0, 0)),
        )
        for each in entries
    ]


def _message_id(entry_id: str) -> str:
    """Return the message of an entry `message:ID:…`, or an empty string."""
    kind, _, rest = entry_id.partition(":")
    return rest.partition(":")[0] if kind == "message" else ""
