"""Credentials of electors: the new one works and the old one dies in the same transaction."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hmac import compare_digest

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.attempts import Attempts, Door, Try
from activities.journal import Entry, Event, Journal
from activities.links import Links
from activities.roll import Roll
from activities.security import sealed_display
from activities.security.hashing import KeyedHash
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.tables import credentials
from activities.verification import Judgement
from election.shapes import VotingCodeShape
from election.verdicts import LinkVerdict, Verdict

NOTICE = "notice"


class ForgedOrder(Exception):  # noqa: N818 - it says what the order is
    """Raised when an order did not come through the door; no retry mends it."""


class Kind(StrEnum):
    """What can be lost."""

    VOTING_CODE = "voting_code"
    IDENTIFIER = "identifier"
    PASSWORD = "password"  # noqa: S105 - the name of a kind


@dataclass(frozen=True)
class Reissue:
    """A voting code to be reissued to the browser that holds the private half of `public_key`.

    `word` is the door's, for the click; `Links.countersign` gives it.
    """

    workflow_id: str
    elector: str
    link_id: str
    channel: str
    public_key: str
    links: dict[str, LinkVerdict] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    word: str = ""


@dataclass(frozen=True)
class Reissued:
    """The new code in a sealed box, and the envelope of the work address that must be told."""

    box: str
    notice: str


class Credentials:
    """Checks and reissues credentials; a code of 64 bits or more needs no slow hash."""

    def __init__(
        self,
        database: Database,
        keyed: KeyedHash,
        shape: VotingCodeShape,
        attempts: Attempts,
        roll: Roll,
        vault: Vault,
        links: Links,
        journal: Journal,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._keyed = keyed
        self._shape = shape
        self._attempts = attempts
        self._roll = roll
        self._vault = vault
        self._links = links
        self._journal = journal
        self._now = now

    async def check_voting_code(self, elector_id: str, typed: str) -> Judgement:
        """Return TAKEN when it is the elector's active code, else WRONG_PROOF or PAUSED."""
        attempt = Try(elector_id, Door.VOTE, secrets.token_hex(16))
        shut_until = await self._attempts.count(attempt)
        if shut_until is not None:
            return Judgement(Verdict.PAUSED, shut_until)
        query = select(credentials.c.hash).where(_active(elector_id, Kind.VOTING_CODE))
        async with self._database.reading() as connection:
            known = (await connection.execute(query)).scalar_one_or_none() or ""
        if not compare_digest(known, self._hash(typed)):
            return Judgement(Verdict.WRONG_PROOF)
        await self._attempts.clear(attempt)
        return Judgement(Verdict.TAKEN)

    @activity.defn
    async def reissue_voting_code(self, order: Reissue) -> Reissued:
        """Return a new code, sealed to the browser; the old one is dead, the link is spent.

        Run again, it draws again: the code that nobody has seen gives way to the one returned.

        Raises:
            ForgedOrder: it did not come through the door, or is another elector's.
        """
        self._require_word(order)
        code = self._draw()
        box = sealed_display.seal(order.public_key, code)
        work_email = await self._roll.work_email(order.elector)
        notice = await self._vault.seal(order.workflow_id, order.link_id, {NOTICE: work_email})
        entry = Entry(
            f"{order.link_id}:reissued", Event.CODE_REISSUED, order.elector, order.workflow_id, order.channel
        )
        async with self._database.writing() as connection:
            await _take_turn(connection, order.elector)
            await self._replace(connection, order, self._hash(code))
            await self._links.end(connection, order.links)
            await self._vault.destroy(connection, order.keys)
            await self._journal.record(connection, entry)
        return Reissued(box, notice[NOTICE])

    def _require_word(self, order: Reissue) -> None:
        # Whoever may write to Temporal may order this, by an update or by starting the activity alone.
        came_in = self._links.is_countersigned(order.workflow_id, order.link_id, order.public_key, order.word)
        if not (came_in and order.workflow_id.endswith(f"/{order.elector}")):
            raise ForgedOrder("this order did not come through the door")

    async def _replace(self, connection: AsyncConnection, order: Reissue, new_hash: str) -> None:
        now = self._now()
        same = credentials.c.id == order.link_id
        redrawn = await connection.execute(update(credentials).where(same).values(hash=new_hash))
        if redrawn.rowcount:
            return
        former = _active(order.elector, Kind.VOTING_CODE)
        await connection.execute(update(credentials).where(former).values(ended_at=now))
        issued = {
            "id": order.link_id,
            "elector_id": order.elector,
            "kind": Kind.VOTING_CODE,
            "hash": new_hash,
            "issued_at": now,
        }
        await connection.execute(self._database.insert(credentials).values(issued))

    def _draw(self) -> str:
        while True:
            code = "".join(secrets.choice(self._shape.alphabet) for _ in range(self._shape.length))
            if self._shape.fits(code):
                return code

    def _hash(self, typed: str) -> str:
        return self._keyed.of(Kind.VOTING_CODE, self._shape.normalise(typed))


async def _take_turn(connection: AsyncConnection, elector_id: str) -> None:
    """Wait for the elector's other reissues: at once, each would end the former code and add its own.

    They meet at the elector's first code, which each of them sees. Two who race for the first code
    ever meet at the unique index: one of them fails, and is run again.
    """
    oldest = select(credentials.c.id).where(_ever(elector_id, Kind.VOTING_CODE)).order_by(credentials.c.issued_at)
    await connection.execute(oldest.limit(1).with_for_update())


def _active(elector_id: str, kind: Kind) -> ColumnElement[bool]:
    return _ever(elector_id, kind) & credentials.c.ended_at.is_(None)


def _ever(elector_id: str, kind: Kind) -> ColumnElement[bool]:
    return (credentials.c.elector_id == elector_id) & (credentials.c.kind == kind)
