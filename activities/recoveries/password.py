"""The activities of password recovery: judge a request, replace the password; and the web's counting and sealing."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.accounts.credentials import Credentials, Kind, lock_elector
from activities.accounts.roll import Claimant, Roll
from activities.evidence.journal import Entry, Event, Journal
from activities.objections.pauses import ObjectionPauses
from activities.progress import rows as progress
from activities.progress.rows import LinkOf
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.judgement import AddressedJudgement
from activities.recoveries.clicks import InvalidSignatureError, require_from_web
from activities.recoveries.links import LinkRecord, Links, NewLink
from activities.recoveries.other_recoveries import OtherRecoveries
from activities.recoveries.request_notices import SealedNotices
from activities.recoveries.settlements import SettledLinks
from activities.recoveries.terms import Terms
from activities.security.hashing import Chosen, SlowHash
from activities.security.purposes import CONTACT, NEW_HASH
from activities.security.signatures import Signed
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.store.tables import sessions
from election import passwords
from election.procedures import Procedure
from election.recovery_terms import RecoveryTerms
from election.stages import Channel, Stage
from election.text.translation import SOURCE
from election.verdicts import Verdict


@dataclass(frozen=True)
class PasswordRequest:
    """A request for a link; `request_id` is derived from the identifier and the form.

    `elector_id` is whom the typed identifier belongs to, or empty; the judgement checks that it fits the workflow's id.
    `language` is the one in which the message is to be.
    """

    request_id: str
    elector_id: str = ""
    language: str = SOURCE


@dataclass(frozen=True)
class PasswordClaim:
    """A request to be judged; `elector_id` is whose recovery the request says it is, or empty."""

    workflow_id: str
    elector_id: str
    request_id: str
    link: NewLink
    refusal: Verdict | None = None


@dataclass(frozen=True)
class ChoosePassword:
    """The voter's choice behind a link: `sealed_hash` is the sealed hash of the new password."""

    link_id: str
    sealed_hash: str
    signature: str = ""
    signed_as: ClassVar[Signed] = Signed.CLICK

    @property
    def signed_fields(self) -> tuple[str, ...]:
        """The sealed hash."""
        return (self.sealed_hash,)


@dataclass(frozen=True)
class PasswordReplacement:
    """An order to replace a password, and what is settled in the same transaction."""

    workflow_id: str
    elector_id: str
    choice: ChoosePassword
    settled: SettledLinks = field(default_factory=SettledLinks)


@dataclass(frozen=True)
class PasswordReplaced:
    """The sealed work address for the notice, and the workflow ids of the elector's other recoveries, which end."""

    notice: str
    others: list[str] = field(default_factory=list)


