"""New identifiers that are not activated yet: one for each accepted request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.recoveries.quotas import Quotas
from activities.security.hashing import KeyedHash
from activities.security.purposes import IDENTIFIER
from activities.security.random_secrets import generate_secret
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.tables import generated_identifiers
from election.shapes import IdentifierShape
from election.stages import Channel
from election.verdicts import Verdict

_COLUMNS = generated_identifiers.c


@dataclass(frozen=True)
class IdentifierActivation:
    """An order to activate an identifier whose message a gateway has accepted.

    `delivery_id` is the id of the request (2018) or of the used link (2011). `sends_notice` is False when the work
    mailbox was already told.
    """

    workflow_id: str
    delivery_id: str
    channel: Channel = Channel.SMS
    sends_notice: bool = True


@dataclass(frozen=True)
class ActivationResult:
    """Whether the identifier is active; False when a newer request has replaced its request.

    `notice` is the sealed work address, or empty when no notice is to be sent.
    """

    notice: str = ""
    is_active: bool = False


class UnactivatedIdentifiers:
    """Stores the keyed hash and the sealed value of each identifier, so that a retried send carries the same one."""

    def __init__(
        self,
        database: Database,
        keyed: KeyedHash,
        shape: IdentifierShape,
        vault: Vault,
        quotas: Quotas,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._keyed = keyed
        self._shape = shape
        self._vault = vault
        self._quotas = quotas
        self._now = now

    async def generate(
        self, workflow_id: str, delivery_id: str, elector_id: str, number: str = ""
    ) -> dict[str, Any]:
        """Generate an identifier and return its row, which is not written yet; without a phone `number` it has no quota (2011)."""
        identifier = generate_secret(self._shape)
        sealed = await self._vault.seal(workflow_id, delivery_id, {IDENTIFIER: identifier})
        return {
            "id": delivery_id,
            "workflow_id": workflow_id,
            "elector_id": elector_id,
            "phone_hash": self._keyed.hash("mobile", number) if number else "",
            "identifier_hash": self._keyed.hash("known-identifier", identifier),
            "envelope": sealed[IDENTIFIER],
            "counted": bool(number),
            "created_at": self._now(),
        }

    async def add_counted(
        self, connection: AsyncConnection, row: Mapping[str, Any], failed_request_id: str
    ) -> Verdict:
        """Count a request and store its identifier; return TAKEN, or the verdict of the limit that is reached.

        The failed request is refunded first, except when this one is refused. Idempotent by request id.
        """
        savepoint = await connection.begin_nested()
        if not await self.add(connection, row):
            return Verdict.ACCEPTED
        await self.refund(connection, failed_request_id)
        refusal = await self._quotas.take(connection, row["elector_id"], row["phone_hash"])
        if refusal is not None:
            await savepoint.rollback()
            return refusal
        return Verdict.ACCEPTED

    async def add(self, connection: AsyncConnection, row: Mapping[str, Any]) -> bool:
        """Store an identifier, which replaces the elector's other unactivated ones; return False if it was stored before."""
        statement = insert(generated_identifiers).values(**row).on_conflict_do_nothing()
        if (await connection.execute(statement.returning(_COLUMNS.id))).scalar_one_or_none() is None:
            return False
        others = (_COLUMNS.elector_id == row["elector_id"]) & (_COLUMNS.id != row["id"])
        await connection.execute(update(generated_identifiers).where(others).values(identifier_hash=None))
        return True

    async def abandon(self, connection: AsyncConnection, delivery_ids: list[str]) -> None:
        """Delete the hashes of unactivated identifiers, so that they are never activated."""
        await connection.execute(
            update(generated_identifiers).where(_COLUMNS.id.in_(delivery_ids)).values(identifier_hash=None)
        )

    async def refund(self, connection: AsyncConnection, request_id: str) -> None:
        """Uncount a request that delivered nothing; idempotent."""
        counted = update(generated_identifiers).where(_COLUMNS.id == request_id, _COLUMNS.counted.is_(True))
        refunded = counted.values(counted=False, identifier_hash=None).returning(
            _COLUMNS.elector_id, _COLUMNS.phone_hash
        )
        row = (await connection.execute(refunded)).one_or_none()
        if row is not None:
            await self._quotas.refund(connection, row.elector_id, row.phone_hash)

    async def envelope(self, delivery_id: str) -> str:
        """Return the sealed identifier of a delivery, or an empty string when there is none."""
        query = select(_COLUMNS.envelope).where(_COLUMNS.id == delivery_id)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none() or ""

    async def elector_of(self, workflow_id: str, delivery_id: str) -> str | None:
        """Return the id of an unactivated identifier's elector, or None when a newer identifier has replaced it."""
        query = select(_COLUMNS.elector_id).where(
            _COLUMNS.id == delivery_id, _COLUMNS.workflow_id == workflow_id, _COLUMNS.identifier_hash.is_not(None)
        )
        async with self._database.reading() as connection:
            elector_id: str | None = (await connection.execute(query)).scalar_one_or_none()
        return elector_id

    async def lock_hash(self, connection: AsyncConnection, delivery_id: str) -> str | None:
        """Return the hash of an unactivated identifier, or None, and lock its row in the caller's transaction."""
        query = select(_COLUMNS.identifier_hash).where(_COLUMNS.id == delivery_id).with_for_update()
        hashed: str | None = (await connection.execute(query)).scalar_one_or_none()
        return hashed
