"""The activities of identifier-and-password recovery (2011): judge a request, reissue both, settle."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.accounts.credentials import Credentials, Kind
from activities.accounts.roll import Claimant, Roll
from activities.accounts.sign_in import SignIn
from activities.evidence.journal import Entry, Event, Journal
from activities.mailings.recipients import Recipients
from activities.proofs.numen_and_department import NumenAndDepartmentProof
from activities.recoveries.links import InvalidSignatureError, Links, NewLink
from activities.recoveries.requests import AddressedJudgement, SettledLinks, Settlement
from activities.recoveries.unactivated_identifiers import UnactivatedIdentifiers
from activities.security import sealed_display
from activities.security.hashing import SlowHash
from activities.security.purposes import CONTACT, NOTICE
from activities.security.random_secrets import generate_secret
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.tables import sessions
from election import passwords
from election.procedures import Procedure
from election.shapes import GeneratedPasswordShape
from election.stages import Channel
from election.verdicts import Verdict


@dataclass(frozen=True)
class IdentifierAndPasswordRequest:
    """A request for a link; `campaign` is the name of the campaign that makes it, or empty."""

    request_id: str
    campaign: str = ""


@dataclass(frozen=True)
class IdentifierAndPasswordClaim:
    """A request to be judged; `elector_id` is empty when the typed identifier is not on the roll."""

    workflow_id: str
    elector_id: str
    request: IdentifierAndPasswordRequest
    link: NewLink
    refusal: Verdict | None = None


@dataclass(frozen=True)
class TakeCredentials:
    """The voter's click at the last step: the browser's public key, and the sealed e-mail address for the identifier.

    `contact` is sealed under `contact_id`, `hint` is the masked address; `signature` is the web's, of `signed_payload`.
    """

    link_id: str
    public_key: str
    signature: str
    contact_id: str
    contact: str
    hint: str = ""

    @property
    def signed_payload(self) -> str:
        """What the web signs: the signature is valid for this browser and this mailbox only."""
        return signed_payload(self.public_key, self.contact, self.contact_id)


@dataclass(frozen=True)
class IdentifierAndPasswordOrder:
    """An order to reissue both credentials for a click, and what is settled in the same transaction."""

    workflow_id: str
    elector_id: str
    click: TakeCredentials
    settled: SettledLinks = field(default_factory=SettledLinks)


@dataclass(frozen=True)
class IdentifierAndPasswordReissued:
    """The sealed new password, the sealed new identifier, and the sealed work address for the notice."""

    box: str
    identifier: str
    notice: str


@dataclass(frozen=True)
class IdentifierAndPasswordSettlement:
    """How a recovery ended, and the ids of its identifiers that are never activated."""

    settlement: Settlement
    abandoned_ids: list[str] = field(default_factory=list)


class IdentifierAndPasswords:
    """Judges requests and reissues both credentials; the web checks `proof` on the pages behind the link."""

    def __init__(
        self,
        database: Database,
        slow: SlowHash,
        shape: GeneratedPasswordShape,
        proof: NumenAndDepartmentProof,
        pending: UnactivatedIdentifiers,
        recipients: Recipients,
        roll: Roll,
        vault: Vault,
        links: Links,
        journal: Journal,
        credentials: Credentials,
        sign_in: SignIn,
    ) -> None:
        self._database = database
        self._slow = slow
        self._shape = shape
        self.proof = proof
        self._pending = pending
        self._recipients = recipients
        self._roll = roll
        self._vault = vault
        self._links = links
        self._journal = journal
        self._credentials = credentials
        self._sign_in = sign_in

    @activity.defn
    async def judge_identifier_and_password(self, claim: IdentifierAndPasswordClaim) -> AddressedJudgement:
        """Return TAKEN and the sealed work address, or WRONG_PROOF when the typed identifier is not on the roll.

        A campaign's request is TAKEN once for each elector; for another link it is ALREADY_SENT, and nothing is written.
        """
        address = None if claim.refusal else await self._address(claim.workflow_id, claim.elector_id)
        verdict = claim.refusal or (Verdict.ACCEPTED if address else Verdict.WRONG_PROOF)
        campaign, link_id, contact = claim.request.campaign, claim.link.link_id, ""
        async with self._database.writing() as connection:
            if address:
                if not await self._recipients.note(connection, campaign, claim.elector_id, link_id):
                    return AddressedJudgement(Verdict.ALREADY_SENT)
                contact = await self._register_link(connection, claim, address)
            await self._journal.record(connection, _judged(claim, verdict))
        return AddressedJudgement(verdict, contact)

    @activity.defn
    async def reissue_identifier_and_password(
        self, order: IdentifierAndPasswordOrder
    ) -> IdentifierAndPasswordReissued:
        """Replace the password, and return it sealed with the sealed new identifier and work address.

        The same transaction ends every session of the elector. The identifier is activated later, when its e-mail is
        accepted. A second run draws another password, since the first one was never shown, and the same identifier.

        Raises:
            InvalidSignatureError: the web has not signed the click, or it is of another elector.
        """
        started_at = self._credentials.now()
        workflow_id, click = order.workflow_id, order.click
        address = await self._address(workflow_id, order.elector_id)
        signed = self._links.is_click_signed(workflow_id, click.link_id, click.signed_payload, click.signature)
        if not (address and signed):
            raise InvalidSignatureError("the web has not signed this click")
        password = generate_secret(self._shape)
        box = sealed_display.seal(click.public_key, password)
        hashed = await self._slow.make(passwords.normalise(password))
        row = await self._pending.generate(workflow_id, click.link_id, order.elector_id)
        async with self._database.writing() as connection:
            notice = await self._vault.seal_within(connection, workflow_id, click.link_id, {NOTICE: address})
            await self._replace(connection, order, hashed, row, started_at)
        return IdentifierAndPasswordReissued(box, await self._pending.envelope(click.link_id), notice[NOTICE])

    @activity.defn
    async def settle_identifier_and_password(self, end: IdentifierAndPasswordSettlement) -> None:
        """Destroy the recovery's keys, abandon the identifiers that were not activated, and journal the ending."""
        settlement = end.settlement
        async with self._database.writing() as connection:
            await self._pending.abandon(connection, end.abandoned_ids)
            await self._links.end(connection, settlement.links)
            await self._journal.record(connection, settlement.entry)
            await self._vault.destroy(connection, settlement.key_ids)

    async def _register_link(
        self, connection: AsyncConnection, claim: IdentifierAndPasswordClaim, address: str
    ) -> str:
        await self._links.register(connection, claim.workflow_id, claim.link)
        plaintext, request_id = {CONTACT: address}, claim.request.request_id
        return (await self._vault.seal_within(connection, claim.workflow_id, request_id, plaintext))[CONTACT]

    async def _replace(
        self,
        connection: AsyncConnection,
        order: IdentifierAndPasswordOrder,
        hashed: str,
        row: Mapping[str, Any],
        started_at: datetime,
    ) -> None:
        elector_id, link_id = order.elector_id, order.click.link_id
        claimant = Claimant(order.workflow_id.partition("/")[2], elector_id)
        # The identifier's credential has the link's id, so the password needs another one.
        password_id = f"{link_id}-password"
        event = Event.IDENTIFIER_AND_PASSWORD_PASSWORD
        entry = Entry(f"{link_id}:password", event, elector_id, order.workflow_id)
        await self._credentials.replace(connection, elector_id, Kind.PASSWORD, password_id, hashed, started_at)
        await connection.execute(delete(sessions).where(sessions.c.elector_id == elector_id))
        await self._sign_in.unlock(connection, claimant)
        await self._pending.add(connection, row)
        await self._links.end(connection, order.settled.endings)
        await self._journal.record(connection, entry)
        await self._vault.destroy(connection, order.settled.key_ids)

    async def _address(self, workflow_id: str, elector_id: str) -> str | None:
        owner = await self._roll.owner(Procedure.IDENTIFIER_AND_PASSWORD, workflow_id, elector_id)
        return owner.work_email if owner else None


def signed_payload(public_key: str, contact: str, contact_id: str) -> str:
    """Return what the web signs of a click: the browser's public key and the mailbox."""
    return f"{public_key}|{contact}|{contact_id}"


def _judged(claim: IdentifierAndPasswordClaim, verdict: Verdict) -> Entry:
    is_accepted = verdict is Verdict.ACCEPTED
    event = Event.IDENTIFIER_AND_PASSWORD_ACCEPTED if is_accepted else Event.IDENTIFIER_AND_PASSWORD_REFUSED
    entry_id = f"{claim.link.link_id}:judged"
    return Entry(entry_id, event, claim.elector_id, claim.workflow_id, Channel.EMAIL, verdict)
