"""Records the electors whom a campaign has reached, each once."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.tables import recipients

_BY = select(recipients.c.link_id).where(
    recipients.c.campaign == bindparam("of"), recipients.c.elector_id == bindparam("elector")
)


class Recipients:
    """Records which link a campaign gave an elector, in the transaction that makes the link."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._add = insert(recipients).on_conflict_do_nothing()

    async def note(self, connection: AsyncConnection, campaign: str, elector_id: str, link_id: str) -> bool:
        """Record a link, and return whether it is the campaign's link for the elector; True without a campaign."""
        if not campaign:
            return True
        values = {"campaign": campaign, "elector_id": elector_id, "link_id": link_id, "created_at": self._now()}
        await connection.execute(self._add, values)
        given = await connection.execute(_BY, {"of": campaign, "elector": elector_id})
        return bool(given.scalar_one() == link_id)
