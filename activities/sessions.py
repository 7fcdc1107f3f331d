"""The door's sessions, in the database: any web process knows them, and one statement ends them all."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from activities.roll import Claimant
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from activities.store.tables import sessions

IDLE = timedelta(minutes=30)
# The last sign of life is written at most this often, so that reading a page writes nothing.
_TOUCH = timedelta(minutes=1)


@dataclass(frozen=True)
class Session:
    """A browser's session: `claimant` between identifier and password, `elector_id` after both."""

    id_hash: str
    elector_id: str | None = None
    claimant: Claimant | None = None
    voting: bool = False


class Sessions:
    """Opens, finds and ends sessions; a cookie's value is kept only as a keyed hash."""

    def __init__(self, database: Database, keyed: KeyedHash, now: Callable[[], datetime]) -> None:
        self._database = database
        self._keyed = keyed
        self._now = now

    async def open(
        self, *, claimant: Claimant | None = None, elector_id: str | None = None
    ) -> tuple[str, Session]:
        """Return a new cookie value and its session."""
        cookie = secrets.token_urlsafe(32)
        session = Session(self._hash(cookie), elector_id, claimant)
        values = {
            "id_hash": session.id_hash,
            "elector_id": elector_id,
            "pending_subject": claimant.subject if claimant else None,
            "pending_elector_id": claimant.elector_id if claimant else None,
            "voting": False,
            "seen_at": self._now(),
        }
        async with self._database.writing() as connection:
            await connection.execute(self._database.insert(sessions).values(values))
        return cookie, session

    async def find(self, cookie: str) -> Session | None:
        """Return the session of a cookie, or None when it ended or was idle for 30 minutes."""
        now = self._now()
        here = sessions.c.id_hash == self._hash(cookie)
        query = select(sessions).where(here, sessions.c.seen_at > now - IDLE)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        if row.seen_at < now - _TOUCH:
            async with self._database.writing() as connection:
                await connection.execute(update(sessions).where(here).values(seen_at=now))
        claimant = Claimant(row.pending_subject, row.pending_elector_id) if row.pending_subject else None
        return Session(row.id_hash, row.elector_id, claimant, row.voting)

    async def begin_vote(self, session: Session) -> None:
        """Note that this session gave the right voting code."""
        here = sessions.c.id_hash == session.id_hash
        async with self._database.writing() as connection:
            await connection.execute(update(sessions).where(here).values(voting=True))

    async def end(self, session: Session) -> None:
        """End one session, and clear away those that were left idle."""
        gone = (sessions.c.id_hash == session.id_hash) | (sessions.c.seen_at < self._now() - IDLE)
        async with self._database.writing() as connection:
            await connection.execute(delete(sessions).where(gone))

    def _hash(self, cookie: str) -> str:
        return self._keyed.of("session", cookie)
