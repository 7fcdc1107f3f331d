"""The pause that an elector's objection puts on the elector's recoveries, until support lifts it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.database import Database
from activities.store.objection_table import objections
from election.verdicts import Verdict

_STANDS = (
    (objections.c.elector_id == bindparam("elector"))
    & objections.c.made_at.is_not(None)
    & objections.c.lifted_at.is_(None)
)
_FIND = select(objections.c.notice_id).where(_STANDS).limit(1)
_LIFT = update(objections).where(_STANDS).values(lifted_at=bindparam("now"))


class ObjectionPauses:
    """Knows whose recoveries are paused; each judgement of a request asks, and never the vote."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def refusal(self, elector_id: str) -> Verdict | None:
        """Return OBJECTED while a pause stands, or None."""
        async with self._database.reading() as connection:
            return await self.refusal_within(connection, elector_id)

    async def refusal_within(self, connection: AsyncConnection, elector_id: str) -> Verdict | None:
        """Return the same in the caller's transaction, which has locked the elector: no objection is made meanwhile."""
        found = (await connection.execute(_FIND, {"elector": elector_id})).first()
        return Verdict.OBJECTED if found else None

    async def lift(self, connection: AsyncConnection, elector_id: str) -> bool:
        """Lift the pause in the caller's transaction; return whether there was one."""
        lifted = await connection.execute(_LIFT, {"elector": elector_id, "now": self._now()})
        return lifted.rowcount > 0
