"""The links by which electors object: one in each notice to the work mailbox."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.security.link_tokens import LinkTokens, tokens_in
from activities.security.row_macs import is_genuine
from activities.store.database import Database
from activities.store.objection_table import objections
from election.verdicts import LinkVerdict

_COLUMNS = objections.c
_FIND = select(objections).where(_COLUMNS.token_hash == bindparam("token"))
_IS_NOTICE = (_COLUMNS.notice_id == bindparam("notice")) & (_COLUMNS.workflow_id == bindparam("of"))
_OWNER = select(_COLUMNS.elector_id).where(_IS_NOTICE)
_SPEND = (
    update(objections)
    .where(_IS_NOTICE, _COLUMNS.lifted_at.is_(None))
    .where(_COLUMNS.made_by.is_(None) | (_COLUMNS.made_by == bindparam("by")))
    .values(made_at=bindparam("now"), made_by=bindparam("by"))
    .returning(_COLUMNS.notice_id)
)


@dataclass(frozen=True)
class ObjectionLink:
    """The link of a notice: the recovery that the notice tells of and when, whose it is, and whether it can be used."""

    workflow_id: str
    notice_id: str
    elector_id: str
    told_at: datetime
    verdict: LinkVerdict


class ObjectionLinks:
    """Derives their tokens, stores the hashes, and finds the link of a token; each lives until the vote `closes`."""

    def __init__(
        self, database: Database, link_key: bytes, public_url: str, closes: datetime, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._tokens = LinkTokens(link_key, "objection")
        self._public_url = public_url.rstrip("/")
        self._closes = closes
        self._now = now
        self._add = insert(objections).on_conflict_do_nothing()

    def token(self, workflow_id: str, notice_id: str) -> str:
        """Return the token of a notice's link."""
        return self._tokens.token(workflow_id, notice_id)

    def address(self, workflow_id: str, notice_id: str) -> str:
        """Return the URL that stands in a notice."""
        return f"{self._public_url}/opposition/{self.token(workflow_id, notice_id)}"

    async def register(
        self, connection: AsyncConnection, workflow_id: str, notice_id: str, elector_id: str
    ) -> None:
        """Store the link of a notice that is to be sent, in the caller's transaction; idempotent by notice."""
        values = {
            "token_hash": self._tokens.hash(self.token(workflow_id, notice_id)),
            "notice_id": notice_id,
            "workflow_id": workflow_id,
            "elector_id": elector_id,
            "created_at": self._now(),
        }
        await connection.execute(self._add, values)

    async def find(self, typed: str) -> ObjectionLink | None:
        """Return the link of a token that somebody typed or clicked, or None for an unknown one."""
        for token in tokens_in(typed):
            async with self._database.reading() as connection:
                row = (await connection.execute(_FIND, {"token": self._tokens.hash(token)})).one_or_none()
            # A row that was changed to name another recovery does not fit the token.
            if row and is_genuine(token, self.token(row.workflow_id, row.notice_id), "objections"):
                verdict = LinkVerdict.USED if row.made_at else self._verdict()
                return ObjectionLink(row.workflow_id, row.notice_id, row.elector_id, row.created_at, verdict)
        return None

    async def owner(self, connection: AsyncConnection, workflow_id: str, notice_id: str) -> str | None:
        """Return whose notice it is, or None for an unknown one."""
        found = await connection.execute(_OWNER, {"of": workflow_id, "notice": notice_id})
        elector_id: str | None = found.scalar_one_or_none()
        return elector_id

    async def spend(self, connection: AsyncConnection, workflow_id: str, notice_id: str, by: str) -> LinkVerdict:
        """Use a link up in the caller's transaction, and return LIVE, or why it cannot be used; the same again for `by`."""
        verdict = self._verdict()
        if verdict is not LinkVerdict.LIVE:
            return verdict
        asked = {"of": workflow_id, "notice": notice_id, "by": by, "now": self._now()}
        spent = (await connection.execute(_SPEND, asked)).first()
        return LinkVerdict.LIVE if spent else LinkVerdict.USED

    def _verdict(self) -> LinkVerdict:
        return LinkVerdict.LIVE if self._now() < self._closes else LinkVerdict.EXPIRED
