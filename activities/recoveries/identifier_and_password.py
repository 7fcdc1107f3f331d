"""The activities of identifier-and-password recovery (2011): judge a request, reissue both, settle."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.accounts.credentials import Credentials, Kind, lock_elector
from activities.accounts.roll import Roll
from activities.evidence.journal import Entry, Event, Journal
from activities.objections.pauses import ObjectionPauses
from activities.outbox.openings import note_opening
from activities.outbox.rows import Outbox
from activities.progress import rows as progress
from activities.progress.rows import LinkOf
from activities.proofs.judgement import AddressedJudgement
from activities.proofs.numen_and_department import NumenAndDepartmentProof
from activities.recoveries.clicks import InvalidSignatureError, require_from_web
from activities.recoveries.links import Links, NewLink
from activities.recoveries.other_recoveries import OtherRecoveries
from activities.recoveries.request_notices import SealedNotices
from activities.recoveries.settlements import SettledLinks, Settlement
from activities.recoveries.terms import Terms
from activities.recoveries.unactivated_identifiers import UnactivatedIdentifiers
from activities.security import sealed_display
from activities.security.hashing import Chosen, SlowHash
from activities.security.purposes import CONTACT
from activities.security.random_secrets import generate_secret
from activities.security.signatures import Signed
from activities.security.vault import Vault
from activities.store.database import Database
from activities.store.tables import sessions
from election import passwords
from election.procedures import Procedure
from election.recovery_terms import RecoveryTerms
from election.shapes import GeneratedPasswordShape
from election.stages import Channel
from election.text.translation import SOURCE
from election.verdicts import Verdict


@dataclass(frozen=True)
class IdentifierAndPasswordRequest:
    """A request for a link; `mailing` is the name of the mailing that makes it, or empty.

    `elector_id` is whom the typed identifier belongs to, or empty; the judgement checks that it fits the workflow's id.
    `language` is the one in which the message is to be.
    """

    request_id: str
    mailing: str = ""
    elector_id: str = ""
    language: str = SOURCE


@dataclass(frozen=True)
class IdentifierAndPasswordClaim:
    """A request to be judged; `elector_id` is whose recovery the request says it is, or empty."""

    workflow_id: str
    elector_id: str
    request: IdentifierAndPasswordRequest
    link: NewLink
    refusal: Verdict | None = None


@dataclass(frozen=True)
class TakeCredentials:
    """The voter's click at the last step: the browser's public key, and the sealed e-mail address for the identifier.

    `contact` is sealed under `contact_id`, `hint` is the masked address; `wording` is the id of the sentence that the
    voter agreed to, `language` the one in which the message is to be.
    """

    link_id: str
    public_key: str
    contact_id: str
    contact: str
    hint: str = ""
    wording: str = ""
    signature: str = ""
    language: str = SOURCE
    signed_as: ClassVar[Signed] = Signed.CLICK

    @property
    def signed_fields(self) -> tuple[str, ...]:
        """This browser, this mailbox, this consent, and the language unless it is French, as a click of 0.3.0 has none."""
        chosen = () if self.language == SOURCE else (self.language,)
        return (self.public_key, self.contact_id, self.contact, self.hint, self.wording, *chosen)


@dataclass(frozen=True)
class IdentifierAndPasswordOrder:
    """An order to reissue both credentials for a click, and what is settled in the same transaction.

    `begins` when the recovery has begun with this click, on a mailing's link.
    """

    workflow_id: str
    elector_id: str
    click: TakeCredentials
    settled: SettledLinks = field(default_factory=SettledLinks)
    begins: bool = False


@dataclass(frozen=True)
class IdentifierAndPasswordReissued:
    """The sealed new password, the sealed new identifier, and the sealed work address for the notice.

    `others` are the workflow ids of the elector's other recoveries, which end.
    """

    box: str
    identifier: str
    notice: str
    others: list[str] = field(default_factory=list)


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
        outbox: Outbox,
        notices: SealedNotices,
        pauses: ObjectionPauses,
        roll: Roll,
        vault: Vault,
        links: Links,
        journal: Journal,
        credentials: Credentials,
        others: OtherRecoveries,
        terms: Terms,
    ) -> None:
        self._database = database
        self._slow = slow
        self._shape = shape
        self.proof = proof
        self._pending = pending
        self._outbox = outbox
        self._notices = notices
        self._pauses = pauses
        self._roll = roll
        self._vault = vault
        self._links = links
        self._journal = journal
        self._credentials = credentials
        self._others = others
        self._terms = terms

    @activity.defn
    async def judge_identifier_and_password(self, claim: IdentifierAndPasswordClaim) -> AddressedJudgement:
        """Return ACCEPTED and the sealed work address, or WRONG_PROOF when the typed identifier is not on the roll.

        A mailing's request is ACCEPTED once for each elector; for another link it is ALREADY_SENT, and nothing is written.
        """
        address = await self._address(claim.workflow_id, claim.elector_id)
        elector_id = claim.elector_id if address else ""  # what a request says is not written down unchecked
        refusal = claim.refusal or self._terms.refusal(Procedure.IDENTIFIER_AND_PASSWORD)
        verdict = refusal or (Verdict.ACCEPTED if address else Verdict.WRONG_PROOF)
        terms = self._terms.of(Procedure.IDENTIFIER_AND_PASSWORD, elector_id)
        mailing, link_id, contact = claim.request.mailing, claim.link.link_id, ""
        async with self._database.writing() as connection:
            if verdict is Verdict.ACCEPTED:
                await lock_elector(connection, elector_id)
                verdict = await self._pauses.refusal_within(connection, elector_id) or verdict
            if verdict is Verdict.ACCEPTED and address:
                if not await self._outbox.note_own(connection, mailing, elector_id, link_id):
                    return AddressedJudgement(Verdict.ALREADY_SENT, terms)
                contact = await self._register_link(connection, claim, address)
            elif mailing:
                await self._outbox.note_refusal(connection, mailing, elector_id, verdict)
            await self._journal.record(connection, _judged(claim, elector_id, verdict))
            if contact:
                await self._begin(connection, claim, terms)
        return AddressedJudgement(verdict, terms, contact)

    @activity.defn
    async def reissue_identifier_and_password(
        self, order: IdentifierAndPasswordOrder
    ) -> IdentifierAndPasswordReissued:
        """Replace the password, and return it sealed with the sealed new identifier and work address.

        The same transaction ends every session and every other recovery of the elector. The identifier is activated
        later, when its e-mail is accepted. A second run draws another password, since the first one was never shown, and
        the same identifier.

        Raises:
            InvalidSignatureError: the web has not signed the click, or it is of another elector.
        """
        started_at = self._credentials.now()
        workflow_id, click = order.workflow_id, order.click
        address = await self._address(workflow_id, order.elector_id)
        require_from_web(self._terms.keys.web, workflow_id, click)
        if not address:
            raise InvalidSignatureError("the click is of another elector")
        password = generate_secret(self._shape)
        box = sealed_display.seal(click.public_key, password)
        hashed = await self._slow.make(Chosen.PASSWORD, order.elector_id, passwords.normalise(password))
        row = await self._pending.generate(workflow_id, click.link_id, order.elector_id)
        async with self._database.writing() as connection:
            of = (workflow_id, click.link_id, order.elector_id)
            notice = await self._notices.seal(connection, *of, address)
            await self._replace(connection, order, hashed, row, started_at)
        envelope = await self._pending.envelope(click.link_id)
        others = await self._others.workflow_ids(order.elector_id, workflow_id)
        return IdentifierAndPasswordReissued(box, envelope, notice, others)

    @activity.defn
    async def settle_identifier_and_password(self, end: IdentifierAndPasswordSettlement) -> None:
        """Destroy the recovery's keys, abandon the identifiers that were not activated, and journal the ending."""
        settlement = end.settlement
        async with self._database.writing() as connection:
            await self._pending.abandon(connection, end.abandoned_ids)
            await self._links.end(connection, settlement.links)
            await self._journal.record(connection, settlement.entry)
            await self._vault.destroy(connection, settlement.key_ids)
            await progress.settle(connection, settlement.link, settlement.ending)

    async def _begin(
        self, connection: AsyncConnection, claim: IdentifierAndPasswordClaim, terms: RecoveryTerms
    ) -> None:
        of, left = LinkOf(claim.workflow_id, claim.link.link_id), terms.max_sends - claim.link.number
        end = terms.links_expire
        await progress.begin(connection, of, Channel.EMAIL, hint="", sends_left=left, dies_at=end)

    async def _register_link(
        self, connection: AsyncConnection, claim: IdentifierAndPasswordClaim, address: str
    ) -> str:
        """Register an own link, in the place of those that mailings have sent or are to send."""
        await self._links.register(connection, claim.workflow_id, claim.link, claim.elector_id)
        await self._links.replace_mailed(connection, Procedure.IDENTIFIER_AND_PASSWORD, [claim.elector_id])
        await self._outbox.withdraw(connection, claim.elector_id)
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
        # The identifier's credential has the link's id, so the password needs another one.
        password_id = f"{link_id}-password"
        event = Event.IDENTIFIER_AND_PASSWORD_PASSWORD
        entry = Entry(f"{link_id}:password", event, elector_id, order.workflow_id, wording=order.click.wording)
        await self._credentials.replace(connection, elector_id, Kind.PASSWORD, password_id, hashed, started_at)
        await self._links.require_not_revoked(connection, link_id)
        await self._others.end(connection, elector_id, order.workflow_id)
        await connection.execute(delete(sessions).where(sessions.c.elector_id == elector_id))
        await self._pending.add(connection, row)
        await self._links.end(connection, order.settled.endings)
        await self._journal.record(connection, entry)
        await note_opening(connection, elector_id, link_id, started_at)
        await self._vault.destroy(connection, order.settled.key_ids)
        terms, of = (
            self._terms.of(Procedure.IDENTIFIER_AND_PASSWORD, elector_id),
            LinkOf(order.workflow_id, link_id),
        )
        if order.begins:
            left, end = terms.max_sends - 1, terms.links_expire
            await progress.begin(connection, of, Channel.EMAIL, hint="", sends_left=left, dies_at=end)
        shown = (terms.display_window, order.click.hint, terms.links_expire)
        await progress.display_and_send(connection, of, *shown)

    async def _address(self, workflow_id: str, elector_id: str) -> str | None:
        owner = await self._roll.owner(Procedure.IDENTIFIER_AND_PASSWORD, workflow_id, elector_id)
        return owner.work_email if owner else None


def _judged(claim: IdentifierAndPasswordClaim, elector_id: str, verdict: Verdict) -> Entry:
    is_accepted = verdict is Verdict.ACCEPTED
    event = Event.IDENTIFIER_AND_PASSWORD_ACCEPTED if is_accepted else Event.IDENTIFIER_AND_PASSWORD_REFUSED
    entry_id = f"{claim.link.link_id}:judged"
    return Entry(entry_id, event, elector_id, claim.workflow_id, Channel.EMAIL, verdict)
