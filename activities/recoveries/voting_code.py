"""Voting codes, checked and reissued: the new one works and the old one dies in the same transaction."""

import secrets
from dataclasses import dataclass, field
from hmac import compare_digest

from sqlalchemy import bindparam, update
from temporalio import activity

from activities.accounts.credentials import Credentials, Held, Kind
from activities.accounts.roll import Roll
from activities.evidence.journal import Entry, Event, Journal
from activities.proofs.attempts import Attempts, AttemptScope, Try
from activities.proofs.judgement import Judgement
from activities.recoveries.links import Links
from activities.security import sealed_display
from activities.security.hashing import KeyedHash
from activities.security.purposes import NOTICE
from activities.security.random_secrets import draw_secret
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.tables import sessions
from election.shapes import VotingCodeShape
from election.verdicts import LinkVerdict

_NO_LONGER_VOTING = update(sessions).where(sessions.c.elector_id == bindparam("elector")).values(voting=False)


class InvalidSignatureError(Exception):
    """Raised when an order did not come through the door; no retry mends it."""


@dataclass(frozen=True)
class Reissue:
    """A voting code to be reissued to the browser that holds the private half of `public_key`.

    `word` is the door's, for the click; `Links.sign_click` gives it.
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


class VotingCodes:
    """Checks and reissues voting codes; a code of 64 bits or more needs no slow hash."""

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
        credentials: Credentials,
    ) -> None:
        self._database = database
        self._keyed = keyed
        self._shape = shape
        self._attempts = attempts
        self._roll = roll
        self._vault = vault
        self._links = links
        self._journal = journal
        self._credentials = credentials

    async def check_voting_code(self, elector_id: str, typed: str) -> Judgement:
        """Return TAKEN when it is the elector's active code, else WRONG_PROOF or PAUSED."""
        attempt = Try(elector_id, AttemptScope.VOTE, secrets.token_hex(16))

        async def is_right() -> bool:
            known = await self._credentials.working(elector_id, Kind.VOTING_CODE) or ""
            return compare_digest(known, self._hash(typed))

        return await self._attempts.judge(attempt, is_right)

    def held(self, typed: str) -> Held:
        """Return what whoever typed a code must hold when the voting space is opened."""
        return Held(Kind.VOTING_CODE, self._hash(typed))

    @activity.defn
    async def reissue_voting_code(self, order: Reissue) -> Reissued:
        """Return a new code, sealed to the browser; the old one is dead, the link is spent.

        Run again, it draws again: the code that nobody has seen gives way to the one returned.

        Raises:
            InvalidSignatureError: it did not come through the door, or is another elector's.
        """
        begun = self._credentials.begin()
        self._require_word(order)
        code = draw_secret(self._shape)
        box = sealed_display.seal(order.public_key, code)
        address = {NOTICE: await self._roll.work_email(order.elector)}
        entry = Entry(
            f"{order.link_id}:reissued", Event.CODE_REISSUED, order.elector, order.workflow_id, order.channel
        )
        async with self._database.writing() as connection:
            notice = await self._vault.seal_within(connection, order.workflow_id, order.link_id, address)
            await self._credentials.replace(
                connection, order.elector, Kind.VOTING_CODE, order.link_id, self._hash(code), begun
            )
            # Whoever had come in with the former code is asked for the new one.
            await connection.execute(_NO_LONGER_VOTING, {"elector": order.elector})
            await self._links.end(connection, order.links)
            await self._vault.destroy(connection, order.keys)
            await self._journal.record(connection, entry)
        return Reissued(box, notice[NOTICE])

    def _require_word(self, order: Reissue) -> None:
        # Whoever may write to Temporal may order this, by an update or by starting the activity alone.
        came_in = self._links.is_click_signed(order.workflow_id, order.link_id, order.public_key, order.word)
        if not (came_in and order.workflow_id.endswith(f"/{order.elector}")):
            raise InvalidSignatureError("this order did not come through the door")

    def _hash(self, typed: str) -> str:
        return self._keyed.of(Kind.VOTING_CODE, self._shape.normalise(typed))
