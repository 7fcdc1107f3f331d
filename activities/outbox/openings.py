"""Notes that the link of a mailing's mail was opened."""

from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.mailing_tables import outbox

_NOTE = (
    update(outbox)
    .where(
        outbox.c.elector_id == bindparam("elector"),
        outbox.c.link_id == bindparam("link"),
        outbox.c.opened_at.is_(None),
    )
    .values(opened_at=bindparam("now"))
)


async def note_opening(connection: AsyncConnection, elector_id: str, link_id: str, now: datetime) -> None:
    """Record in the caller's transaction when an elector's link was first opened; a link of no mailing changes nothing."""
    await connection.execute(_NOTE, {"elector": elector_id, "link": link_id, "now": now})
