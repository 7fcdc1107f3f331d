"""Electors' credentials; a new one becomes valid and the old one invalid in the same transaction."""

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
_SAME = (credentials.c.id == bindparam("same")) & (credentials.c.issued_at <= bindparam("started_at"))
_REDRAW = update(credentials).where(_SAME).values(hash=bindparam("new"))
_END = update(credentials).where(_ACTIVE).values(ended_at=bindparam("now"))
_ISSUE = insert(credentials)
# A credential issued by a link has the link's id.
_MINE, _THEIRS = links.alias("mine"), links.alias("theirs")
_NEWER = (
    select(credentials.c.id)
    .join(_THEIRS, _THEIRS.c.link_id == credentials.c.id)
    .join(_MINE, _MINE.c.created_at < _THEIRS.c.created_at)
    .where(_EVER, _MINE.c.link_id == bindparam("same"))
    .limit(1)
)
_LOCK_ELECTOR = text("SELECT pg_advisory_xact_lock(hashtextextended(:elector, 0))")


class Kind(StrEnum):
    """The kinds of credentials."""

    VOTING_CODE = "voting_code"
    IDENTIFIER = "identifier"
    PASSWORD = "password"  # noqa: S105 - the name of a kind


class CredentialReplacedError(Exception):
    """Raised when a credential that was right has been replaced since it was checked."""


@dataclass(frozen=True)
class HeldCredential:
    """The credential that a browser was found to hold, by its hash."""

    kind: Kind
    hash: str = field(repr=False)


class Credentials:
    """Keeps the hashes of credentials: of each kind an elector has one valid credential and any number of ended ones."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def working(self, elector_id: str, kind: Kind) -> str | None:
        """Return the hash of the valid credential, or None when the elector has none."""
        async with self._database.reading() as connection:
            return await working(connection, elector_id, kind)

    def started_at(self) -> datetime:
        """Return the current instant, for the `started_at` of `replace`."""
        return self._now()

    async def replace(
        self,
        connection: AsyncConnection,
        elector_id: str,
        kind: Kind,
        credential_id: str,
        new_hash: str,
        started_at: datetime | None = None,
    ) -> None:
        """Make a new credential valid and end the old one, in the caller's transaction.

        Run again with the same id, it changes the new one's hash: the secret of the first run was never shown.

        Raises:
            IntegrityError: another run has issued it since `started_at`, for instance while this worker was suspended.
            ApplicationError: of type `LinkVerdict`, when a newer link has issued one already, as can happen when the
                older link's order was retried while the database was unavailable. The newer credential stays.
        """
        now, mine = self._now(), {"elector": elector_id, "of": kind}
        # Without the lock, reissues at the same time would each end the former one and add their own.
        await _lock_elector(connection, elector_id)
        redrawn = await connection.execute(
            _REDRAW, {"same": credential_id, "new": new_hash, "started_at": started_at or now}
        )
        if redrawn.rowcount:
            return
        if (await connection.execute(_NEWER, {**mine, "same": credential_id})).first():
            raise ApplicationError(LinkVerdict.REPLACED, type="LinkVerdict", non_retryable=True)
        await connection.execute(_END, {**mine, "now": now})
        issued = {"id": credential_id, "elector_id": elector_id, "kind": kind, "hash": new_hash, "issued_at": now}
        await connection.execute(_ISSUE, issued)


async def working(connection: AsyncConnection, elector_id: str, kind: Kind) -> str | None:
    """Return the hash of the valid credential, or None when the elector has none."""
    known: str | None = (
        await connection.execute(_WORKING, {"elector": elector_id, "of": kind})
    ).scalar_one_or_none()
    return known


async def require(connection: AsyncConnection, elector_id: str, held: HeldCredential) -> None:
    """Return when a credential is still valid, and keep it so until the caller's transaction ends.

    Raises:
        CredentialReplacedError: it was replaced since.
    """
    await _lock_elector(connection, elector_id)
    if await working(connection, elector_id, held.kind) != held.hash:
        raise CredentialReplacedError


async def _lock_elector(connection: AsyncConnection, elector_id: str) -> None:
    await connection.execute(_LOCK_ELECTOR, {"elector": elector_id})
