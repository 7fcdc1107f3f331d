"""The electoral roll, as the door and the recoveries read it."""

from dataclasses import dataclass

from sqlalchemy import select

from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import activations, electors


@dataclass(frozen=True)
class Elector:
    """What the portal shows of the elector who is signed in; `question` is None before activation."""

    id: str
    name: str
    work_email: str
    question: str | None


@dataclass(frozen=True)
class Claimant:
    """Whoever typed an identifier: `subject` stands for what was typed, known to the roll or not."""

    subject: str
    elector_id: str | None


class Roll:
    """Reads electors; unknown ones take the same time and give the same kind of answer."""

    def __init__(self, database: Database, keyed: KeyedHash) -> None:
        self._database = database
        self._keyed = keyed

    async def claimant(self, typed: str) -> Claimant:
        """Return who claims to be the elector with that identifier (2022: the work e-mail address)."""
        identifier = typed.strip().lower()
        query = select(electors.c.id).where(electors.c.work_email == identifier)
        async with self._database.reading() as connection:
            elector_id = (await connection.execute(query)).scalar_one_or_none()
        return Claimant(self._keyed.of("identifier", identifier), elector_id)

    async def elector(self, elector_id: str) -> Elector | None:
        """Return an elector, or None when the roll has none of that id."""
        query = (
            select(electors, activations.c.question)
            .select_from(electors.outerjoin(activations))
            .where(electors.c.id == elector_id)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        first_name = row.first_names.split()[0] if row.first_names.split() else ""
        return Elector(row.id, f"{first_name} {row.used_name}".strip(), row.work_email, row.question)

    async def work_email(self, elector_id: str) -> str:
        """Return the address of an elector's work mailbox, which is told of every recovery.

        Raises:
            LookupError: the elector was taken off the roll.
        """
        query = select(electors.c.work_email).where(electors.c.id == elector_id)
        async with self._database.reading() as connection:
            address: str | None = (await connection.execute(query)).scalar_one_or_none()
        if address is None:
            raise LookupError("this elector is no longer on the roll")
        return address
