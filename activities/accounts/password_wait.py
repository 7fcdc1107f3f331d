"""The wait between the recovery of a password and a request that the work mailbox and guesses could prove."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.accounts.credentials import Kind
from activities.store.database import Database
from activities.store.tables import credentials

_RECOVERED_AT = select(credentials.c.issued_at).where(
    credentials.c.elector_id == bindparam("elector"),
    credentials.c.kind == Kind.PASSWORD,
    credentials.c.is_recovered,
    credentials.c.ended_at.is_(None),
)


class PasswordWait:
    """Says until when a request by challenge question is refused, because the elector's password was recovered.

    Whoever reads the work mailbox can recover the password; the elector has this long to notice it.
    """

    def __init__(self, database: Database, wait: timedelta, now: Callable[[], datetime]) -> None:
        self._database = database
        self._wait = wait
        self._now = now

    async def until(self, elector_id: str) -> datetime | None:
        """Return the end of the wait, or None when there is none."""
        async with self._database.reading() as connection:
            return await self.until_within(connection, elector_id)

    async def until_within(self, connection: AsyncConnection, elector_id: str) -> datetime | None:
        """Return the same, read in the caller's transaction."""
        query = await connection.execute(_RECOVERED_AT, {"elector": elector_id})
        recovered_at: datetime | None = query.scalar_one_or_none()
        until = recovered_at + self._wait if recovered_at else None
        return until if until and until > self._now() else None
