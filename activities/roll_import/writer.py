"""Writes the roll in batches of one transaction; the same batch again changes nothing."""

import secrets
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import RowMapping, bindparam, delete, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.evidence.journal import Event, Journal
from activities.roll_import.csv_file import RollError
from activities.roll_import.first_credentials import FirstCredentials
from activities.roll_import.lines import Column, Reason, Refusal, RollLine
from activities.roll_import.order import Order, Outcome, Row
from activities.security.hashing import KeyedHash
from activities.security.row_macs import RowMacs
from activities.store.database import Database
from activities.store.tables import electors, sessions
from election.proofs import nir

_LOCK = 0x5EA5508  # an arbitrary number, the same for every import
_OTHER_PEPPER = (
    "REASSORT_PEPPER n’est pas celui avec lequel ces listes ont été importées. Rien n’a été écrit\u202f; "
    "relancez la même commande avec le bon."
)
# The cells that identify a person: of these a known elector keeps two, and one may be corrected.
_IDENTIFYING = ("work_email", "numen_hash", "nir_hash")
_SAME_PERSON = 2
_COLUMNS = {
    "work_email": Column.WORK_EMAIL,
    "birth_name": Column.BIRTH_NAME,
    "used_name": Column.USED_NAME,
    "first_names": Column.FIRST_NAMES,
    "sex": Column.SEX,
    "numen_hash": Column.NUMEN,
    "nir_hash": Column.NIR,
    "birth_date_hash": Column.BIRTH_DATE,
    "birth_place_hash": Column.BIRTH_PLACE,
    "datum_hash": Column.DATUM,
}


class RollWriter:
    """Adds and updates electors, found by their work address or their NUMEN; it deletes none."""

    def __init__(
        self, database: Database, keyed: KeyedHash, first_credentials: FirstCredentials, journal: Journal
    ) -> None:
        self._database = database
        self._keyed = keyed
        self._first_credentials = first_credentials
        self._journal = journal

    async def check_pepper(self) -> None:
        """Do nothing if the roll is empty, or has rows that were written with this pepper.

        Without the check, an import with another pepper would rewrite each row, and no proof would be right any more.
        Single rows that were altered are written anew by the import.

        Raises:
            RollError: of a hundred rows none was.
        """
        async with self._database.reading() as connection:
            some = (
                (await connection.execute(select(electors).where(electors.c.mac != "").limit(100)))
                .mappings()
                .all()
            )
        if some and not any(RowMacs(self._keyed).elector(dict(row)) == row["mac"] for row in some):
            raise RollError(_OTHER_PEPPER)

    async def write(self, lines: Sequence[RollLine], refused: Sequence[Refusal], order: Order) -> Outcome:
        """Write the lines of a batch, no two of which have one address or NUMEN, and return its outcome.

        `refused` are the refusals of its other lines.
        """
        async with self._database.writing() as connection:
            await lock_imports(connection)
            outcome = await self._judged(connection, lines, Outcome(refused=[*refused]), order)
            if order.is_trial:
                return outcome
            if outcome.added:
                await connection.execute(insert(electors), outcome.added)
            if outcome.updated:
                changed = update(electors).where(electors.c.id == bindparam("its_id"))
                rows = [{**row, "its_id": row["id"]} for row in outcome.updated]
                await connection.execute(changed, rows)
            if outcome.moved:
                await end_sessions(connection, outcome.moved)
            if order.operator and (outcome.added or outcome.updated):
                counts = {"added": len(outcome.added), "updated": len(outcome.updated)}
                counts["refused"] = outcome.refused_lines
                await self._journal.record(connection, order.entry(Event.OPERATOR_IMPORTED_ROLL, counts))
        await self._first_credentials.write(outcome.kept)
        return outcome

    async def _judged(
        self, connection: AsyncConnection, lines: Sequence[RollLine], outcome: Outcome, order: Order
    ) -> Outcome:
        rows = [self._row(line) for line in lines]
        known = await _known(connection, rows)
        by_email = {each["work_email"]: each for each in known}
        by_numen = {each["numen_hash"]: each for each in known}
        for line, row in zip(lines, rows, strict=True):
            former = by_email.get(row["work_email"]) or by_numen.get(row["numen_hash"])
            row["id"] = former["id"] if former else secrets.token_hex(16)
            row["mac"] = RowMacs(self._keyed).elector(row)
            refused = _refused(line.number, row, by_email, by_numen) or _changes(line.number, row, former, order)
            if refused or row["id"] in outcome.kept:
                outcome.refused += refused or [Refusal(line.number, "", Reason.SAME_ELECTOR)]
                continue
            outcome.kept[row["id"]] = line
            if former is None:
                outcome.added.append(row)
            elif differing := _differing(row, former):
                outcome.updated.append(row)
                outcome.changed.update(_COLUMNS[name] for name in differing if name in _COLUMNS)
                if "work_email" in differing:
                    outcome.moved.add(row["id"])
        return outcome

    def _row(self, line: RollLine) -> Row:
        return {
            "work_email": line.work_email,
            "birth_name": line.birth_name,
            "used_name": line.used_name,
            "first_names": line.first_names,
            "sex": line.sex,
            "numen_hash": self._keyed.hash("numen", line.numen),
            "nir_hash": self._keyed.hash("nir", line.nir10),
            "birth_date_hash": self._keyed.hash("birth_date", line.birth_date),
            "birth_department_hash": self._keyed.hash("birth_department", nir.department(line.nir10)),
            "birth_place_hash": self._keyed.hash("birth_place", line.birth_place),
            "datum_hash": self._keyed.hash("datum", line.datum) if line.datum else "",
        }


