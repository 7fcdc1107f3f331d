"""Identifiers that are drawn and do not work yet: one for each request that was counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.recoveries.quotas import Quotas
from activities.security.hashing import KeyedHash
from activities.security.purposes import IDENTIFIER
from activities.security.random_secrets import draw_secret
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.tables import identifier_requests
from election.shapes import IdentifierShape
from election.stages import Channel
from election.verdicts import Verdict

_EACH = identifier_requests.c


@dataclass(frozen=True)
class Activation:
    """A new identifier whose message a gateway has taken; it `tells` the work mailbox, unless that was told before.

    `delivery_id` is the request's (2018) or the used link's (2011).
    """

    workflow_id: str
    delivery_id: str
    channel: Channel = Channel.SMS
    tells: bool = True


@dataclass(frozen=True)
class Activated:
    """Whether the identifier works: not when a newer request has taken this one's place.

    `notice` is the envelope of the work address, where it is still to be told.
    """

    notice: str = ""
    works: bool = False


class UnactivatedIdentifiers:
    """Keeps of each its keyed hash and its envelope, so that a send that is run again carries the same."""

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

    async def draw(self, workflow_id: str, request: str, elector: str, number: str = "") -> dict[str, Any]:
        """Return a new identifier as it is kept; nothing is written yet. Without a number it is not counted (2011)."""
        drawn = draw_secret(self._shape)
        sealed = await self._vault.seal(workflow_id, request, {IDENTIFIER: drawn})
        return {
            "id": request,
            "workflow_id": workflow_id,
            "elector_id": elector,
            "number_hash": self._keyed.of("mobile", number) if number else "",
            "pending_hash": self._keyed.of("known-identifier", drawn),
            "envelope": sealed[IDENTIFIER],
            "counted": bool(number),
            "made_at": self._now(),
        }

    async def count(self, connection: AsyncConnection, row: Mapping[str, Any], failed: str) -> Verdict:
        """Return TAKEN when a request is within the limits: it takes the place of the elector's others.

        A request that `failed` is given back first; refused, it stays as it was. The same one is counted once.
        """
        savepoint = await connection.begin_nested()
        if not await self.add(connection, row):
            return Verdict.TAKEN
        await self.refund(connection, failed)
        refusal = await self._quotas.take(connection, row["elector_id"], row["number_hash"])
        if refusal is not None:
            await savepoint.rollback()
            return refusal
        return Verdict.TAKEN

    async def add(self, connection: AsyncConnection, row: Mapping[str, Any]) -> bool:
        """Keep an identifier that was drawn, in the place of the elector's others; return False if it was kept before."""
        insert = self._database.insert(identifier_requests).values(**row).on_conflict_do_nothing()
        if (await connection.execute(insert.returning(_EACH.id))).scalar_one_or_none() is None:
            return False
        others = (_EACH.elector_id == row["elector_id"]) & (_EACH.id != row["id"])
        await connection.execute(update(identifier_requests).where(others).values(pending_hash=None))
        return True

    async def abandon(self, connection: AsyncConnection, requests: list[str]) -> None:
        """Let identifiers never work that do not work yet."""
        await connection.execute(
            update(identifier_requests).where(_EACH.id.in_(requests)).values(pending_hash=None)
        )

    async def refund(self, connection: AsyncConnection, request: str) -> None:
        """Let a request that brought nothing count no more: once, however often it is said."""
        mine = update(identifier_requests).where(_EACH.id == request, _EACH.counted.is_(True))
        told = mine.values(counted=False, pending_hash=None).returning(_EACH.elector_id, _EACH.number_hash)
        row = (await connection.execute(told)).one_or_none()
        if row is not None:
            await self._quotas.refund(connection, row.elector_id, row.number_hash)

    async def envelope(self, request: str) -> str:
        """Return the envelope of a request's identifier, or nothing when it was not counted."""
        query = select(_EACH.envelope).where(_EACH.id == request)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none() or ""

    async def elector_of(self, workflow_id: str, request: str) -> str | None:
        """Return whose identifier waits to work, or None when a newer one has taken its place."""
        query = select(_EACH.elector_id).where(
            _EACH.id == request, _EACH.workflow_id == workflow_id, _EACH.pending_hash.is_not(None)
        )
        async with self._database.reading() as connection:
            elector: str | None = (await connection.execute(query)).scalar_one_or_none()
        return elector

    async def pending(self, connection: AsyncConnection, request: str) -> str | None:
        """Return the hash of a request's identifier if it still waits, and hold it in the caller's transaction."""
        query = select(_EACH.pending_hash).where(_EACH.id == request).with_for_update()
        hashed: str | None = (await connection.execute(query)).scalar_one_or_none()
        return hashed
