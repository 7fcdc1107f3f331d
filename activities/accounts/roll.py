"""Reads the electoral roll, for the web and the recoveries."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, bindparam, select

from activities.accounts.credentials import Kind
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import activations, credentials, electors
from election.procedures import Procedure, workflow_id_of

_IS_ELECTOR = electors.c.id == bindparam("elector")
_ADDRESS = select(electors.c.work_email).where(_IS_ELECTOR)
_ELECTOR = select(electors, activations.c.question).select_from(electors.outerjoin(activations)).where(_IS_ELECTOR)


@dataclass(frozen=True)
class Elector:
    """What the portal shows of an elector who is signed in; `question` is None before activation."""

    id: str
    name: str
    work_email: str
    question: str | None


@dataclass(frozen=True)
class Claimant:
    """A voter who typed an identifier and has proved nothing yet (NIST SP 800-63's term).

    `subject` is an opaque id of the identifier, `elector_id` is None when it is not on the roll.
    """

    subject: str
    elector_id: str | None


class Roll:
    """Reads electors; an unknown one takes the same time and gives the same kind of result."""

    def __init__(self, database: Database, keyed: KeyedHash) -> None:
        self._database = database
        self._keyed = keyed

    async def claimant(self, typed: str) -> Claimant:
        """Return the claimant for an identifier: a work address (2022) or a printed identifier (2018)."""
        has_address = electors.c.work_email == typed.strip().lower()
        return await self._claimant(typed, has_address | electors.c.id.in_(self._holders(typed)))

    async def voting_space_claimant(self, typed: str) -> Claimant:
        """Return the claimant for an identifier of the voting space (2018, 2011).

        Its case and spaces count; the work address is not accepted there.
        """
        return await self._claimant(typed, electors.c.id.in_(self._holders(typed)))

    def _holders(self, typed: str) -> Select[tuple[str]]:
        hashed = self._keyed.hash("known-identifier", typed)
        known = (credentials.c.kind == Kind.IDENTIFIER) & (credentials.c.hash == hashed)
        return select(credentials.c.elector_id).where(known, credentials.c.ended_at.is_(None))

    async def _claimant(self, typed: str, condition: ColumnElement[bool]) -> Claimant:
        query = select(electors.c.id, electors.c.work_email).where(condition)
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).all()
        if len(found) != 1:
            return Claimant(self._keyed.hash("identifier", typed.strip().lower()), None)
        # An elector's attempts are one count, whichever identifier was typed.
        return Claimant(self.subject(found[0].work_email), found[0].id)

    def subject(self, work_email: str) -> str:
        """Return the opaque id of the elector with that work address."""
        return self._keyed.hash("identifier", work_email)

    async def elector(self, elector_id: str) -> Elector | None:
        """Return an elector, or None when the id is not on the roll."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_ELECTOR, {"elector": elector_id})).one_or_none()
        if row is None:
            return None
        first_name = row.first_names.split()[0] if row.first_names.split() else ""
        return Elector(row.id, f"{first_name} {row.used_name}".strip(), row.work_email, row.question)

    async def owner(self, procedure: Procedure, workflow_id: str, elector_id: str) -> Elector | None:
        """Return the elector of a recovery, or None when the workflow id was not derived from this elector's work address.

        Anyone with write access to Temporal could put another elector's id into a recovery's terms.
        """
        elector = await self.elector(elector_id) if elector_id else None
        claimant = await self.claimant(elector.work_email) if elector else None
        is_owner = claimant is not None and workflow_id == workflow_id_of(procedure, claimant.subject)
        return elector if is_owner else None

    async def work_email(self, elector_id: str) -> str:
        """Return the address of an elector's work mailbox, where notices go.

        Raises:
            LookupError: the elector was taken off the roll.
        """
        async with self._database.reading() as connection:
            address: str | None = (
                await connection.execute(_ADDRESS, {"elector": elector_id})
            ).scalar_one_or_none()
        if address is None:
            raise LookupError("this elector is no longer on the roll")
        return address
