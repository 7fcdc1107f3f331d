"""The activities of identifier recovery (2018): judge a request, activate the new identifier, settle; idempotent by request id."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.accounts.credentials import Credentials, Kind, lock_elector
from activities.accounts.roll import Roll
from activities.evidence.journal import Entry, Event, Journal
from activities.limits.sms_limits import SmsLimits
from activities.objections.pauses import ObjectionPauses
from activities.progress import rows as progress
from activities.progress.rows import LinkOf, SendOf
from activities.proofs.attempts import Attempt, AttemptScope
from activities.proofs.judgement import Judgement
from activities.proofs.numen import NumenProof
from activities.recoveries.request_notices import RequestNotices, SealedNotices
from activities.recoveries.settlements import Settlement
from activities.recoveries.terms import Terms
from activities.recoveries.unactivated_identifiers import (
    ActivationResult,
    IdentifierActivation,
    UnactivatedIdentifiers,
)
from activities.security.hashing import encode_fields
from activities.security.purposes import CONTACT, IDENTIFIER, NOTICE, PROOFS
from activities.security.vault import Vault, key_id
from activities.store.database import Database
from activities.store.tables import sessions
from election.procedures import Procedure, subject_of
from election.recovery_terms import RecoveryTerms
from election.stages import Channel
from election.text.translation import SOURCE
from election.verdicts import Verdict


@dataclass(frozen=True)
class IdentifierSubmission:
    """A request for an identifier: `proofs` are the sealed NUMEN and birth date, `contact` the sealed number, `hint` the masked number.

    `wording` is the id of the sentence that the voter agreed to, `language` the one in which the message is to be.
    """

    request_id: str
    proofs: str
    contact: str
    hint: str
    wording: str = ""
    language: str = SOURCE


@dataclass(frozen=True)
class IdentifierClaim:
    """A submission to be judged; `failed_request_id` is an earlier request whose send failed for good and is refunded, if any."""

    workflow_id: str
    submission: IdentifierSubmission
    refusal: Verdict | None = None
    failed_request_id: str = ""


@dataclass(frozen=True)
class GeneratedIdentifier:
    """The verdict, the terms as in `JudgedRequest`, and the sealed new identifier, which is empty unless the verdict is ACCEPTED.

    `notice` is the sealed work address, or empty when the work mailbox is not told of this request.
    """

    verdict: Verdict
    terms: RecoveryTerms
    until: datetime | None = None
    identifier: str = ""
    notice: str = ""


@dataclass(frozen=True)
class Proven:
    """Whom a request is for: the elector of the typed NUMEN, or ""; `signed_in` is the elector who has signed in, or ""."""

    elector_id: str
    signed_in: str = ""


@dataclass(frozen=True)
class IdentifierSettlement:
    """How a recovery ended; `failed_request_id` is the request to refund because nothing was delivered, if any."""

    settlement: Settlement
    failed_request_id: str = ""


class Identifiers:
    """Generates and activates identifiers; the former one stays valid until a gateway has accepted the new one's SMS."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        proof: NumenProof,
        pending: UnactivatedIdentifiers,
        notices: SealedNotices,
        pauses: ObjectionPauses,
        roll: Roll,
        credentials: Credentials,
        journal: Journal,
        sms_limits: SmsLimits,
        terms: Terms,
    ) -> None:
        self._database = database
        self._vault = vault
        self.proof = proof
        self._pending = pending
        self._notices = notices
        self._pauses = pauses
        self._roll = roll
        self._credentials = credentials
        self._journal = journal
        self._sms_limits = sms_limits
        self._terms = terms

    @activity.defn
    async def judge_identifier(self, claim: IdentifierClaim) -> GeneratedIdentifier:
        """Return the verdict on a claim, and if it is ACCEPTED the sealed new identifier.

        The key of the proofs is destroyed. A second run returns the same verdict and identifier.
        """
        submission = claim.submission
        entry_id = f"{sha256(encode_fields(submission.request_id, submission.proofs)).hexdigest()}:judged"
        earlier = await self._journal.outcome(entry_id)
        if earlier is not None:
            return await self._answer(
                claim, Judgement(Verdict(earlier)), await self._notice_before(claim, earlier)
            )
        refusal = claim.refusal or self._terms.refusal(Procedure.IDENTIFIER)
        judged, proven = await self._check(claim, refusal)
        is_proven = judged.verdict is Verdict.ACCEPTED
        number, row = await self._generate(claim, proven) if is_proven else ("", {})
        async with self._database.writing() as connection:
            if is_proven:
                judged = await self._count(connection, claim, number, row)
                await self._settle_attempt(connection, self._attempt(claim, proven), judged)
            elif not refusal:
                # While a pause stands, no answer tells whether the proofs were right.
                objected = await self._pauses.refusal_within(connection, proven.elector_id)
                judged = Judgement(objected) if objected else judged
            await self._journal.record(connection, _judged(entry_id, claim, proven.elector_id, judged.verdict))
            purposes = [PROOFS] if judged.verdict is Verdict.ACCEPTED else [PROOFS, CONTACT, IDENTIFIER]
            await self._vault.destroy(connection, [key_id(submission.request_id, purpose) for purpose in purposes])
            notice = await self._sealed_notice(connection, claim, judged.verdict, proven)
            await self._note_progress(connection, claim, judged.verdict, proven)
        return await self._answer(claim, judged, notice)

    async def _note_progress(
        self, connection: AsyncConnection, claim: IdentifierClaim, verdict: Verdict, proven: Proven
    ) -> None:
        if verdict is Verdict.ACCEPTED:
            of, hint = LinkOf(claim.workflow_id, claim.submission.request_id), claim.submission.hint
            end = self._terms.of(Procedure.IDENTIFIER, "").links_expire
            await progress.begin(connection, of, Channel.SMS, hint=hint, sends_left=0, dies_at=end)
        elif proven.signed_in:  # of what a stranger has typed the elector reads nothing
            await progress.refuse(connection, claim.workflow_id)

    async def _sealed_notice(
        self, connection: AsyncConnection, claim: IdentifierClaim, verdict: Verdict, proven: Proven
    ) -> str:
        of = (claim.workflow_id, claim.submission.request_id, proven.elector_id)
        notices = RequestNotices(self._roll, self._notices, self.proof.attempts(proven.signed_in))
        return await notices.seal(connection, *of, verdict, self._attempt(claim, proven))

    async def _notice_before(self, claim: IdentifierClaim, verdict: str) -> str:
        """Return the sealed notice of a request that was judged before a crash; the typed proofs are gone since."""
        notices = RequestNotices(self._roll, self._notices, self.proof.attempts())
        async with self._database.writing() as connection:
            of = (claim.workflow_id, claim.submission.request_id)
            return await notices.seal_again(connection, *of, Verdict(verdict))

    async def _answer(self, claim: IdentifierClaim, judged: Judgement, notice: str) -> GeneratedIdentifier:
        """Return the answer with the sealed identifier, where there is one."""
        request_id, terms = claim.submission.request_id, self._terms.of(Procedure.IDENTIFIER, "")
        envelope = await self._pending.envelope(request_id) if judged.verdict is Verdict.ACCEPTED else ""
        return GeneratedIdentifier(judged.verdict, terms, judged.until, envelope, notice)

    async def _generate(self, claim: IdentifierClaim, proven: Proven) -> tuple[str, dict[str, Any]]:
        request_id, contact = claim.submission.request_id, claim.submission.contact
        number = await self._vault.unseal(claim.workflow_id, request_id, CONTACT, contact)
        return number, await self._pending.generate(
            claim.workflow_id, request_id, proven.elector_id, number, is_anonymous=not proven.signed_in
        )

    async def _count(
        self, connection: AsyncConnection, claim: IdentifierClaim, number: str, row: Mapping[str, Any]
    ) -> Judgement:
        """Count a proven request and its SMS, and return ACCEPTED, or the verdict of the limit that is reached."""
        request_id, elector_id = claim.submission.request_id, row["elector_id"]
        await lock_elector(connection, elector_id)
        objected = await self._pauses.refusal_within(connection, elector_id)
        if objected:
            return Judgement(objected)
        savepoint = await connection.begin_nested()
        judged = await self._sms_limits.count(connection, request_id, elector_id, number)
        judged = judged or await self._pending.add_counted(connection, row, claim.failed_request_id)
        if judged.verdict is not Verdict.ACCEPTED:
            await savepoint.rollback()
        return judged

    async def _settle_attempt(self, connection: AsyncConnection, attempt: Attempt, judged: Judgement) -> None:
        """Delete the failures when a request is accepted; a right proof whose request is refused is no failure."""
        attempts = self.proof.attempts("signed in" if attempt.scope is AttemptScope.IDENTIFIER_SIGNED_IN else "")
        if judged.verdict is Verdict.ACCEPTED:
            await attempts.reset_within(connection, attempt.subject, attempt.scope)
        else:
            await attempts.forgive_within(connection, attempt)

    def _attempt(self, claim: IdentifierClaim, proven: Proven) -> Attempt:
        """Return the attempt of a request: the same form sent again is no further one, since its id depends on what was typed."""
        return self.proof.attempt(subject_of(claim.workflow_id), claim.submission.request_id, proven.signed_in)

    async def requests_left(self, elector_id: str) -> int:
        """Return how many more identifiers an elector may request now."""
        return await self._pending.requests_left(elector_id)

    async def confirm(self, elector_id: str) -> None:
        """Record that the voting space was opened with the elector's identifier: its request stays counted."""
        await self._pending.confirm(elector_id)

    @activity.defn
    async def activate_identifier(self, order: IdentifierActivation) -> ActivationResult:
        """Replace the elector's identifier with the new one, and return the sealed work address for the notice.

        If a newer request has replaced this one, nothing changes: the activity may run late.
        """
        elector_id = await self._pending.elector_of(order.workflow_id, order.delivery_id)
        if elector_id is None:
            return ActivationResult()
        notice = await self._sealed_work_address(order, elector_id)
        event = Event.IDENTIFIER_REISSUED if order.sends_notice else Event.IDENTIFIER_AND_PASSWORD_IDENTIFIER
        entry = Entry(f"{order.delivery_id}:reissued", event, elector_id, order.workflow_id, order.channel)
        async with self._database.writing() as connection:
            await lock_elector(connection, elector_id)  # before the row, as all do that change both
            hashed = await self._pending.lock_hash(connection, order.delivery_id)
            if hashed is None:
                await self._vault.destroy(connection, [key_id(order.delivery_id, NOTICE)])
                return ActivationResult()
            await self._credentials.replace(
                connection, elector_id, Kind.IDENTIFIER, order.delivery_id, hashed.hash, mac=hashed.mac
            )
            # A voting session that was opened with the former identifier must sign in again.
            own_sessions = sessions.c.elector_id == elector_id
            await connection.execute(update(sessions).where(own_sessions).values(voting_space_mac=None))
            await self._journal.record(connection, entry)
            await progress.replace(connection, LinkOf(order.workflow_id, order.delivery_id))
            sent = SendOf(order.workflow_id, order.delivery_id, order.send_number)
            await progress.accept(connection, sent, dies_at=None, lives=None)
        return ActivationResult(notice, is_active=True)

    @activity.defn
    async def settle_identifier(self, end: IdentifierSettlement) -> None:
        """Destroy the recovery's keys, refund the failed request, and journal the ending."""
        async with self._database.writing() as connection:
            await self._pending.refund_ended(connection, end.failed_request_id)
            await self._journal.record(connection, end.settlement.entry)
            await self._vault.destroy(connection, end.settlement.key_ids)
            await progress.settle(connection, end.settlement.link, end.settlement.ending)

    async def _sealed_work_address(self, order: IdentifierActivation, elector_id: str) -> str:
        address = await self._roll.work_email(elector_id)
        if not order.sends_notice:
            return ""
        async with self._database.writing() as connection:
            return await self._notices.seal(connection, order.workflow_id, order.delivery_id, elector_id, address)

    async def _check(self, claim: IdentifierClaim, refusal: Verdict | None) -> tuple[Judgement, Proven]:
        if refusal:
            return Judgement(refusal), Proven("")
        request_id, sealed = claim.submission.request_id, claim.submission.proofs
        proofs = json.loads(await self._vault.unseal(claim.workflow_id, request_id, PROOFS, sealed))
        of = (subject_of(claim.workflow_id), request_id)
        judged, elector_id = await self.proof.check(*of, proofs["numen"], proofs["birth_date"], proofs["elector"])
        # Not the NUMEN's elector, whom somebody else has signed in to ask for.
        is_own = proofs["elector"] in {"", elector_id}
        return judged, Proven(elector_id if is_own else proofs["elector"], proofs["elector"])


def _judged(entry_id: str, claim: IdentifierClaim, elector_id: str, verdict: Verdict) -> Entry:
    event = Event.IDENTIFIER_ACCEPTED if verdict is Verdict.ACCEPTED else Event.IDENTIFIER_REFUSED
    who = (elector_id if verdict is not Verdict.WRONG_PROOF else "") or subject_of(claim.workflow_id)
    wording = claim.submission.wording
    return Entry(entry_id, event, who, claim.workflow_id, Channel.SMS, verdict, wording=wording)
