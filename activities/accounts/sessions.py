"""The web's sessions, in the database: every web process reads them, and one statement ends them all.

Before an identifier is typed, a session is its cookie alone, so that viewing a page stores nothing.
"""

import math
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from activities.accounts.credentials import CheckedCredential, require_active
from activities.accounts.roll import Claimant
from activities.security.hashing import KeyedHash
from activities.security.row_macs import RowMacs, is_genuine
from activities.security.signed_values import SignedValues
from activities.store.database import Database
from activities.store.tables import sessions

IDLE = timedelta(minutes=30)
# A session on a shared computer does not outlast the day (ASVS 5.0, 7.3.2).
LONGEST = timedelta(hours=12)
# How long before its end an open page warns (WCAG 2.2, 2.2.1: 20 seconds at least).
WARNED = timedelta(minutes=2)
# `last_seen_at` is updated at most this often, so that most page views store nothing.
TOUCH_EVERY = timedelta(minutes=1)

_THIS_SESSION = sessions.c.id_hash == bindparam("this_session")
_ALIVE = select(sessions).where(
    _THIS_SESSION, sessions.c.last_seen_at > bindparam("seen"), sessions.c.opened_at > bindparam("opened")
)

_LOCKED = select(sessions).where(_THIS_SESSION).with_for_update()

# Of the sessions that are named, those that are over. One text each: the driver writes an array slowly, element by element.
_ENDED = text(
    """SELECT id_hash FROM unnest(string_to_array(:ids, ' '), string_to_array(:electors, ' ')) AS asked (id_hash, elector_id)
    WHERE NOT EXISTS (SELECT FROM sessions WHERE sessions.id_hash = asked.id_hash
        AND sessions.elector_id = asked.elector_id AND last_seen_at > :seen AND opened_at > :opened)"""
)


@dataclass(frozen=True)
class Session:
    """A browser's session; it has a `claimant` between identifier and password, an `elector_id` after both.

    It has both while another sign-in of the same browser waits for its code: until that has succeeded, the elector stays signed in.
    `ends_at` is when it ends without another page, of one that was found in the database.
    """

    id_hash: str
    elector_id: str | None = None
    claimant: Claimant | None = None
    voting_space_open: bool = False
    ends_at: datetime | None = field(default=None, compare=False)


def seconds_left(ends_at: datetime | None, now: datetime) -> int:
    """Return how many seconds a session lasts without another page, or 0 without one that has an end."""
    return max(0, math.ceil((ends_at - now).total_seconds())) if ends_at else 0


