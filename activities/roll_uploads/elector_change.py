"""One elector's new work address or name, as two administrators type it: read, judged and written by the role that imports."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.config.logs import scrubbed
from activities.evidence.journal import Entry, Event, Journal
from activities.roll_import.csv_file import RollError
from activities.roll_import.lines import Column, LineReader, Reason
from activities.roll_import.writer import end_sessions, lock_imports
from activities.roll_uploads.orders import UploadState
from activities.roll_uploads.report import UploadReport
from activities.roll_uploads.rows import UploadRows
from activities.roll_uploads.uploads import Upload
from activities.security.hashing import KeyedHash
from activities.security.row_macs import RowMacs
from activities.store.database import Database
from activities.store.tables import electors

# What may be changed, and its column in the table.
CHANGED = {
    Column.WORK_EMAIL: "work_email",
    Column.BIRTH_NAME: "birth_name",
    Column.USED_NAME: "used_name",
    Column.FIRST_NAMES: "first_names",
}
_UNKNOWN = "aucun électeur de la liste n’a cette adresse actuelle"
_ALTERED = "la ligne de cet électeur n’a pas été écrite par un import\u00a0: importez-la de nouveau (docs/roll.md)"
_TAKEN = "la nouvelle adresse appartient à un autre électeur\u00a0: retirez-le d’abord"
_NOTHING = "la liste a déjà ces valeurs\u00a0: il n’y a rien à changer"
_UNREADABLE = "la demande ne se lit pas\u00a0: faites-la de nouveau"


@dataclass(frozen=True)
class ElectorChange:
    """The work address that an elector has on the roll, and the new value of each column that changes."""

    work_email: str = field(repr=False)
    values: Mapping[Column, str] = field(repr=False)


def sealable(change: ElectorChange) -> bytes:
    """Return a change as bytes to be sealed; its 32 random bytes keep a hash of them from confirming a guessed name."""
    values = {str(column): value for column, value in change.values.items()}
    return json.dumps([secrets.token_hex(32), change.work_email, values]).encode()


class ElectorChanges:
    """Judges and writes changes of one elector."""

    def __init__(
        self, database: Database, keyed: KeyedHash, reader: LineReader, journal: Journal, rows: UploadRows
    ) -> None:
        self._database = database
        self._macs = RowMacs(keyed)
        self._reader = reader
        self._journal = journal
        self._rows = rows

    def read(self, sealed: bytes) -> ElectorChange:
        """Return a change in the form that an import gives its values.

        Raises:
            RollError: a value is refused, as it would be in a file; the sentence has the column and not the value.
        """
        try:
            _, work_email, typed = json.loads(sealed)
            values = {Column(name): str(value) for name, value in typed.items()}
        except (ValueError, TypeError, AttributeError):
            raise RollError(_UNREADABLE) from None
        if not values or not CHANGED.keys() >= values.keys():
            raise RollError(_UNREADABLE)
        read = {column: self._reader.read_cell(column, value) for column, value in values.items()}
        for column, value in read.items():
            reason = value if isinstance(value, Reason) else Reason.EMPTY if not value else None
            if reason:
                raise RollError(f"{column} {reason}")
        return ElectorChange(str(work_email).strip().lower(), read)

    async def judge(self, change: ElectorChange) -> list[Column]:
        """Return the columns that a change would change.

        Raises:
            RollError: there is no such elector, another one has the new address, or nothing would change.
        """
        async with self._database.reading() as connection:
            _, columns = await self._changed(connection, change)
        return columns

    async def write(self, change: ElectorChange, upload: Upload) -> UploadState:
        """Write a change that was confirmed, with its line of the journal and the state of its upload, and return that.

        Raises:
            RollError: it cannot be written any more, as `judge` says; nothing is.
        """
        async with self._database.writing() as connection:
            await lock_imports(connection)
            if not await self._rows.settle_within(connection, upload, UploadState.IMPORTED, upload.report):
                return (await self._rows.find(upload.id)).state
            row, columns = await self._changed(connection, change)
            await connection.execute(update(electors).where(electors.c.id == row["id"]).values(row))
            if Column.WORK_EMAIL in columns:
                await end_sessions(connection, [row["id"]])
            await self._journal.record(connection, _entry(upload, columns))
        return UploadState.IMPORTED

    async def _changed(
        self, connection: AsyncConnection, change: ElectorChange
    ) -> tuple[dict[str, Any], list[Column]]:
        """Return the elector's new row, and the columns that differ from the present one."""
        query = select(electors).where(electors.c.work_email == change.work_email)
        found = (await connection.execute(query)).mappings().one_or_none()
        if found is None:
            raise RollError(_UNKNOWN)
        former = dict(found)
        if self._macs.elector(former) != former["mac"]:
            raise RollError(_ALTERED)
        columns = [column for column, value in change.values.items() if former[CHANGED[column]] != value]
        if not columns:
            raise RollError(_NOTHING)
        if Column.WORK_EMAIL in columns:
            taken = select(electors.c.id).where(electors.c.work_email == change.values[Column.WORK_EMAIL])
            if (await connection.execute(taken)).first() is not None:
                raise RollError(_TAKEN)
        row = {**former, **{CHANGED[column]: change.values[column] for column in columns}}
        return {**row, "mac": self._macs.elector(row)}, columns


def report_of_change(columns: list[Column]) -> UploadReport:
    """Return what a page shows of a change: its columns."""
    return UploadReport(read=1, updated=1, changed={str(column): 1 for column in columns})


def _entry(upload: Upload, columns: list[Column]) -> Entry:
    return Entry(
        f"roll:changed:{upload.id}",
        Event.OPERATOR_CHANGED_ELECTOR,
        upload.operator,
        f"roll/{upload.id}",
        outcome=", ".join(columns),
        detail=f"confirmé par {upload.decided_by} – {scrubbed(upload.reason)}",
    )