def _refused(
    line: int, row: Row, by_email: Mapping[str, RowMapping], by_numen: Mapping[str, RowMapping]
) -> list[Refusal]:
    """Return why a row is another elector's than those who have its address or its NUMEN."""
    same_email, same_numen = by_email.get(row["work_email"]), by_numen.get(row["numen_hash"])
    if same_numen and (same_numen["id"] != row["id"] or not _is_same_person(row, same_numen)):
        return [Refusal(line, Column.NUMEN, Reason.NUMEN_TAKEN)]
    if same_email and not _is_same_person(row, same_email):
        return [Refusal(line, Column.WORK_EMAIL, Reason.ADDRESS_TAKEN)]
    return []


def _is_same_person(row: Row, former: RowMapping) -> bool:
    return len([name for name in _IDENTIFYING if row[name] == former[name]]) >= _SAME_PERSON


def _changes(line: int, row: Row, former: RowMapping | None, order: Order) -> list[Refusal]:
    """Return what a row would change of an elector who is on the roll, if the order does not say to."""
    differing = _differing(row, former) if former and not order.updates else []
    # A row that somebody changed in the database has another MAC; so has every row that differs.
    columns = dict.fromkeys(_COLUMNS.get(name, "") for name in differing)
    return [Refusal(line, column, Reason.CHANGED) for column in columns if column or len(columns) == 1]


def _differing(row: Row, former: RowMapping) -> list[str]:
    return [name for name, value in row.items() if former[name] != value]


async def lock_imports(connection: AsyncConnection) -> None:
    """Let one import at a time write, until the end of the transaction."""
    # Without the lock, two imports at the same time would both find a NUMEN free.
    await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    # A plan cached while the table was empty would read the whole table for every batch.
    await connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))


async def end_sessions(connection: AsyncConnection, ids: Collection[str]) -> None:
    """Delete the sessions in which electors have signed in, or their identifiers were typed."""
    theirs = sessions.c.elector_id.in_(ids) | sessions.c.claimant_elector_id.in_(ids)
    await connection.execute(delete(sessions).where(theirs))


async def _known(connection: AsyncConnection, rows: Sequence[Row]) -> Sequence[RowMapping]:
    """Return the electors who have the address or the NUMEN of one of the rows."""
    same_email = electors.c.work_email.in_([row["work_email"] for row in rows])
    same_numen = electors.c.numen_hash.in_([row["numen_hash"] for row in rows])
    return (await connection.execute(select(electors).where(or_(same_email, same_numen)))).mappings().all()
