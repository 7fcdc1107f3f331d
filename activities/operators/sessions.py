"""The sessions of operators, as strict as those of voters, and each begin and end of one in the journal."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from activities.accounts.sessions import IDLE, LONGEST, TOUCH_EVERY
from activities.evidence.journal import Entry, Event, Journal
from activities.gateways.identity.provider import VerifiedOperator
from activities.security.hashing import KeyedHash
from activities.security.row_macs import RowMacs, is_genuine
from activities.store.database import Database
from activities.store.operator_table import operator_sessions

_ROW = operator_sessions.c


@dataclass(frozen=True)
class OperatorSession:
    """The session of a person who has signed in; `role` is the highest of those that the provider gave then.

    `ends_at` is when it ends without another page, of one that was found.
    """

    id_hash: str
    subject: str
    login: str
    name: str
    role: str
    ends_at: datetime | None = field(default=None, compare=False)


class OperatorSessions:
    """Opens, finds and ends sessions; a cookie's value is stored only as a keyed hash.

    A row whose code is wrong was not written here, and is no session.
    """

    def __init__(
        self, database: Database, keyed: KeyedHash, journal: Journal, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._keyed = keyed
        self._journal = journal
        self._macs = RowMacs(keyed)
        self._now = now

    async def open(self, who: VerifiedOperator, role: str, state: str) -> str | None:
        """Return the cookie's value of a new session, or None when the login of this state has opened one before."""
        cookie, now = secrets.token_urlsafe(32), self._now()
        opened = OperatorSession(self._hash(cookie), who.subject, who.login, who.name, role)
        row = {
            "id_hash": opened.id_hash,
            "login_hash": self._keyed.hash("operator-login", state),
            "subject": who.subject,
            "login": who.login,
            "name": who.name,
            "role": role,
            "opened_at": now,
            "last_seen_at": now,
        }
        add = insert(operator_sessions).values({**row, "mac": self._macs.operator_session(row)})
        over = _ROW.opened_at < now - LONGEST
        async with self._database.writing() as connection:
            await connection.execute(delete(operator_sessions).where(over))
            is_first = add.on_conflict_do_nothing(index_elements=["login_hash"]).returning(_ROW.id_hash)
            if (await connection.execute(is_first)).scalar_one_or_none() is None:
                return None
            await self._journal.record(connection, _entry(opened, Event.OPERATOR_SIGNED_IN))
        return cookie

    async def find(self, cookie: str, *, keeps_alive: bool = True) -> OperatorSession | None:
        """Return the session of a cookie, or None when it ended, was idle for 30 minutes or is 12 hours old.

        Without `keeps_alive`, for a page that polls by itself, the session may become idle.
        """
        now, here = self._now(), _ROW.id_hash == self._hash(cookie)
        alive = (here, _ROW.last_seen_at > now - IDLE, _ROW.opened_at > now - LONGEST)
        async with self._database.reading() as connection:
            row = (await connection.execute(select(operator_sessions).where(*alive))).one_or_none()
        if row is None or not is_genuine(row.mac, self._macs.operator_session(row._asdict()), "operator_sessions"):
            return None
        seen = row.last_seen_at
        if keeps_alive and seen < now - TOUCH_EVERY:
            seen = now
            async with self._database.writing() as connection:
                await connection.execute(update(operator_sessions).where(*alive).values(last_seen_at=now))
        ends_at = min(seen + IDLE, row.opened_at + LONGEST)
        return OperatorSession(row.id_hash, row.subject, row.login, row.name, row.role, ends_at)

    async def end(self, session: OperatorSession) -> None:
        """End a session. Its row stays without its power, so that the login that opened it opens no other."""
        # Long ago, so that a page which is being shown at this moment does not keep it alive.
        ended = update(operator_sessions).values(last_seen_at=self._now() - LONGEST)
        async with self._database.writing() as connection:
            await connection.execute(ended.where(_ROW.id_hash == session.id_hash))
            await self._journal.record(connection, _entry(session, Event.OPERATOR_SIGNED_OUT))

    def _hash(self, cookie: str) -> str:
        return self._keyed.hash("operator", cookie)


def _entry(session: OperatorSession, event: Event) -> Entry:
    entry_id = f"console:session:{session.id_hash[:32]}:{event.rpartition(':')[2]}"
    return Entry(entry_id, event, session.login, "", outcome=session.role)
