"""The activities of password recovery: judge a request, replace the password; and the web's counting and sealing."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete
from temporalio import activity

from activities.accounts.credentials import Credentials, Kind
from activities.accounts.roll import Claimant, Roll
from activities.accounts.sign_in import SignIn
from activities.evidence.journal import Entry, Event, Journal
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.recoveries.links import InvalidSignatureError, LinkRecord, Links, NewLink
from activities.recoveries.requests import AddressedJudgement, SettledLinks
from activities.security.hashing import SlowHash
from activities.security.purposes import CONTACT, NEW_HASH, NOTICE
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.store.tables import sessions
from election import passwords
from election.procedures import Procedure
from election.stages import Channel
from election.verdicts import Verdict


@dataclass(frozen=True)
class PasswordRequest:
    """A request for a link; `request_id` is the id of the form."""

    request_id: str


@dataclass(frozen=True)
class PasswordClaim:
    """A request to be judged; `elector_id` is empty when the typed identifier is not on the roll."""

    workflow_id: str
    elector_id: str
    request_id: str
    link: NewLink
    refusal: Verdict | None = None


@dataclass(frozen=True)
class ChoosePassword:
    """The voter's choice behind a link: `sealed_hash` is the sealed hash of the new password.

    `signature` is the web's (`Links.sign_click`): the choice came with the link's token.
    """

    link_id: str
    sealed_hash: str
    signature: str


@dataclass(frozen=True)
class PasswordReplacement:
    """An order to replace a password, and what is settled in the same transaction."""

    workflow_id: str
    elector_id: str
    choice: ChoosePassword
    settled: SettledLinks = field(default_factory=SettledLinks)


class Passwords:
    """Judges requests, seals chosen passwords, and replaces passwords."""

    def __init__(
        self,
        database: Database,
        slow: SlowHash,
        requests: Attempts,
        roll: Roll,
        vault: Vault,
        links: Links,
        journal: Journal,
        credentials: Credentials,
        sign_in: SignIn,
    ) -> None:
        self._database = database
        self._slow = slow
        self._requests = requests
        self._roll = roll
        self._vault = vault
        self._links = links
        self._journal = journal
        self._credentials = credentials
        self._sign_in = sign_in

    async def count_request(
        self, claimant: Claimant, request_id: str, scope: AttemptScope = AttemptScope.PASSWORD
    ) -> datetime | None:
        """Count a request and return None, or return the end of the pause; the same for an identifier on the roll or not.

        With another `scope` it counts the requests for identifier and password (2011).
        """
        return await self._requests.count_once_a_minute(Attempt(claimant.subject, scope, request_id))

    async def seal_new(self, link: LinkRecord, password: str) -> tuple[str, str]:
        """Return the sealed hash of a new password, and the web's signature of it."""
        hashed = await self._slow.make(passwords.normalise(password))
        sealed = await self._vault.seal(link.workflow_id, link.link_id, {NEW_HASH: hashed})
        envelope = sealed[NEW_HASH]
        return envelope, self._links.sign_click(link.workflow_id, link.link_id, envelope)

    @activity.defn
    async def judge_password(self, claim: PasswordClaim) -> AddressedJudgement:
        """Return TAKEN and the sealed work address, or WRONG_PROOF without an account that has a password."""
        elector_id, workflow_id = claim.elector_id, claim.workflow_id
        address = None if claim.refusal else await self._address(workflow_id, elector_id)
        verdict = claim.refusal or (Verdict.ACCEPTED if address else Verdict.WRONG_PROOF)
        event = Event.PASSWORD_REQUEST_ACCEPTED if address else Event.PASSWORD_REQUEST_REFUSED
        entry_id = f"{claim.link.link_id}:judged"
        entry = Entry(entry_id, event, elector_id, workflow_id, Channel.EMAIL, verdict)
        sealed = await self._vault.seal(workflow_id, claim.request_id, {CONTACT: address}) if address else {}
        async with self._database.writing() as connection:
            if address:
                await self._links.register(connection, workflow_id, claim.link)
            await self._journal.record(connection, entry)
        return AddressedJudgement(verdict, sealed.get(CONTACT, ""))

    @activity.defn
    async def replace_password(self, order: PasswordReplacement) -> str:
        """Replace the old password with the new one, and return the sealed work address for the notice.

        The same transaction ends every session of the elector and unlocks paused sign-ins.

        Raises:
            InvalidSignatureError: the web has not signed the choice, or it is of another elector.
            EnvelopeError: the key of the new password's hash is destroyed.
        """
        workflow_id, choice = order.workflow_id, order.choice
        address = await self._address(workflow_id, order.elector_id)
        signed = self._links.is_click_signed(workflow_id, choice.link_id, choice.sealed_hash, choice.signature)
        if not (signed and address):
            raise InvalidSignatureError("the web has not signed this choice")
        sealed = await self._vault.seal(workflow_id, choice.link_id, {NOTICE: address})
        entry_id = f"{choice.link_id}:replaced"
        try:
            hashed = await self._vault.unseal(workflow_id, choice.link_id, NEW_HASH, choice.sealed_hash)
        except EnvelopeError:
            if await self._journal.outcome(entry_id) is None:
                raise
            return sealed[NOTICE]  # a second run: the first one has replaced the password
        await self._replace(order, entry_id, hashed)
        return sealed[NOTICE]

    async def _replace(self, order: PasswordReplacement, entry_id: str, hashed: str) -> None:
        elector_id, link_id = order.elector_id, order.choice.link_id
        claimant = Claimant(order.workflow_id.partition("/")[2], elector_id)
        entry = Entry(entry_id, Event.PASSWORD_REPLACED, elector_id, order.workflow_id, Channel.EMAIL)
        async with self._database.writing() as connection:
            await self._credentials.replace(connection, elector_id, Kind.PASSWORD, link_id, hashed)
            await connection.execute(delete(sessions).where(sessions.c.elector_id == elector_id))
            await self._sign_in.unlock(connection, claimant)
            await self._requests.reset_within(connection, claimant.subject, AttemptScope.PASSWORD)
            await self._links.end(connection, order.settled.endings)
            await self._journal.record(connection, entry)
            await self._vault.destroy(connection, [*order.settled.key_ids, key_id(link_id, NEW_HASH)])

    async def _address(self, workflow_id: str, elector_id: str) -> str | None:
        if not elector_id or await self._credentials.active_hash(elector_id, Kind.PASSWORD) is None:
            return None
        owner = await self._roll.owner(Procedure.PASSWORD, workflow_id, elector_id)
        return owner.work_email if owner else None
