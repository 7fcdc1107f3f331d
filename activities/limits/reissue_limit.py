"""The limit on new voting codes: how many an elector has in the whole election, and how many more support has allowed."""

from sqlalchemy import Integer, String, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.accounts.credentials import Kind
from activities.store.database import Database
from activities.store.tables import credentials, reissue_allowances

_OWNER = bindparam("owner_id", type_=String)
# The codes that an import has written are those of the notices: `roll-…`, see first_credentials.py.
_USED = (
    select(func.count())
    .select_from(credentials)
    .where(
        credentials.c.elector_id == _OWNER,
        credentials.c.kind == Kind.VOTING_CODE,
        credentials.c.id.not_like("roll-%"),
    )
)
_EXTRA = select(reissue_allowances.c.extra).where(reissue_allowances.c.elector_id == _OWNER)
_LEFT = select(
    bindparam("allowed", type_=Integer) + func.coalesce(_EXTRA.scalar_subquery(), 0) - _USED.scalar_subquery()
)
_ADD = insert(reissue_allowances)
_ALLOW = _ADD.on_conflict_do_update(
    index_elements=["elector_id"], set_={"extra": reissue_allowances.c.extra + _ADD.excluded.extra}
)


class ReissueLimit:
    """Knows how many more voting codes an elector may have."""

    def __init__(self, database: Database, allowed: int) -> None:
        self._database = database
        self._allowed = allowed

    async def left(self, elector_id: str) -> int:
        """Return how many more codes an elector may have; below zero when the limit was lowered."""
        async with self._database.reading() as connection:
            return await self._left(connection, elector_id)

    async def left_within(self, connection: AsyncConnection, elector_id: str) -> int:
        """Return the same in the caller's transaction, which has locked the elector: no other one issues a code meanwhile."""
        return await self._left(connection, elector_id)

    async def allow_more(self, connection: AsyncConnection, elector_id: str, more: int) -> None:
        """Allow an elector more codes, in the caller's transaction."""
        await connection.execute(_ALLOW, {"elector_id": elector_id, "extra": more})

    async def _left(self, connection: AsyncConnection, elector_id: str) -> int:
        asked = {"owner_id": elector_id, "allowed": self._allowed}
        left: int = (await connection.execute(_LEFT, asked)).scalar_one()
        return left
