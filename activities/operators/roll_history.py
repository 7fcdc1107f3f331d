"""What imports and removals have done to the roll, by the journal: a file, who, when, how many electors."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from activities.evidence.journal import Event
from activities.roll_import.order import CONFIRMED_BY, FILE_HASH
from activities.store.database import Database
from activities.store.tables import journal

_EVENTS = (Event.OPERATOR_IMPORTED_ROLL, Event.OPERATOR_REMOVED_ELECTORS)
# Each transaction of an import has its line, of a thousand electors at most.
_QUERY = (
    select(journal.c.recorded_at, journal.c.event, journal.c.actor, journal.c.outcome, journal.c.detail)
    .where(journal.c.event.in_(_EVENTS))
    .order_by(journal.c.number)
)
_COUNT = re.compile(r"(\d+) (\w+)")


@dataclass
class ImportedFile:
    """What one file has changed, in one or more runs of the same command by one operator.

    `confirmed_by` is the second person of an import in the console, or empty.
    """

    file_hash: str
    operator: str
    confirmed_by: str
    event: Event
    began_at: datetime
    ended_at: datetime
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def removes(self) -> bool:
        """Whether its electors were taken off the roll."""
        return self.event is Event.OPERATOR_REMOVED_ELECTORS


class RollHistory:
    """Reads the journal alone: neither the roll nor a file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def imports(self) -> list[ImportedFile]:
        """Return each file that has changed the roll, the last one first; one that changed nothing has no line."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_QUERY)).all()
        return sorted(_grouped(rows), key=lambda each: each.ended_at, reverse=True)


def _grouped(rows: Sequence[Row[*tuple[Any, ...]]]) -> Sequence[ImportedFile]:
    files: dict[tuple[str, ...], ImportedFile] = {}
    for row in rows:
        key = (row.event, row.detail, row.actor)
        file_hash, _, confirmed_by = row.detail.removeprefix(FILE_HASH).partition(CONFIRMED_BY)
        file = files.setdefault(
            key,
            ImportedFile(file_hash, row.actor, confirmed_by, Event(row.event), row.recorded_at, row.recorded_at),
        )
        file.ended_at = row.recorded_at
        for number, name in _COUNT.findall(row.outcome):
            file.counts[name] = file.counts.get(name, 0) + int(number)
    return list(files.values())
