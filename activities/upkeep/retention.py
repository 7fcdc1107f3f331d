"""Rows that nobody needs any more. Journal and messages are evidence: they are never purged."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, and_, delete, false, or_, select, true, tuple_

from activities.accounts.captchas import LIFETIME
from activities.accounts.sessions import IDLE
from activities.store.database import Database
from activities.store.tables import attempts, captchas, identifier_requests, links, quotas, segments, sessions

# As long as the histories in Temporal: until then an old link has the sentence of its own ending.
_LINKS = timedelta(days=90)
# Counted from the end of the wait. Fewer than five failures a week are fewer than a hundred (NIST
# SP 800-63B-4) in any election of less than half a year; more are forgotten only after one.
_FEW = 5
_FEW_FAILURES = timedelta(days=7)
_MANY_FAILURES = timedelta(days=90)
# A receipt comes before its gateway's answer by seconds; after a week it is for none of ours.
_STRAYS = timedelta(days=7)
# What is under way when the links die has settled by then, whatever was down meanwhile.
_AFTERWARDS = timedelta(days=1)
_BATCH = 1_000  # rows a transaction: so short that others write in between


class Retention:
    """Purges in small transactions; each half by the role that has the right to."""

    def __init__(self, database: Database, links_die: datetime, now: Callable[[], datetime]) -> None:
        self._database = database
        self._links_die = links_die
        self._now = now

    async def purge_door(self) -> int:
        """Return how many sessions, CAPTCHAs, counted tries and links were too old to be kept.

        Once the election is over, so are the identifiers that were asked for, and the numbers that they went to.
        """
        now = self._now()
        quiet = attempts.c.refused_until
        few = and_(attempts.c.failures < _FEW, quiet < now - _FEW_FAILURES)
        over = true() if now >= self._links_die + _AFTERWARDS else false()
        ended = links.c.ending.is_not(None) if now < self._links_die else true()
        return (
            await self._purge(sessions, sessions.c.seen_at < now - IDLE)
            + await self._purge(captchas, captchas.c.made_at < now - LIFETIME)
            + await self._purge(attempts, or_(few, quiet < now - _MANY_FAILURES))
            + await self._purge(links, and_(ended, links.c.made_at < now - _LINKS))
            + await self._purge(identifier_requests, over)
            + await self._purge(quotas, over)
        )

    async def purge_receipts(self) -> int:
        """Return how many receipts were of no message of ours."""
        strays = and_(segments.c.message_id.is_(None), segments.c.at < self._now() - _STRAYS)
        return await self._purge(segments, strays)

    async def _purge(self, table: Table, old: ColumnElement[bool]) -> int:
        key = tuple_(*table.primary_key)
        some = delete(table).where(key.in_(select(*table.primary_key).where(old).limit(_BATCH)), old)
        purged = 0
        while True:
            async with self._database.writing() as connection:
                gone = (await connection.execute(some)).rowcount
            purged += gone
            if gone < _BATCH:
                return purged