class Passwords:
    """Judges requests, seals chosen passwords, and replaces passwords."""

    def __init__(
        self,
        database: Database,
        slow: SlowHash,
        requests: Attempts,
        roll: Roll,
        vault: Vault,
        notices: SealedNotices,
        links: Links,
        journal: Journal,
        credentials: Credentials,
        others: OtherRecoveries,
        pauses: ObjectionPauses,
        terms: Terms,
    ) -> None:
        self._database = database
        self._slow = slow
        self._requests = requests
        self._roll = roll
        self._vault = vault
        self._notices = notices
        self._links = links
        self._journal = journal
        self._credentials = credentials
        self._others = others
        self._pauses = pauses
        self._terms = terms

    async def count_request(
        self, claimant: Claimant, request_id: str, scope: AttemptScope = AttemptScope.PASSWORD
    ) -> datetime | None:
        """Count a request and return None, or return the end of the pause; the same for an identifier on the roll or not.

        With another `scope` it counts the requests for identifier and password (2011).
        """
        return await self._requests.count_once_a_minute(Attempt(claimant.subject, scope, request_id))

    async def seal_new(self, link: LinkRecord, password: str) -> str:
        """Return the sealed keyed hash of a new password.

        The link does not say whose it is: the recovery makes the hash that is stored, which depends on the elector.
        """
        peppered = self._slow.peppered(Chosen.PASSWORD, passwords.normalise(password))
        return (await self._vault.seal(link.workflow_id, link.link_id, {NEW_HASH: peppered}))[NEW_HASH]

    @activity.defn
    async def judge_password(self, claim: PasswordClaim) -> AddressedJudgement:
        """Return ACCEPTED and the sealed work address, or WRONG_PROOF without an account that has a password."""
        workflow_id = claim.workflow_id
        address = await self._address(workflow_id, claim.elector_id)
        elector_id = claim.elector_id if address else ""  # what a request says is not written down unchecked
        refusal = claim.refusal or self._terms.refusal(Procedure.PASSWORD)
        verdict, contact = refusal or (Verdict.ACCEPTED if address else Verdict.WRONG_PROOF), ""
        terms = self._terms.of(Procedure.PASSWORD, elector_id)
        async with self._database.writing() as connection:
            if verdict is Verdict.ACCEPTED and address:
                await lock_elector(connection, elector_id)
                verdict = await self._pauses.refusal_within(connection, elector_id) or verdict
            if verdict is Verdict.ACCEPTED and address:
                sealed = {CONTACT: address}
                contact = (await self._vault.seal_within(connection, workflow_id, claim.request_id, sealed))[
                    CONTACT
                ]
                await self._links.register(connection, workflow_id, claim.link, elector_id)
            await self._journal.record(connection, _judged(claim, elector_id, verdict))
            if contact:
                await self._begin(connection, claim, terms)
        return AddressedJudgement(verdict, terms, contact)

    async def _begin(self, connection: AsyncConnection, claim: PasswordClaim, terms: RecoveryTerms) -> None:
        of, left = LinkOf(claim.workflow_id, claim.link.link_id), terms.max_sends - claim.link.number
        end = terms.links_expire
        await progress.begin(connection, of, Channel.EMAIL, hint="", sends_left=left, dies_at=end)

    @activity.defn
    async def replace_password(self, order: PasswordReplacement) -> PasswordReplaced:
        """Replace the old password with the new one, and return the sealed work address for the notice.

        The same transaction ends every session and every other recovery of the elector. Counts of what strangers typed stay:
        that they were deleted would tell who is on the roll.

        Raises:
            InvalidSignatureError: the web has not signed the choice, or it is of another elector.
            ApplicationError: of type `LinkVerdict`, when another recovery has replaced the password meanwhile.
            EnvelopeError: the key of the new password's hash is destroyed.
        """
        workflow_id, choice = order.workflow_id, order.choice
        address = await self._address(workflow_id, order.elector_id)
        require_from_web(self._terms.keys.web, workflow_id, choice)
        if not address:
            raise InvalidSignatureError("the choice is of another elector")
        async with self._database.writing() as connection:
            of = (workflow_id, choice.link_id, order.elector_id)
            notice = await self._notices.seal(connection, *of, address)
        replaced = PasswordReplaced(notice, await self._others.workflow_ids(order.elector_id, workflow_id))
        entry_id = f"{choice.link_id}:replaced"
        try:
            peppered = await self._vault.unseal(workflow_id, choice.link_id, NEW_HASH, choice.sealed_hash)
        except EnvelopeError:
            if await self._journal.outcome(entry_id) is None:
                raise
            return replaced  # a second run: the first one has replaced the password
        hashed = await self._slow.make_of(Chosen.PASSWORD, order.elector_id, peppered)
        await self._replace(order, entry_id, hashed)
        return replaced

    async def _replace(self, order: PasswordReplacement, entry_id: str, hashed: str) -> None:
        elector_id, link_id = order.elector_id, order.choice.link_id
        entry = Entry(entry_id, Event.PASSWORD_REPLACED, elector_id, order.workflow_id, Channel.EMAIL)
        async with self._database.writing() as connection:
            await self._credentials.replace(connection, elector_id, Kind.PASSWORD, link_id, hashed)
            await self._links.require_not_revoked(connection, link_id)
            await self._others.end(connection, elector_id, order.workflow_id)
            await connection.execute(delete(sessions).where(sessions.c.elector_id == elector_id))
            await self._links.end(connection, order.settled.endings)
            await self._journal.record(connection, entry)
            await self._vault.destroy(connection, [*order.settled.key_ids, key_id(link_id, NEW_HASH)])
            await progress.settle(connection, LinkOf(order.workflow_id, link_id), Stage.REISSUED)

    async def _address(self, workflow_id: str, elector_id: str) -> str | None:
        if not elector_id or await self._credentials.active_hash(elector_id, Kind.PASSWORD) is None:
            return None
        owner = await self._roll.owner(Procedure.PASSWORD, workflow_id, elector_id)
        return owner.work_email if owner else None


def _judged(claim: PasswordClaim, elector_id: str, verdict: Verdict) -> Entry:
    is_accepted = verdict is Verdict.ACCEPTED
    event = Event.PASSWORD_REQUEST_ACCEPTED if is_accepted else Event.PASSWORD_REQUEST_REFUSED
    entry_id = f"{claim.link.link_id}:judged"
    return Entry(entry_id, event, elector_id, claim.workflow_id, Channel.EMAIL, verdict)
