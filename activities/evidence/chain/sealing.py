"""Seals the journal's new entries, in the order in which they are sealed."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.evidence.chain.hashes import Head, Seal, content_of, next_seal
from activities.store.database import Database
from activities.store.many_rows import arrays, rows_from
from activities.store.tables import journal, journal_seals

SEAL_EVERY = timedelta(seconds=5)
_BATCH = 1_000  # entries for each transaction
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('journal_seals', 0))")
_POSITION = journal_seals.c.position
_LAST = (
    select(_POSITION, journal_seals.c.chain_hash).where(_POSITION.is_not(None)).order_by(_POSITION.desc()).limit(1)
)
_UNSEALED = (
    select(journal)
    .join(journal_seals, journal_seals.c.number == journal.c.number)
    .where(_POSITION.is_(None))
    .order_by(journal_seals.c.number)
    .limit(_BATCH)
)
_SEALED = ("number", "position", "sealed_at", "expires_at", "content_hash", "chain_hash")
_SEAL = text(
    f"""UPDATE journal_seals SET {", ".join(f"{name} = new.{name}" for name in _SEALED[1:])}
    FROM {rows_from(journal_seals, *_SEALED)} WHERE journal_seals.number = new.number"""  # noqa: S608 - no value in it
)


class Sealing:
    """Chains entries in transactions of its own, so that writers of the journal never wait for each other.

    An entry that is committed late has a low number and a high position. The workers run it every few seconds;
    processes that seal at the same time wait for each other.
    """

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def seal(self) -> Head:
        """Seal every entry that is committed, and return the head of the chain."""
        while True:
            async with self._database.writing() as connection:
                sealed, head = await self._seal_some(connection)
            if sealed < _BATCH:
                return head

    async def _seal_some(self, connection: AsyncConnection) -> tuple[int, Head]:
        await connection.execute(_LOCK)
        head = await head_of(connection)
        seals: list[Seal] = []
        for row in (await connection.execute(_UNSEALED)).mappings():
            seals.append(next_seal(head, content_of(row), self._now()))
            head = Head(seals[-1].position, seals[-1].chain_hash)
        if seals:
            await connection.execute(_SEAL, arrays([_row(seal) for seal in seals]))
        return len(seals), head


def _row(seal: Seal) -> dict[str, object]:
    hashes = {"content_hash": bytes.fromhex(seal.content_hash), "chain_hash": bytes.fromhex(seal.chain_hash)}
    return {**asdict(seal), **hashes}


async def is_sealed(connection: AsyncConnection) -> bool:
    """Return whether every entry that a connection sees is sealed."""
    return (await connection.execute(_UNSEALED.limit(1))).first() is None


async def head_of(connection: AsyncConnection) -> Head:
    """Return the head of the chain."""
    last = (await connection.execute(_LAST)).one_or_none()
    return Head(last.position, last.chain_hash) if last else Head()
