"""Whom a campaign has reached: each elector once, whatever is run again."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.database import Database
from activities.store.tables import recipients

_BY = select(recipients.c.link_id).where(
    recipients.c.campaign == bindparam("of"), recipients.c.elector_id == bindparam("elector")
)


class Recipients:
    """Writes down which link a campaign gave an elector, in the transaction that makes the link."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._now = now
        self._add = database.insert(recipients).on_conflict_do_nothing()

    async def note(self, connection: AsyncConnection, campaign: str, elector: str, link_id: str) -> bool:
        """Return whether a campaign may give an elector this link; without a campaign, anybody may."""
        if not campaign:
            return True
        values = {"campaign": campaign, "elector_id": elector, "link_id": link_id, "at": self._now()}
        await connection.execute(self._add, values)
        given = await connection.execute(_BY, {"of": campaign, "elector": elector})
        return bool(given.scalar_one() == link_id)
