"""Credentials of electors: the new one works and the old one dies in the same transaction."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.database import Database
from activities.store.tables import credentials


class Kind(StrEnum):
    """What can be lost."""

    VOTING_CODE = "voting_code"
    IDENTIFIER = "identifier"
    PASSWORD = "password"  # noqa: S105 - the name of a kind


class Credentials:
    """Keeps hashes: of each kind an elector has one that works, and those that are dead."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def working(self, elector_id: str, kind: Kind) -> str | None:
        """Return the hash of the credential that works, or None when the elector has none."""
        query = select(credentials.c.hash).where(_active(elector_id, kind))
        async with self._database.reading() as connection:
            known: str | None = (await connection.execute(query)).scalar_one_or_none()
        return known

    async def replace(
        self, connection: AsyncConnection, elector_id: str, kind: Kind, credential_id: str, new_hash: str
    ) -> None:
        """Let a new credential work and the old one die, inside the caller's transaction.

        Run again with the same id it changes the new one's hash: what nobody has seen gives way.
        """
        await self._take_turn(connection, elector_id, kind)
        now, same = self._now(), credentials.c.id == credential_id
        redrawn = await connection.execute(update(credentials).where(same).values(hash=new_hash))
        if redrawn.rowcount:
            return
        former = _active(elector_id, kind)
        await connection.execute(update(credentials).where(former).values(ended_at=now))
        issued = {"id": credential_id, "elector_id": elector_id, "kind": kind, "hash": new_hash, "issued_at": now}
        await connection.execute(self._database.insert(credentials).values(issued))

    async def _take_turn(self, connection: AsyncConnection, elector_id: str, kind: Kind) -> None:
        """Wait for the elector's other reissues: at once, each would end the former one and add its own.

        They meet at the elector's first credential of the kind, which each of them sees. Two who race for
        the first one ever meet at the unique index: one of them fails, and is run again.
        """
        mine = _ever(elector_id, kind)
        oldest = select(credentials.c.id).where(mine).order_by(credentials.c.issued_at)
        await connection.execute(oldest.limit(1).with_for_update())


def _active(elector_id: str, kind: Kind) -> ColumnElement[bool]:
    return _ever(elector_id, kind) & credentials.c.ended_at.is_(None)


def _ever(elector_id: str, kind: Kind) -> ColumnElement[bool]:
    return (credentials.c.elector_id == elector_id) & (credentials.c.kind == kind)
