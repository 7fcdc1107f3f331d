"""Reads the electoral roll, for the web and the recoveries."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, Row, bindparam, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.accounts.credentials import Kind
from activities.security.hashing import KeyedHash
from activities.security.row_macs import RowMacs, is_genuine
from activities.store.database import Database
from activities.store.tables import activations, credentials, electors
from election.procedures import Procedure, workflow_id_of
from election.text.folding import address_in, compact

_IS_ELECTOR = electors.c.id == bindparam("elector")
_BY_ADDRESS = select(
    electors, literal(True).label("work_email_was_typed"), literal("").label("identifier_mac")
).where(electors.c.work_email == bindparam("address"))
_BY_IDENTIFIER = (
    select(electors, literal(False).label("work_email_was_typed"), credentials.c.mac.label("identifier_mac"))
    .join(credentials, credentials.c.elector_id == electors.c.id)
    .where(
        credentials.c.kind == Kind.IDENTIFIER,
        credentials.c.hash == bindparam("hashed"),
        credentials.c.ended_at.is_(None),
    )
)
# Not one condition with OR, for which PostgreSQL would read the whole roll.
_BY_EITHER = union_all(_BY_ADDRESS, _BY_IDENTIFIER)
_COLUMNS = tuple(column.name for column in electors.c)
_ADDRESS = select(electors.c.work_email).where(_IS_ELECTOR)
_IDENTIFIERS = select(credentials.c.hash).where(
    credentials.c.elector_id == bindparam("elector"),
    credentials.c.kind == Kind.IDENTIFIER,
    credentials.c.ended_at.is_(None),
)
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

    `subject` is an opaque id of what was typed, by which attempts are counted: it depends on nothing else, so that a pause
    tells neither who is on the roll nor which identifier and address are one elector's. `elector_id` is None when the
    identifier is not on the roll.
    """

    subject: str
    elector_id: str | None


@dataclass(frozen=True)
class RecoveryClaimant(Claimant):
    """A claimant who may ask for a recovery: `recovery_subject` is in its workflow id, one for all that an elector may type."""

    recovery_subject: str


def hash_of_identifier(keyed: KeyedHash, identifier: str) -> str:
    """Return the hash by which an identifier of the voting space is found, however it was typed (`compact`)."""
    return keyed.hash("known-identifier", compact(identifier))


class Roll:
    """Reads electors; an unknown one takes the same time and gives the same kind of result.

    An elector whose row was changed by anything but an import, and an identifier that was copied from another elector,
    are as unknown as one who is not on the roll.
    """

    def __init__(self, database: Database, keyed: KeyedHash) -> None:
        self._database = database
        self._keyed = keyed
        self._macs = RowMacs(keyed)

    async def claimant(self, typed: str) -> RecoveryClaimant:
        """Return the claimant for an identifier: a work address (2022) or a printed identifier (2018).

        What has an @ is an address.
        """
        if "@" not in typed:
            return await self.voting_space_claimant(typed)
        return await self._claimant(typed, _BY_EITHER, self.subject(address_in(typed).lower()))

    async def voting_space_claimant(self, typed: str) -> RecoveryClaimant:
        """Return the claimant for an identifier of the voting space (2018, 2011).

        Case, spaces, hyphens and dots do not count, for the look-up and for the attempts; the work address is not accepted there.
        """
        subject = self._identifier_subject(hash_of_identifier(self._keyed, typed))
        return await self._claimant(typed, _BY_IDENTIFIER, subject)

    async def subjects(self, connection: AsyncConnection, elector_id: str) -> list[str]:
        """Return the subjects of all that an elector may type: the work address, and the active identifier."""
        parameters = {"elector": elector_id}
        addresses = (await connection.execute(_ADDRESS, parameters)).scalars().all()
        identifiers = (await connection.execute(_IDENTIFIERS, parameters)).scalars().all()
        return [self.subject(each) for each in addresses] + [
            self._identifier_subject(each) for each in identifiers
        ]

    async def is_current(self, claimant: Claimant) -> bool:
        """Return whether what a claimant typed still names the elector: an identifier is dead once another one is active."""
        async with self._database.reading() as connection:
            return claimant.subject in await self.subjects(connection, claimant.elector_id or "")

    async def _claimant(self, typed: str, query: Executable, subject: str) -> RecoveryClaimant:
        address, hashed = address_in(typed).lower(), hash_of_identifier(self._keyed, typed)
        async with self._database.reading() as connection:
            found = (await connection.execute(query, {"address": address, "hashed": hashed})).all()
        known = {row.id: row for row in found if self.is_genuine(row) and self._is_own(row, hashed)}
        if len(known) != 1:
            return RecoveryClaimant(subject, None, subject)
        (elector,) = known.values()
        return RecoveryClaimant(subject, elector.id, self.subject(elector.work_email))

    def _identifier_subject(self, hashed: str) -> str:
        return self._keyed.hash("identifier-tries", hashed)

    def is_genuine(self, row: Row[Any]) -> bool:
        """Return whether an import has written a row, which has every column of `electors`."""
        values = {name: getattr(row, name) for name in _COLUMNS}
        return is_genuine(row.mac, self._macs.elector(values), "electors")

    def _is_own(self, row: Row[Any], hashed: str) -> bool:
        if row.work_email_was_typed:
            return True
        return is_genuine(row.identifier_mac, self._macs.identifier(row.id, hashed), "credentials")

    def subject(self, work_email: str) -> str:
        """Return the opaque id of the elector with that work address."""
        return self._keyed.hash("identifier", work_email)

    async def elector(self, elector_id: str) -> Elector | None:
        """Return an elector, or None when the id is not on the roll."""
        async with self._database.reading() as connection:
            return await self.elector_within(connection, elector_id)

    async def elector_within(self, connection: AsyncConnection, elector_id: str) -> Elector | None:
        """Return the same, read in the caller's transaction."""
        row = (await connection.execute(_ELECTOR, {"elector": elector_id})).one_or_none()
        if row is None or not self.is_genuine(row):
            return None
        first_name = row.first_names.split()[0] if row.first_names.split() else ""
        return Elector(row.id, f"{first_name} {row.used_name}".strip(), row.work_email, row.question)

    async def names(self, elector_id: str) -> tuple[str, ...]:
        """Return what an elector is called, in names and in the work address; nothing when the id is not on the roll."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_ELECTOR, {"elector": elector_id})).one_or_none()
        if row is None:
            return ()
        return (row.birth_name, row.used_name, row.first_names, row.work_email.partition("@")[0])

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
            return await self.work_email_within(connection, elector_id)

    async def work_email_within(self, connection: AsyncConnection, elector_id: str) -> str:
        """Return the same, read in the caller's transaction.

        Raises:
            LookupError: the elector was taken off the roll.
        """
        elector = await self.elector_within(connection, elector_id)
        if elector is None:
            raise LookupError("this elector is no longer on the roll")
        return elector.work_email
