"""Keeps what arrives at the return paths until it is read."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select

from activities.bounces.report import BounceReport
from activities.security.role_box import RoleBoxError, RoleOpener, RoleSealer
from activities.security.signatures import SigningKey
from activities.store.bounce_table import bounces
from activities.store.database import Database

# A report of RFC 3464 begins with a text and its fields; what it quotes of the message comes last.
_LONGEST = 256 * 1024
# Servers report that one mail is late some times, and once that they give it up. Who has received a mail can report of it without
# an end, and each status would be a line of the journal.
_MOST_OF_ONE = 20
_ADD = insert(bounces)
# Without an index: a table of some ten thousand small rows is read in milliseconds, for the few mails that come back.
_COUNT = select(func.count()).select_from(bounces).where(bounces.c.message_id == bindparam("of"))


class BounceInbox:
    """Stores reports: a mail sealed, since it quotes addresses, and an event with what it says.

    The seal is the messaging role's own key pair: no other process can open it.
    """

    def __init__(self, database: Database, seed: bytes, now: Callable[[], datetime]) -> None:
        self._database = database
        self._sealer = RoleSealer(SigningKey(seed).public_key)
        self._opener = RoleOpener(seed)
        self._now = now

    async def store(self, message_id: str, mail: bytes) -> bool:
        """Store the begin of a mail that came for a message, and return True; False if so many came that this one is not taken.

        Raises:
            DatabaseUnavailableError: it is not stored.
        """
        async with self._database.reading() as connection:
            if (await connection.execute(_COUNT, {"of": message_id})).scalar_one() >= _MOST_OF_ONE:
                return False
        await self._add(message_id, sealed=self._sealer.seal(mail[:_LONGEST]), kind="", status="")
        return True

    async def note(self, message_id: str, report: BounceReport) -> None:
        """Store what a relay's event says of a message.

        Raises:
            DatabaseUnavailableError: it is not stored.
        """
        await self._add(message_id, sealed=None, kind=report.kind, status=report.status)

    def open(self, sealed: bytes) -> bytes:
        """Return a stored mail; nothing if it was sealed with another key, which was replaced since."""
        try:
            return self._opener.open(sealed)
        except RoleBoxError:
            return b""

    async def _add(self, message_id: str, **values: object) -> None:
        async with self._database.single_statements() as connection:
            await connection.execute(_ADD, {"message_id": message_id, "received_at": self._now(), **values})
