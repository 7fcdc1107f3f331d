"""The journal with its seals: read from the database, or from the lines of an export."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.evidence.chain.hashes import FIELDS, Seal, content_of, json_value
from activities.store.tables import journal, journal_seals

_PAGE = 10_000  # rows
_SEAL_FIELDS = ("position", "number", "sealed_at", "expires_at", "content_hash", "chain_hash")
_INSTANTS = ("sealed_at", "expires_at")
_SEALED = (
    select(journal, *(journal_seals.c[name].label(f"seal_{name}") for name in _SEAL_FIELDS))
    .select_from(journal_seals.outerjoin(journal, journal.c.number == journal_seals.c.number))
    .order_by(journal_seals.c.position)
    .limit(_PAGE)
)


@dataclass(frozen=True)
class SealedEntry:
    """A seal, and the content of its entry, or None when the entry was purged."""

    seal: Seal
    content: dict[str, Any] | None

    @property
    def line(self) -> str:
        """This entry as a line of an export."""
        seal = {name: json_value(getattr(self.seal, name)) for name in _SEAL_FIELDS}
        return json.dumps({**seal, "entry": self.content}, ensure_ascii=False) + "\n"


def read_line(line: str) -> SealedEntry:
    """Return the entry of a line of an export.

    Raises:
        ValueError: it is no such line.
    """
    try:
        values = json.loads(line)
        seal = {name: values[name] for name in _SEAL_FIELDS}
        seal |= {name: datetime.fromisoformat(values[name]) for name in _INSTANTS}
        content = values["entry"]
        return SealedEntry(Seal(**seal), {name: content[name] for name in FIELDS} if content else None)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("not a line of a journal") from error


async def sealed_entries(connection: AsyncConnection) -> AsyncIterator[SealedEntry]:
    """Yield every sealed entry in the order of the chain, page by page."""
    last = 0
    while page := (await connection.execute(_SEALED.where(journal_seals.c.position > last))).mappings().all():
        for row in page:
            yield _entry(row)
        last = page[-1]["seal_position"]


def _entry(row: RowMapping) -> SealedEntry:
    seal = Seal(**{name: row[f"seal_{name}"] for name in _SEAL_FIELDS})
    return SealedEntry(seal, content_of(row) if row["number"] is not None else None)
