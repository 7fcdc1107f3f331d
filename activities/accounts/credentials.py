"""Credentials of electors: the new one works and the old one dies in the same transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.exceptions import ApplicationError

from activities.store.database import Database
from activities.store.tables import credentials, links
from election.verdicts import LinkVerdict

_EVER = (credentials.c.elector_id == bindparam("elector")) & (credentials.c.kind == bindparam("of"))
_ACTIVE = _EVER & credentials.c.ended_at.is_(None)
_WORKING = select(credentials.c.hash).where(_ACTIVE)
_SAME = (credentials.c.id == bindparam("same")) & (credentials.c.issued_at <= bindparam("begun"))
_REDRAW = update(credentials).where(_SAME).values(hash=bindparam("new"))
_END = update(credentials).where(_ACTIVE).values(ended_at=bindparam("now"))
_ISSUE = insert(credentials)
# A credential has the id of the link that brought it.
_MINE, _THEIRS = links.alias("mine"), links.alias("theirs")
_NEWER = (
    select(credentials.c.id)
    .join(_THEIRS, _THEIRS.c.link_id == credentials.c.id)
    .join(_MINE, _MINE.c.made_at < _THEIRS.c.made_at)
    .where(_EVER, _MINE.c.link_id == bindparam("same"))
    .limit(1)
)
_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:elector, 0))")


class Kind(StrEnum):
    """What can be lost."""

    VOTING_CODE = "voting_code"
    IDENTIFIER = "identifier"
    PASSWORD = "password"  # noqa: S105 - the name of a kind


class CredentialReplacedError(Exception):
    """Raised when a credential that was right has been replaced since it was looked at."""


@dataclass(frozen=True)
class Held:
    """A credential that was found to be the elector's, by its hash."""

    kind: Kind
    hash: str = field(repr=False)


class Credentials:
    """Keeps hashes: of each kind an elector has one that works, and those that are dead."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def working(self, elector_id: str, kind: Kind) -> str | None:
        """Return the hash of the credential that works, or None when the elector has none."""
        async with self._database.reading() as connection:
            return await working(connection, elector_id, kind)

    def begin(self) -> datetime:
        """Return the instant from which a run that will `replace` counts."""
        return self._now()

    async def replace(
        self,
        connection: AsyncConnection,
        elector_id: str,
        kind: Kind,
        credential_id: str,
        new_hash: str,
        begun: datetime | None = None,
    ) -> None:
        """Let a new credential work and the old one die, inside the caller's transaction.

        Run again with the same id it changes the new one's hash: what nobody has seen gives way.

        Raises:
            IntegrityError: another run has issued it since this one has `begun`: a worker that stood still.
            ApplicationError: of type `LinkVerdict`, since a newer link has brought one already. Whoever has
                seen that one keeps it: while the database is away, the older link's order waits to be tried again.
        """
        now, mine = self._now(), {"elector": elector_id, "of": kind}
        # Of an elector's reissues at once, each would end the former one and add its own.
        await _take_turn(connection, elector_id)
        redrawn = await connection.execute(
            _REDRAW, {"same": credential_id, "new": new_hash, "begun": begun or now}
        )
        if redrawn.rowcount:
            return
        if (await connection.execute(_NEWER, {**mine, "same": credential_id})).first():
            raise ApplicationError(LinkVerdict.REPLACED, type="LinkVerdict", non_retryable=True)
        await connection.execute(_END, {**mine, "now": now})
        issued = {"id": credential_id, "elector_id": elector_id, "kind": kind, "hash": new_hash, "issued_at": now}
        await connection.execute(_ISSUE, issued)


async def working(connection: AsyncConnection, elector_id: str, kind: Kind) -> str | None:
    """Return the hash of the credential that works, or None when the elector has none."""
    known: str | None = (
        await connection.execute(_WORKING, {"elector": elector_id, "of": kind})
    ).scalar_one_or_none()
    return known


async def require(connection: AsyncConnection, elector_id: str, held: Held) -> None:
    """Return when a credential still works, which it does until the caller's transaction has ended.

    Raises:
        Outdated: it was replaced since.
    """
    await _take_turn(connection, elector_id)
    if await working(connection, elector_id, held.kind) != held.hash:
        raise CredentialReplacedError


async def _take_turn(connection: AsyncConnection, elector_id: str) -> None:
    await connection.execute(_TURN, {"elector": elector_id})
