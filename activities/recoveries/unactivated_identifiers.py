"""New identifiers that are not activated yet: one for each accepted request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Interval, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.accounts.credentials import Kind
from activities.accounts.roll import hash_of_identifier
from activities.limits.quotas import Quotas
from activities.proofs.judgement import Judgement
from activities.security.hashing import KeyedHash
from activities.security.purposes import IDENTIFIER
from activities.security.random_secrets import generate_secret
from activities.security.row_macs import RowMacs, is_genuine
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.schema import Instant
from activities.store.tables import credentials, generated_identifiers
from election.shapes import IdentifierShape
from election.stages import Channel
from election.verdicts import Verdict

_COLUMNS = generated_identifiers.c
_OF_ELECTOR = _COLUMNS.elector_id == bindparam("elector")
_NOW, _WITHIN = bindparam("now", type_=Instant), bindparam("within", type_=Interval)
# When the oldest counted request that nobody confirmed was made, and whether one was made without a sign-in a short time ago.
_IS_IN_FLIGHT = _COLUMNS.is_anonymous & (_COLUMNS.created_at > _NOW - _WITHIN)
_OLDEST_UNCONFIRMED = select(
    func.min(_COLUMNS.created_at), func.coalesce(func.bool_or(_IS_IN_FLIGHT), other=False)
).where(_OF_ELECTOR, _COLUMNS.counted, _COLUMNS.confirmed_at.is_(None), _COLUMNS.id != bindparam("this"))
# A sign-in to the voting space confirms a request: there is none before the vote opens.
_IN_TIME = func.greatest(_COLUMNS.created_at, bindparam("opens", type_=Instant)) + _WITHIN
_IS_GIVEN_BACK = (_IN_TIME <= _NOW) & (_COLUMNS.confirmed_at.is_(None) | (_COLUMNS.confirmed_at > _IN_TIME))
_COUNTED = select(func.count()).where(_OF_ELECTOR, _COLUMNS.counted, ~_IS_GIVEN_BACK)
_REFUND_UNCONFIRMED = (
    update(generated_identifiers)
    .where(_COLUMNS.counted, _OF_ELECTOR | (_COLUMNS.phone_hash == bindparam("phone")))
    .where(_IS_GIVEN_BACK)
    .values(counted=False)
    .returning(_COLUMNS.elector_id, _COLUMNS.phone_hash)
)
# An identifier's credential has the id of its request.
_CONFIRM = (
    update(generated_identifiers)
    .where(_COLUMNS.confirmed_at.is_(None))
    .where(
        _COLUMNS.id.in_(
            select(credentials.c.id).where(
                credentials.c.elector_id == bindparam("elector"),
                credentials.c.kind == Kind.IDENTIFIER,
                credentials.c.ended_at.is_(None),
            )
        )
    )
    .values(confirmed_at=bindparam("now"))
)
_IS_OTHER = _OF_ELECTOR & (_COLUMNS.workflow_id != bindparam("own"))
_ABANDON = update(generated_identifiers).where(_IS_OTHER).values(identifier_hash=None)
_OTHERS = select(_COLUMNS.workflow_id).where(_IS_OTHER).distinct()


@dataclass(frozen=True)
class IdentifierActivation:
    """An order to activate an identifier whose message a gateway has accepted.

    `delivery_id` is the id of the request (2018) or of the used link (2011). `sends_notice` is False when the work
    mailbox was already told. `send_number` is that of the message that was accepted.
    """

    workflow_id: str
    delivery_id: str
    channel: Channel = Channel.SMS
    sends_notice: bool = True
    send_number: int = 1


@dataclass(frozen=True)
class ActivationResult:
    """Whether the identifier is active; False when a newer request has replaced its request.

    `notice` is the sealed work address, or empty when no notice is to be sent.
    """

    notice: str = ""
    is_active: bool = False


@dataclass(frozen=True)
class IdentifierHash:
    """The hash that an identifier is looked up by, and the code that ties it to its elector."""

    hash: str
    mac: str


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
        self._macs = RowMacs(keyed)
        self._shape = shape
        self._vault = vault
        self._quotas = quotas
        self._now = now

    async def generate(
        self, workflow_id: str, delivery_id: str, elector_id: str, number: str = "", *, is_anonymous: bool = False
    ) -> dict[str, Any]:
        """Generate an identifier and return its row, which is not written yet; without a phone `number` it has no quota (2011)."""
        identifier = generate_secret(self._shape)
        sealed = await self._vault.seal(workflow_id, delivery_id, {IDENTIFIER: identifier})
        hashed = hash_of_identifier(self._keyed, identifier)
        return {
            "id": delivery_id,
            "workflow_id": workflow_id,
            "elector_id": elector_id,
            "phone_hash": self._keyed.hash("mobile", number) if number else "",
            "identifier_hash": hashed,
            "mac": self._macs.identifier(elector_id, hashed),
            "envelope": sealed[IDENTIFIER],
            "counted": bool(number),
            "created_at": self._now(),
            "is_anonymous": is_anonymous,
        }

    async def add_counted(
        self, connection: AsyncConnection, row: Mapping[str, Any], failed_request_id: str
    ) -> Judgement:
        """Count a request and store its identifier; return ACCEPTED, or the verdict of the limit that is reached.

        The failed request is refunded first, and those that nobody confirmed in time, except when this one is refused.
        Idempotent by request id.
        """
        await self._quotas.lock(connection, row["elector_id"], row["phone_hash"])
        savepoint = await connection.begin_nested()
        if not await self.add(connection, row):
            return Judgement(Verdict.ACCEPTED)
        await self.refund(connection, failed_request_id)
        await self._refund_unconfirmed(connection, row)
        refusal = await self._refusal(connection, row)
        if refusal is not None:
            await savepoint.rollback()
        return refusal or Judgement(Verdict.ACCEPTED)

    async def _refusal(self, connection: AsyncConnection, row: Mapping[str, Any]) -> Judgement | None:
        confirmation = self._quotas.confirmation
        asked = {
            "elector": row["elector_id"],
            "this": row["id"],
            "now": self._now(),
            "within": confirmation["within"],
        }
        created_at, is_in_flight = (await connection.execute(_OLDEST_UNCONFIRMED, asked)).one()
        if row["is_anonymous"] and is_in_flight:
            return Judgement(Verdict.IN_FLIGHT)
        refusal = await self._quotas.take(connection, row["elector_id"], row["phone_hash"])
        if refusal is Verdict.TOO_MANY_REQUESTS and created_at is not None:
            return Judgement(refusal, self._quotas.given_back_at(created_at))
        return Judgement(refusal) if refusal else None

    async def _refund_unconfirmed(self, connection: AsyncConnection, row: Mapping[str, Any]) -> None:
        """Take the unconfirmed requests whose time is over off the counts of this elector and of this number.

        Their identifiers stay valid. A sign-in that comes later does not count: what is given back does not depend on
        when somebody looks.
        """
        of = {"elector": row["elector_id"], "phone": row["phone_hash"]}
        asked = {**of, **self._quotas.confirmation, "now": self._now()}
        for refunded in (await connection.execute(_REFUND_UNCONFIRMED, asked)).all():
            await self._quotas.refund(connection, refunded.elector_id, refunded.phone_hash)

    async def requests_left(self, elector_id: str) -> int:
        """Return how many more identifiers an elector may request now; nothing is counted."""
        asked = {"elector": elector_id, **self._quotas.confirmation, "now": self._now()}
        async with self._database.reading() as connection:
            counted: int = (await connection.execute(_COUNTED, asked)).scalar_one()
        return max(0, self._quotas.max_requests - counted)

    async def confirm(self, elector_id: str) -> None:
        """Record that the elector has opened the voting space with the active identifier."""
        async with self._database.writing() as connection:
            await connection.execute(_CONFIRM, {"elector": elector_id, "now": self._now()})

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

    async def abandon_others(self, connection: AsyncConnection, elector_id: str, own_workflow_id: str) -> None:
        """Delete the hashes of the unactivated identifiers of an elector's other recoveries."""
        await connection.execute(_ABANDON, {"elector": elector_id, "own": own_workflow_id})

    async def other_recoveries(self, elector_id: str, own_workflow_id: str) -> set[str]:
        """Return the workflow ids of an elector's other recoveries that have made identifiers, ended or not."""
        async with self._database.reading() as connection:
            asked = {"elector": elector_id, "own": own_workflow_id}
            return set((await connection.execute(_OTHERS, asked)).scalars())

    async def refund(self, connection: AsyncConnection, request_id: str) -> None:
        """Uncount a request that delivered nothing; idempotent."""
        counted = update(generated_identifiers).where(_COLUMNS.id == request_id, _COLUMNS.counted.is_(True))
        refunded = counted.values(counted=False, identifier_hash=None).returning(
            _COLUMNS.elector_id, _COLUMNS.phone_hash
        )
        row = (await connection.execute(refunded)).one_or_none()
        if row is not None:
            await self._quotas.refund(connection, row.elector_id, row.phone_hash)

    async def refund_ended(self, connection: AsyncConnection, request_id: str) -> None:
        """Do the same at the end of a recovery, in a transaction that has changed nothing yet: the locks come first, as in a judgement."""
        query = select(_COLUMNS.elector_id, _COLUMNS.phone_hash).where(_COLUMNS.id == request_id, _COLUMNS.counted)
        row = (await connection.execute(query)).one_or_none()
        if row is not None:
            await self._quotas.lock(connection, row.elector_id, row.phone_hash)
            await self.refund(connection, request_id)

    async def envelope(self, delivery_id: str) -> str:
        """Return the sealed identifier of a delivery, or an empty string when there is none."""
        query = select(_COLUMNS.envelope).where(_COLUMNS.id == delivery_id)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none() or ""

    async def elector_of(self, workflow_id: str, delivery_id: str) -> str | None:
        """Return the id of an unactivated identifier's elector, or None when a newer identifier has replaced it."""
        query = select(generated_identifiers).where(
            _COLUMNS.id == delivery_id, _COLUMNS.workflow_id == workflow_id, _COLUMNS.identifier_hash.is_not(None)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        expected = self._macs.identifier(row.elector_id, row.identifier_hash)
        return row.elector_id if is_genuine(row.mac, expected, "generated_identifiers") else None

    async def lock_hash(self, connection: AsyncConnection, delivery_id: str) -> IdentifierHash | None:
        """Return the hash of an unactivated identifier, or None, and lock its row in the caller's transaction."""
        columns = (_COLUMNS.identifier_hash, _COLUMNS.mac)
        query = select(*columns).where(_COLUMNS.id == delivery_id).with_for_update()
        row = (await connection.execute(query)).one_or_none()
        return IdentifierHash(row.identifier_hash, row.mac) if row and row.identifier_hash else None
