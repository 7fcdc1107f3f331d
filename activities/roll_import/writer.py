"""Writes the roll in batches of one transaction; the same batch again changes nothing."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import RowMapping, bindparam, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.roll_import.first_credentials import FirstCredentials
from activities.roll_import.lines import Column, Refusal, RollLine
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import electors
from election.proofs import nir

_LOCK = 0x5EA5508  # an arbitrary number, the same for every import
_NUMEN_TAKEN = "appartient déjà à un autre électeur"


@dataclass
class Outcome:
    """The outcome of a batch; `kept` maps the elector id of each accepted line to the line."""

    added: list[dict[str, str]] = field(default_factory=list)
    updated: list[dict[str, str]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    kept: dict[str, RollLine] = field(default_factory=dict)

    @property
    def unchanged(self) -> int:
        """How many lines equal what the roll had already."""
        return len(self.kept) - len(self.added) - len(self.updated)


class RollWriter:
    """Adds and updates electors, found by their work address; it deletes none."""

    def __init__(self, database: Database, keyed: KeyedHash, first_credentials: FirstCredentials) -> None:
        self._database = database
        self._keyed = keyed
        self._first_credentials = first_credentials

    async def write(self, lines: Sequence[RollLine]) -> Outcome:
        """Write the lines of a batch, no two of which are the same elector's, and return their outcome."""
        async with self._database.writing() as connection:
            await _lock_imports(connection)
            outcome = await self._judged(connection, lines)
            if outcome.added:
                await connection.execute(insert(electors), outcome.added)
            if outcome.updated:
                changed = update(electors).where(electors.c.id == bindparam("its_id"))
                rows = [{**row, "its_id": row["id"]} for row in outcome.updated]
                await connection.execute(changed, rows)
        await self._first_credentials.write(outcome.kept)
        return outcome

    async def _judged(self, connection: AsyncConnection, lines: Sequence[RollLine]) -> Outcome:
        rows = [self._row(line) for line in lines]
        known = await _known(connection, rows)
        by_email = {each["work_email"]: each for each in known}
        owners = {each["numen_hash"]: each["id"] for each in known}
        outcome = Outcome()
        for line, row in zip(lines, rows, strict=True):
            former = by_email.get(line.work_email)
            row["id"] = former["id"] if former else secrets.token_hex(16)
            if owners.get(row["numen_hash"], row["id"]) != row["id"]:
                outcome.refused.append(Refusal(line.number, Column.NUMEN, _NUMEN_TAKEN))
                continue
            outcome.kept[row["id"]] = line
            if former is None:
                outcome.added.append(row)
            elif any(former[name] != value for name, value in row.items()):
                outcome.updated.append(row)
        return outcome

    def _row(self, line: RollLine) -> dict[str, str]:
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
        }


async def _lock_imports(connection: AsyncConnection) -> None:
    # Without the lock, two imports at the same time would both find a NUMEN free.
    await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    # A plan cached while the table was empty would read the whole table for every batch.
    await connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))


async def _known(connection: AsyncConnection, rows: Sequence[dict[str, str]]) -> Sequence[RowMapping]:
    """Return the electors who have the address or the NUMEN of one of the rows."""
    same_email = electors.c.work_email.in_([row["work_email"] for row in rows])
    same_numen = electors.c.numen_hash.in_([row["numen_hash"] for row in rows])
    return (await connection.execute(select(electors).where(or_(same_email, same_numen)))).mappings().all()
