"""Voting codes, checked and reissued: the new one works and the old one dies in the same transaction."""

import secrets
from dataclasses import dataclass, field
from hmac import compare_digest

from sqlalchemy import bindparam, update
from temporalio import activity

from activities.accounts.credentials import Credentials, HeldCredential, Kind
from activities.accounts.roll import Roll
from activities.evidence.journal import Entry, Event, Journal
from activities.proofs.attempts import Attempts, AttemptScope, Try
from activities.proofs.judgement import Judgement
from activities.recoveries.links import InvalidSignatureError, Links
from activities.recoveries.requests import SettledLinks
from activities.security import sealed_display
from activities.security.hashing import KeyedHash
from activities.security.purposes import NOTICE
from activities.security.random_secrets import draw_secret
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.tables import sessions
from election.shapes import VotingCodeShape

_NO_LONGER_VOTING = update(sessions).where(sessions.c.elector_id == bindparam("elector")).values(voting=False)


@dataclass(frozen=True)
class OpenLink:
    """The voter's own click on the link's button, with the public half of the browser's key.

    `signature` is the web's (`Links.sign_click`): the click came with the link's own token.
    """

    link_id: str
    public_key: str
    signature: str = ""


@dataclass(frozen=True)
class Reissue:
    """A voting code to be reissued to the browser that clicked, and what is settled with it."""

    workflow_id: str
    elector_id: str
    channel: str
    click: OpenLink
    settled: SettledLinks = field(default_factory=SettledLinks)


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

    def held(self, typed: str) -> HeldCredential:
        """Return what whoever typed a code must hold when the voting space is opened."""
        return HeldCredential(Kind.VOTING_CODE, self._hash(typed))

    @activity.defn
    async def reissue_voting_code(self, order: Reissue) -> Reissued:
        """Return a new code, sealed to the browser; the old one is dead, the link is spent.

        Run again, it draws again: the code that nobody has seen gives way to the one returned.

        Raises:
            InvalidSignatureError: the web has not signed it, or it is another elector's.
        """
        begun = self._credentials.started_at()
        self._require_signature(order)
        code, link_id, elector_id = draw_secret(self._shape), order.click.link_id, order.elector_id
        box = sealed_display.seal(order.click.public_key, code)
        address = {NOTICE: await self._roll.work_email(elector_id)}
        entry_id = f"{link_id}:reissued"
        entry = Entry(entry_id, Event.CODE_REISSUED, elector_id, order.workflow_id, order.channel)
        async with self._database.writing() as connection:
            notice = await self._vault.seal_within(connection, order.workflow_id, link_id, address)
            await self._credentials.replace(
                connection, elector_id, Kind.VOTING_CODE, link_id, self._hash(code), begun
            )
            # A session that was opened with the former code is asked for the new one.
            await connection.execute(_NO_LONGER_VOTING, {"elector": elector_id})
            await self._links.end(connection, order.settled.endings)
            await self._vault.destroy(connection, order.settled.keys)
            await self._journal.record(connection, entry)
        return Reissued(box, notice[NOTICE])

    def _require_signature(self, order: Reissue) -> None:
        # Anybody who can write to Temporal could order this, by an update or by starting the activity alone.
        click = order.click
        signed = self._links.is_click_signed(order.workflow_id, click.link_id, click.public_key, click.signature)
        if not (signed and order.workflow_id.endswith(f"/{order.elector_id}")):
            raise InvalidSignatureError("the web has not signed this click")

    def _hash(self, typed: str) -> str:
        return self._keyed.of(Kind.VOTING_CODE, self._shape.normalise(typed))
