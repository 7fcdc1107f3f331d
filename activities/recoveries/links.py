"""One-time links: their tokens and addresses, and what became of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.exceptions import ApplicationError

from activities.security.link_tokens import LinkTokens, tokens_in
from activities.security.row_macs import is_genuine
from activities.store.database import Database
from activities.store.many_rows import arrays, insert_rows
from activities.store.tables import links
from election.procedures import Procedure
from election.verdicts import LinkVerdict

_FIND = select(links).where(links.c.token_hash == bindparam("token"))
_IS_LINK = links.c.link_id == bindparam("link")
# The ending of a link that was revoked is kept, and that of one that has served: its recovery may not have heard that the reissue
# was committed.
_END = (
    update(links)
    .where(_IS_LINK, links.c.revoked_at.is_(None), links.c.ending.is_distinct_from(LinkVerdict.USED))
    .values(ending=bindparam("ending"))
)
# An ending that `end` has written is kept.
_REPLACE = update(links).where(_IS_LINK, links.c.ending.is_(None)).values(ending=LinkVerdict.REPLACED)

_NEW = links.alias()
_IS_KNOWN = exists().where(_NEW.c.link_id == bindparam("new"))
_IS_RENEWABLE = select(or_(links.c.ending.is_(None), _IS_KNOWN)).where(_IS_LINK).with_for_update()
_IS_OTHER = (links.c.elector_id == bindparam("elector")) & (links.c.workflow_id != bindparam("own"))
# `ending` too: retention deletes links that have one.
_REVOKE = (
    update(links)
    .where(_IS_OTHER, links.c.ending.is_(None))
    .values(ending=bindparam("verdict"), revoked_at=bindparam("now"))
)
_REVOKED = select(links.c.ending).where(_IS_LINK, links.c.revoked_at.is_not(None))
# Links of mailings that no recovery has used.
_IS_MAILED = links.c.dies_at.is_not(None) & links.c.ending.is_(None)
_MAILED = select(links).where(_IS_LINK, links.c.workflow_id == bindparam("of"), links.c.dies_at.is_not(None))
_REPLACE_MAILED = (
    update(links)
    .where(
        links.c.elector_id.in_(bindparam("electors", expanding=True)),
        links.c.workflow_id.like(bindparam("kind")),
        _IS_MAILED,
        links.c.link_id.not_in(bindparam("kept", expanding=True)),
    )
    .values(ending=LinkVerdict.REPLACED)
)
_ADD_MAILED = insert_rows(links, "token_hash", "link_id", "workflow_id", "elector_id", "created_at", "dies_at")
_OTHERS = select(links.c.workflow_id).where(_IS_OTHER).distinct()


@dataclass(frozen=True)
class NewLink:
    """A link to be registered; `replaces` is the id of the link that it replaces, or empty.

    `number` counts the links of one recovery from 1.
    """

    link_id: str
    replaces: str = ""
    number: int = 1


@dataclass(frozen=True)
class LinkRecord:
    """The link of a token: its recovery, its id, and the ending that the recovery has written, LIVE if none.

    Whoever acts on `elector_id` checks it against the recovery's id (`Roll.owner`). `dies_at` is of a mailing's
    link alone: while that is live, no recovery knows it.
    """

    workflow_id: str
    link_id: str
    ending: LinkVerdict
    elector_id: str = ""
    dies_at: datetime | None = None

    @property
    def awaits_recovery(self) -> bool:
        """Whether the recovery begins when the link is used."""
        return self.dies_at is not None and self.ending is LinkVerdict.LIVE


@dataclass(frozen=True)
class MailedLink:
    """A link of a mailing to be registered."""

    workflow_id: str
    link_id: str
    elector_id: str


class Links:
    """Derives tokens from link ids, and finds the link of a token."""

    def __init__(self, database: Database, link_key: bytes, public_url: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._tokens = LinkTokens(link_key, "link")
        self._public_url = public_url.rstrip("/")
        self._now = now
        self._add = insert(links).on_conflict_do_nothing()

    def token(self, workflow_id: str, link_id: str) -> str:
        """Return the token of a link."""
        return self._tokens.token(workflow_id, link_id)

    def address(self, workflow_id: str, link_id: str) -> str:
        """Return the URL that the voter receives."""
        return f"{self._public_url}/lien/{self.token(workflow_id, link_id)}"

    async def register(
        self, connection: AsyncConnection, workflow_id: str, link: NewLink, elector_id: str
    ) -> None:
        """Store a link in the caller's transaction, and mark the link that it replaces; idempotent by link id."""
        values = {
            "token_hash": self._tokens.hash(self.token(workflow_id, link.link_id)),
            "link_id": link.link_id,
            "workflow_id": workflow_id,
            "elector_id": elector_id,
            "created_at": self._now(),
        }
        await connection.execute(self._add, values)
        if link.replaces:
            await connection.execute(_REPLACE, {"link": link.replaces})

    async def is_renewable(self, connection: AsyncConnection, link: NewLink) -> bool:
        """Return whether the link that a new one replaces is still live, and let it end only after the caller's transaction.

        It is not when its recovery has ended while the new one waited for the database. Also True when the new one was
        registered before.
        """
        if not link.replaces:
            return True
        asked = {"link": link.replaces, "new": link.link_id}
        return bool((await connection.execute(_IS_RENEWABLE, asked)).scalar_one_or_none())

    async def register_mailed(
        self, connection: AsyncConnection, procedure: Procedure, mailed: Sequence[MailedLink], dies_at: datetime
    ) -> None:
        """Store a mailing's links in the caller's transaction, in the place of earlier mailings' links; idempotent."""
        made = [
            {
                "token_hash": self._tokens.hash(self.token(each.workflow_id, each.link_id)),
                "link_id": each.link_id,
                "workflow_id": each.workflow_id,
                "elector_id": each.elector_id,
                "created_at": self._now(),
                "dies_at": dies_at,
            }
            for each in mailed
        ]
        if made:
            kept = [each.link_id for each in mailed]
            await self.replace_mailed(connection, procedure, [each.elector_id for each in mailed], kept)
            await connection.execute(_ADD_MAILED, arrays(made))

    async def replace_mailed(
        self,
        connection: AsyncConnection,
        procedure: Procedure,
        elector_ids: Sequence[str],
        kept: Sequence[str] = (),
    ) -> None:
        """Replace the links of mailings that these electors have not used, in the caller's transaction."""
        asked = {"electors": elector_ids, "kind": f"{procedure.id_prefix}/%", "kept": kept}
        await connection.execute(_REPLACE_MAILED, asked)

    async def end(self, connection: AsyncConnection, endings: Mapping[str, LinkVerdict]) -> None:
        """Store the endings of links, by link id, in the caller's transaction."""
        for link_id, ending in endings.items():
            await connection.execute(_END, {"link": link_id, "ending": ending})

    async def revoke(
        self, connection: AsyncConnection, elector_id: str, own_workflow_id: str, verdict: LinkVerdict
    ) -> None:
        """End the live links of an elector's other recoveries with a verdict, in the caller's transaction."""
        asked = {"elector": elector_id, "own": own_workflow_id, "now": self._now(), "verdict": verdict}
        await connection.execute(_REVOKE, asked)

    async def require_not_revoked(self, connection: AsyncConnection, link_id: str) -> None:
        """Check that neither a recovery of the password nor an objection has ended a link, in the transaction of its reissue.

        Raises:
            ApplicationError: of type `LinkVerdict`, when one has, though the recovery may not have been told yet.
        """
        revoked = (await connection.execute(_REVOKED, {"link": link_id})).first()
        if revoked:
            raise ApplicationError(revoked.ending, type="LinkVerdict", non_retryable=True)

    async def other_recoveries(self, elector_id: str, own_workflow_id: str) -> set[str]:
        """Return the workflow ids of an elector's other recoveries that have sent links, ended or not."""
        async with self._database.reading() as connection:
            asked = {"elector": elector_id, "own": own_workflow_id}
            return set((await connection.execute(_OTHERS, asked)).scalars())

    async def find(self, typed: str) -> LinkRecord | None:
        """Return the link of a token that a voter typed or clicked, or None for an unknown token."""
        for token in tokens_in(typed):
            if found := await self._find(token):
                return found
        return None

    async def mailed(self, workflow_id: str, link_id: str) -> LinkRecord | None:
        """Return a mailing's link by its id, or None when the recovery has no such link."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_MAILED, {"link": link_id, "of": workflow_id})).one_or_none()
        expected = self._tokens.hash(self.token(workflow_id, link_id))
        return self._record(row) if row and is_genuine(row.token_hash, expected, "links") else None

    async def _find(self, token: str) -> LinkRecord | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(_FIND, {"token": self._tokens.hash(token)})).one_or_none()
        # A row that was changed to point to another recovery does not fit the token.
        if row is None or not is_genuine(token, self.token(row.workflow_id, row.link_id), "links"):
            return None
        return self._record(row)

    def _record(self, row: Row[Any]) -> LinkRecord:
        ending = LinkVerdict(row.ending or LinkVerdict.LIVE)
        if ending is LinkVerdict.LIVE and row.dies_at is not None and self._now() >= row.dies_at:
            ending = LinkVerdict.EXPIRED
        return LinkRecord(row.workflow_id, row.link_id, ending, row.elector_id, row.dies_at)
