"""The outbox as the recoveries role writes it: one row for each elector and mailing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.evidence.journal import BOUNCE
from activities.store.mailing_tables import outbox
from activities.store.many_rows import arrays, insert_rows, rows_from
from activities.store.tables import electors


class State(StrEnum):
    """What became of a mail."""

    WAITING = "waiting"
    ACCEPTED = "accepted"  # by the relay
    FAILED = "failed"  # refused for good, with its cause
    ASKED = "asked"  # the elector's own recovery is to send a link, and has not answered yet
    OWN = "own"  # the elector's own recovery has sent or sends a link


@dataclass(frozen=True)
class Mail:
    """A row to write; one without a link is for the elector's own recovery."""

    elector_id: str
    state: State
    link_id: str | None = None
    sealed: bytes | None = None
    cause: str = ""


@dataclass(frozen=True)
class MailCounts:
    """How many mails of a mailing are in each state; those that failed, by cause.

    One that waits without an address, since its mailing had ended, is in none: it must be prepared again.
    """

    waiting: int = 0
    accepted: int = 0
    asked: int = 0
    own: int = 0
    failed: dict[str, int] = field(default_factory=dict)

    @property
    def bounced(self) -> int:
        """How many of those that failed were accepted by the relay first."""
        return sum(number for cause, number in self.failed.items() if cause.startswith(BOUNCE))


_OF = outbox.c.mailing == bindparam("of")
_IS_ELECTOR = outbox.c.elector_id == bindparam("elector")
_NAMES = ("elector_id", "mailing", "state", "cause", "link_id", "sealed", "changed_at")
# Whose mailing was stopped waits without an address.
_IS_UNSEALED = "outbox.state = 'waiting' AND outbox.sealed IS NULL"
# What is known of its last try stays: a relay may have taken it then.
_NEWER = ", ".join(f"{name} = excluded.{name}" for name in _NAMES[2:])
_ADD = text(
    f"{insert_rows(outbox, *_NAMES, on_conflict=f'(elector_id, mailing) DO UPDATE SET {_NEWER}').text}"
    f" WHERE {_IS_UNSEALED} RETURNING elector_id"
)
_RESEAL = text(
    f"""UPDATE outbox SET state = CASE WHEN link_id IS NULL THEN 'asked' ELSE 'waiting' END, cause = '', sealed = new.sealed,
        postponed_since = NULL, next_try_at = NULL, changed_at = new.changed_at,
        send_number = outbox.send_number + (outbox.cause LIKE 'bounce-%')::int
    FROM {rows_from(outbox, "elector_id", "mailing", "sealed", "changed_at")}
    WHERE outbox.elector_id = new.elector_id AND outbox.mailing = new.mailing AND outbox.state = 'failed'"""  # noqa: S608 - no value in it
)
_NOTE = (
    update(outbox)
    .where(_OF, _IS_ELECTOR, outbox.c.link_id.is_(None))
    .values(state=State.OWN, link_id=bindparam("link"), changed_at=bindparam("now"))
)
_REFUSE = (
    update(outbox)
    .where(_OF, _IS_ELECTOR, outbox.c.state == State.ASKED)
    .values(state=State.FAILED, cause=bindparam("why"), changed_at=bindparam("now"))
)
_LINK = select(outbox.c.link_id).where(_OF, _IS_ELECTOR)
_WITHDRAW = (
    update(outbox)
    .where(_IS_ELECTOR, outbox.c.state.in_([State.WAITING, State.FAILED]))
    .values(state=State.OWN, cause="", sealed=None, claimed_by=None, changed_at=bindparam("now"))
)
_HIDE = update(outbox).where(_OF, outbox.c.state == State.WAITING).values(sealed=None, claimed_by=None)
_IS_PREPARED = (outbox.c.state != State.WAITING) | outbox.c.sealed.is_not(None)
_COUNT = (
    select(outbox.c.state, outbox.c.cause, func.count())
    .where(_OF, _IS_PREPARED)
    .group_by(outbox.c.state, outbox.c.cause)
)
_IN_ORDER = (
    select(electors)
    .join(outbox)
    .where(_OF, outbox.c.elector_id > bindparam("after"))
    .order_by(outbox.c.elector_id)
    .limit(bindparam("size"))
)
ASKED = _IN_ORDER.where(outbox.c.state == State.ASKED)
FAILED = _IN_ORDER.where(outbox.c.state == State.FAILED, outbox.c.cause == bindparam("cause"))
# Electors whom a mailing has not reached, or only with a row that must be sealed again.
UNREACHED = (
    select(electors)
    .where(
        electors.c.id > bindparam("after"),
        ~select(outbox.c.elector_id).where(outbox.c.elector_id == electors.c.id, _OF, _IS_PREPARED).exists(),
    )
    .order_by(electors.c.id)
    .limit(bindparam("size"))
)


class Outbox:
    """Writes rows in the caller's transaction; each method can be run again."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    async def add(self, connection: AsyncConnection, mailing: str, mails: Sequence[Mail]) -> set[str]:
        """Add rows, and return the electors who had none, or one that must be sealed again."""
        if not mails:
            return set()
        rows = [{**vars(mail), "mailing": mailing, "changed_at": self._now()} for mail in mails]
        return set((await connection.execute(_ADD, arrays(rows))).scalars())

    async def send_again(self, connection: AsyncConnection, mailing: str, sealed: Mapping[str, bytes]) -> int:
        """Let failed mails wait again, with addresses sealed anew, by elector; return how many.

        One without a link is asked of the elector's own recovery.
        """
        if not sealed:
            return 0
        now = self._now()
        rows = [
            {"elector_id": each, "mailing": mailing, "sealed": box, "changed_at": now}
            for each, box in sealed.items()
        ]
        return (await connection.execute(_RESEAL, arrays(rows))).rowcount

    async def note_own(self, connection: AsyncConnection, mailing: str, elector_id: str, link_id: str) -> bool:
        """Record the link that the elector's own recovery sends for a mailing; return whether it is that link.

        False, too, when the mailing has not asked for one. True without a mailing.
        """
        if not mailing:
            return True
        asked = {"of": mailing, "elector": elector_id}
        await connection.execute(_NOTE, {**asked, "link": link_id, "now": self._now()})
        noted = (await connection.execute(_LINK, asked)).scalar_one_or_none()
        return noted == link_id

    async def note_refusal(self, connection: AsyncConnection, mailing: str, elector_id: str, why: str) -> None:
        """Record that the elector's own recovery sends no link for a mailing."""
        await connection.execute(_REFUSE, {"of": mailing, "elector": elector_id, "why": why, "now": self._now()})

    async def withdraw(self, connection: AsyncConnection, elector_id: str) -> None:
        """Send nothing more to an elector who has a link of an own request."""
        await connection.execute(_WITHDRAW, {"elector": elector_id, "now": self._now()})

    async def hide(self, connection: AsyncConnection, mailing: str) -> None:
        """Forget the sealed addresses of what still waits."""
        await connection.execute(_HIDE, {"of": mailing})

    async def count(self, connection: AsyncConnection, mailing: str) -> MailCounts:
        """Return how many mails are in each state, but those that must be sealed again."""
        failed: dict[str, int] = {}
        others: dict[str, int] = {}
        for state, cause, number in await connection.execute(_COUNT, {"of": mailing}):
            if state == State.FAILED:
                failed[cause] = number
            else:
                others[state] = others.get(state, 0) + number
        return MailCounts(**others, failed=failed)
