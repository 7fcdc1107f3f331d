"""Voting codes: the check at the voting space, and the reissue, which replaces the old code in one transaction."""

import secrets
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import ClassVar

from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.accounts.credentials import CheckedCredential, Credentials, Kind
from activities.accounts.roll import Roll
from activities.evidence.journal import Entry, Event, Journal
from activities.limits.reissue_limit import ReissueLimit
from activities.progress import rows as progress
from activities.progress.rows import LinkOf
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.judgement import Judgement
from activities.recoveries.clicks import InvalidSignatureError, require_from_web
from activities.recoveries.links import Links
from activities.recoveries.request_notices import SealedNotices
from activities.recoveries.settlements import SettledLinks
from activities.recoveries.terms import Terms
from activities.security import sealed_display
from activities.security.hashing import KeyedHash
from activities.security.random_secrets import generate_secret
from activities.security.signatures import Signed
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.tables import sessions
from election.procedures import Procedure, subject_of
from election.shapes import VotingCodeShape
from election.verdicts import LinkVerdict

_CLOSE_VOTING_SESSIONS = (
    update(sessions).where(sessions.c.elector_id == bindparam("owner_id")).values(voting_space_mac=None)
)


@dataclass(frozen=True)
class OpenLink:
    """The voter's click on the link's button, with the browser's public key, to which the new code is sealed."""

    link_id: str
    public_key: str
    signature: str = ""
    signed_as: ClassVar[Signed] = Signed.CLICK

    @property
    def signed_fields(self) -> tuple[str, ...]:
        """The browser's public key."""
        return (self.public_key,)


@dataclass(frozen=True)
class Reissue:
    """An order to reissue a voting code to the browser that clicked, and what is settled in the same transaction."""

    workflow_id: str
    elector_id: str
    channel: str
    click: OpenLink
    settled: SettledLinks = field(default_factory=SettledLinks)


@dataclass(frozen=True)
class Reissued:
    """The sealed new code, and the sealed work address for the notice."""

    box: str
    notice: str


class VotingCodes:
    """Checks and reissues voting codes; a keyed hash is enough, since a code has 64 bits or more."""

    def __init__(
        self,
        database: Database,
        keyed: KeyedHash,
        shape: VotingCodeShape,
        attempts: Attempts,
        roll: Roll,
        vault: Vault,
        notices: SealedNotices,
        links: Links,
        journal: Journal,
        credentials: Credentials,
        reissues: ReissueLimit,
        terms: Terms,
    ) -> None:
        self.reissues = reissues
        self._database = database
        self._keyed = keyed
        self._shape = shape
        self._attempts = attempts
        self._roll = roll
        self._vault = vault
        self._notices = notices
        self._links = links
        self._journal = journal
        self._credentials = credentials
        self._terms = terms

    async def check_voting_code(self, elector_id: str, typed: str) -> Judgement:
        """Return ACCEPTED when it is the elector's active code, else WRONG_PROOF or PAUSED."""
        attempt = Attempt(elector_id, AttemptScope.VOTE, secrets.token_hex(16))

        async def is_right() -> bool:
            stored = await self._credentials.active_hash(elector_id, Kind.VOTING_CODE) or ""
            return compare_digest(stored, self._hash(elector_id, typed))

        return await self._attempts.judge(attempt, is_right)

    def checked_credential(self, elector_id: str, typed: str) -> CheckedCredential:
        """Return the credential of a typed code, which `Sessions.open_voting_space` compares again."""
        return CheckedCredential(Kind.VOTING_CODE, self._hash(elector_id, typed))

    @activity.defn
    async def reissue_voting_code(self, order: Reissue) -> Reissued:
        """Replace the elector's code with a new one, and return it sealed to the browser.

        A second run draws another code, which replaces the first: that one was never shown.

        Raises:
            InvalidSignatureError: the web has not signed the click, or it is of another elector.
            ApplicationError: of type `LinkVerdict`, when it would be one code more than the elector may have; the old
                code stays. The request was judged before, so this happens only if the limit was lowered since.
        """
        started_at = self._credentials.now()
        self._require_signature(order)
        code, link_id, elector_id = generate_secret(self._shape), order.click.link_id, order.elector_id
        box = sealed_display.seal(order.click.public_key, code)
        entry_id = f"{link_id}:reissued"
        entry = Entry(entry_id, Event.CODE_REISSUED, elector_id, order.workflow_id, order.channel)
        async with self._database.writing() as connection:
            address = await self._roll.work_email_within(connection, elector_id)
            notice = await self._notices.seal(connection, order.workflow_id, link_id, elector_id, address)
            await self._credentials.replace(
                connection, elector_id, Kind.VOTING_CODE, link_id, self._hash(elector_id, code), started_at
            )
            await self._links.require_not_revoked(connection, link_id)
            await self._require_allowed(connection, elector_id)
            # A voting session that was opened with the former code must enter the new one.
            await connection.execute(_CLOSE_VOTING_SESSIONS, {"owner_id": elector_id})
            # Wrong codes that were typed before, perhaps by somebody else, do not pause the new one.
            await self._attempts.reset_within(connection, elector_id, AttemptScope.VOTE)
            await self._links.end(connection, order.settled.endings)
            await self._vault.destroy(connection, order.settled.key_ids)
            await self._journal.record(connection, entry)
            window = self._terms.of(Procedure.VOTING_CODE, elector_id).display_window
            await progress.display(connection, LinkOf(order.workflow_id, link_id), window)
        return Reissued(box, notice)

    async def _require_allowed(self, connection: AsyncConnection, elector_id: str) -> None:
        if await self.reissues.left_within(connection, elector_id) < 0:
            raise ApplicationError(LinkVerdict.CANCELLED, type="LinkVerdict", non_retryable=True)

    def _require_signature(self, order: Reissue) -> None:
        # The update's validator has checked the same, with the key in the history; this is the key of the settings.
        require_from_web(self._terms.keys.web, order.workflow_id, order.click)
        if subject_of(order.workflow_id) != order.elector_id:
            raise InvalidSignatureError("the click is of another elector")

    def _hash(self, elector_id: str, typed: str) -> str:
        # With the elector's id: a hash that is copied to another elector's row fits no code.
        return self._keyed.hash(Kind.VOTING_CODE, elector_id, self._shape.normalise(typed))