class Sessions:
    """Opens, finds and ends sessions; a cookie's value is stored only as a keyed hash.

    A row whose code is wrong was not written here, and is no session.
    """

    def __init__(self, database: Database, keyed: KeyedHash, now: Callable[[], datetime]) -> None:
        self._database = database
        self._keyed = keyed
        self._now = now
        self._macs = RowMacs(keyed)
        self._signed_values = SignedValues(keyed, "session", LONGEST, now)

    def anonymous(self) -> tuple[str, Session]:
        """Return a new cookie value and the session of a browser that has not signed in; it is not stored."""
        cookie = self._signed_values.create()
        return cookie, Session(self._hash(cookie))

    def unread(self, cookie: str) -> Session:
        """Return the session of a cookie without looking whether there is one; only the hidden field of a form says so."""
        return Session(self._hash(cookie))

    async def claim(self, session: Session, claimant: Claimant) -> None:
        """Store the claimant of a session, in the place of any other; a session that has signed in stays as it is otherwise."""
        if session.elector_id is not None:
            await self._claim_signed_in(session, claimant)
            return
        values = self._values(session.id_hash, None, claimant)
        claimed = insert(sessions).values(values)
        async with self._database.writing() as connection:
            await connection.execute(claimed.on_conflict_do_update(index_elements=["id_hash"], set_=values))

    async def _claim_signed_in(self, session: Session, claimant: Claimant) -> None:
        """Do the same without a longer life, and without opening again what has ended meanwhile."""
        this = {"this_session": session.id_hash}
        async with self._database.writing() as connection:
            row = (await connection.execute(_LOCKED, this)).one_or_none()
            if row is None or not is_genuine(row.mac, self._macs.session(row._asdict()), "sessions"):
                return
            claimed = _claimed_by(claimant)
            mac = self._macs.session({**row._asdict(), **claimed})
            await connection.execute(update(sessions).where(_THIS_SESSION).values(**claimed, mac=mac), this)

    async def open(self, elector_id: str, checked: CheckedCredential | None = None) -> tuple[str, Session]:
        """Return a new cookie value and the session of an elector who has signed in.

        Raises:
            CredentialReplacedError: the `checked` password was replaced meanwhile.
        """
        cookie = secrets.token_urlsafe(32)
        session = Session(self._hash(cookie), elector_id)
        values = self._values(session.id_hash, elector_id, None)
        async with self._database.writing() as connection:
            if checked is not None:
                await require_active(connection, elector_id, checked)
            await connection.execute(insert(sessions).values(values))
        return cookie, session

    async def find(self, cookie: str, *, keeps_alive: bool = True) -> Session | None:
        """Return the session of a cookie, or None when it ended, was idle for 30 minutes or is 12 hours old.

        Without `keeps_alive`, for a page that polls by itself, the session may become idle.
        """
        now, here = self._now(), self._hash(cookie)
        alive = {"this_session": here, "seen": now - IDLE, "opened": now - LONGEST}
        async with self._database.reading() as connection:
            row = (await connection.execute(_ALIVE, alive)).one_or_none()
        if row is None:
            return Session(here) if self._signed_values.is_live(cookie) else None
        if not is_genuine(row.mac, self._macs.session(row._asdict()), "sessions"):
            return None
        seen = row.last_seen_at
        if keeps_alive and seen < now - TOUCH_EVERY:
            seen = now
            async with self._database.writing() as connection:
                await connection.execute(
                    update(sessions).where(_THIS_SESSION).values(last_seen_at=now), {"this_session": here}
                )
        claimant = Claimant(row.claimant_subject, row.claimant_elector_id) if row.claimant_subject else None
        ends_at = min(seen + IDLE, row.opened_at + LONGEST)
        return Session(row.id_hash, row.elector_id, claimant, self._is_voting(row), ends_at)

    async def ended(self, followed: Sequence[Session]) -> set[str]:
        """Return the ids of those sessions that are over, of many electors who have signed in, by one statement."""
        now = self._now()
        asked = {
            "ids": " ".join(session.id_hash for session in followed),
            "electors": " ".join(session.elector_id or "-" for session in followed),
            "seen": now - IDLE,
            "opened": now - LONGEST,
        }
        async with self._database.reading() as connection:
            return set((await connection.execute(_ENDED, asked)).scalars())

    async def open_voting_space(self, session: Session, checked: CheckedCredential | None = None) -> None:
        """Record that this session may use the voting space.

        Raises:
            CredentialReplacedError: the `checked` code was replaced meanwhile.
        """
        here = sessions.c.id_hash == session.id_hash
        mac = self._macs.voting_space(session.id_hash, session.elector_id or "")
        async with self._database.writing() as connection:
            if checked is not None:
                await require_active(connection, session.elector_id or "", checked)
            await connection.execute(update(sessions).where(here).values(voting_space_mac=mac))

    async def end(self, session: Session) -> None:
        """End one session."""
        async with self._database.writing() as connection:
            await connection.execute(delete(sessions).where(sessions.c.id_hash == session.id_hash))

    def _values(self, id_hash: str, elector_id: str | None, claimant: Claimant | None) -> dict[str, Any]:
        values = {
            "id_hash": id_hash,
            "elector_id": elector_id,
            **_claimed_by(claimant),
            "voting_space_mac": None,
            "opened_at": self._now(),
            "last_seen_at": self._now(),
        }
        return {**values, "mac": self._macs.session(values)}

    def _is_voting(self, row: Row[Any]) -> bool:
        if row.voting_space_mac is None:
            return False
        expected = self._macs.voting_space(row.id_hash, row.elector_id or "")
        return is_genuine(row.voting_space_mac, expected, "sessions")

    def _hash(self, cookie: str) -> str:
        return self._keyed.hash("session", cookie)


def _claimed_by(claimant: Claimant | None) -> dict[str, str | None]:
    return {
        "claimant_subject": claimant.subject if claimant else None,
        "claimant_elector_id": claimant.elector_id if claimant else None,
    }
