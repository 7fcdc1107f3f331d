"""Electors' credentials; a new one becomes active and the old one ends in the same transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, case, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.exceptions import ApplicationError

from activities.store.database import Database
from activities.store.tables import credentials, links
from election.verdicts import LinkVerdict

_OF_KIND = (credentials.c.elector_id == bindparam("of_elector")) & (credentials.c.kind == bindparam("of_kind"))
_ACTIVE = _OF_KIND & credentials.c.ended_at.is_(None)
_ACTIVE_HASH = select(credentials.c.hash).where(_ACTIVE)
_SAME_ID = (credentials.c.id == bindparam("same_id")) & (credentials.c.issued_at <= bindparam("started_at"))
# A credential that has ended has no hash: whoever makes its row active again brings back nothing.
_IS_ENDED = credentials.c.ended_at.is_not(None)
_REPLACE_HASH = (
    update(credentials)
    .where(_SAME_ID)
    .values(
        hash=case((_IS_ENDED, ""), else_=bindparam("new")), mac=case((_IS_ENDED, ""), else_=bindparam("new_mac"))
    )
)
_END = update(credentials).where(_ACTIVE).values(ended_at=bindparam("now"), hash="", mac="")
_ISSUE = insert(credentials).on_conflict_do_nothing(index_elements=[credentials.c.id]).returning(credentials.c.id)
# A credential that was issued by a link has the link's id.
_THIS_LINK, _OTHER_LINK = links.alias("this_link"), links.alias("other_link")
_NEWER = (
    select(credentials.c.id)
    .join(_OTHER_LINK, _OTHER_LINK.c.link_id == credentials.c.id)
    .join(_THIS_LINK, _THIS_LINK.c.created_at < _OTHER_LINK.c.created_at)
    .where(_OF_KIND, _THIS_LINK.c.link_id == bindparam("same_id"))
    .limit(1)
)
_LOCK_ELECTOR = text("SELECT pg_advisory_xact_lock(hashtextextended(:elector, 0))")
# In one order for all, so that two transactions do not wait for each other.
_LOCK_ELECTORS = text("""
    SELECT pg_advisory_xact_lock(hashtextextended(elector, 0)) FROM (
        SELECT elector FROM unnest(CAST(:electors AS varchar[])) AS given (elector) ORDER BY elector
    ) AS ordered""")


class Kind(StrEnum):
    """The kinds of credentials."""

    VOTING_CODE = "voting_code"
    IDENTIFIER = "identifier"
    PASSWORD = "password"  # noqa: S105 - the name of a kind


class ConcurrentReissueError(Exception):
    """Raised when another run has issued the same credential meanwhile; a retry replaces its secret."""


class CredentialReplacedError(Exception):
    """Raised when a credential that was right has been replaced since it was checked."""


@dataclass(frozen=True)
class CheckedCredential:
    """The hash of a credential at the time it was checked, to make sure later that it was not replaced since."""

    kind: Kind
    hash: str = field(repr=False)


class Credentials:
    """Keeps the hashes of credentials: of each kind an elector has one active credential and any number of ended ones."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def active_hash(self, elector_id: str, kind: Kind) -> str | None:
        """Return the hash of the active credential, or None when the elector has none."""
        async with self._database.reading() as connection:
            return await active_hash(connection, elector_id, kind)

    def now(self) -> datetime:
        """Return the current instant, which a caller passes to `replace` as `started_at`."""
        return self._now()

    async def replace(
        self,
        connection: AsyncConnection,
        elector_id: str,
        kind: Kind,
        credential_id: str,
        new_hash: str,
        started_at: datetime | None = None,
        *,
        mac: str = "",
    ) -> None:
        """Make a new credential active and end the old one, in the caller's transaction.

        An identifier has a `mac` beside its hash (`RowMacs.identifier`).

        A second run with the same `credential_id` replaces the hash: the secret of the first run was never shown.

        Raises:
            ConcurrentReissueError: another run has issued it since `started_at`, for instance while this worker was suspended.
            ApplicationError: of type `LinkVerdict`, when a newer link has issued one already, as can happen when the
                older link's order was retried while the database was unavailable. The newer credential stays.
        """
        now, of_kind = self._now(), {"of_elector": elector_id, "of_kind": kind}
        # Without the lock, two reissues at the same time would both end the old credential and both add a new one.
        await lock_elector(connection, elector_id)
        replaced = await connection.execute(
            _REPLACE_HASH,
            {"same_id": credential_id, "new": new_hash, "new_mac": mac, "started_at": started_at or now},
        )
        if replaced.rowcount:
            return
        if (await connection.execute(_NEWER, {**of_kind, "same_id": credential_id})).first():
            raise ApplicationError(LinkVerdict.REPLACED, type="LinkVerdict", non_retryable=True)
        await connection.execute(_END, {**of_kind, "now": now})
        issued = {"id": credential_id, "elector_id": elector_id, "kind": kind, "hash": new_hash, "mac": mac}
        added = await connection.execute(_ISSUE, {**issued, "issued_at": now, "is_recovered": True})
        if added.first() is None:
            raise ConcurrentReissueError("another run has issued it")


async def active_hash(connection: AsyncConnection, elector_id: str, kind: Kind) -> str | None:
    """Return the hash of the active credential, or None when the elector has none."""
    known: str | None = (
        await connection.execute(_ACTIVE_HASH, {"of_elector": elector_id, "of_kind": kind})
    ).scalar_one_or_none()
    return known


async def require_active(connection: AsyncConnection, elector_id: str, checked: CheckedCredential) -> None:
    """Check that a credential is still active, and lock it until the caller's transaction ends.

    Raises:
        CredentialReplacedError: it was replaced since it was checked.
    """
    await lock_elector(connection, elector_id)
    if await active_hash(connection, elector_id, checked.kind) != checked.hash:
        raise CredentialReplacedError


async def lock_elector(connection: AsyncConnection, elector_id: str) -> None:
    """Wait until no other transaction changes this elector's credentials, and keep others out until the caller's ends."""
    await connection.execute(_LOCK_ELECTOR, {"elector": elector_id})


async def lock_electors(connection: AsyncConnection, elector_ids: Sequence[str]) -> None:
    """Do as `lock_elector` for several; a transaction that needs more than one takes them by this one call."""
    if elector_ids:
        await connection.execute(_LOCK_ELECTORS, {"electors": list(elector_ids)})
