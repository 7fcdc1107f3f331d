"""The activities of identifier recovery (2018): judge a request, activate the new identifier, settle; idempotent by request id."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import update
from temporalio import activity

from activities.accounts.credentials import Credentials, Kind
from activities.accounts.roll import Roll
from activities.evidence.journal import Entry, Event, Journal
from activities.proofs.judgement import Judgement
from activities.proofs.numen import NumenProof
from activities.recoveries.requests import Settlement
from activities.recoveries.unactivated_identifiers import (
    ActivationResult,
    IdentifierActivation,
    UnactivatedIdentifiers,
)
from activities.security.purposes import CONTACT, IDENTIFIER, NOTICE, PROOFS
from activities.security.vault import Vault, key_id
from activities.store.database import Database
from activities.store.tables import sessions
from election.stages import Channel
from election.verdicts import Verdict


@dataclass(frozen=True)
class IdentifierSubmission:
    """A request for an identifier: `proofs` are the sealed NUMEN and birth date, `contact` the sealed number, `hint` the masked number."""

    request_id: str
    proofs: str
    contact: str
    hint: str


@dataclass(frozen=True)
class IdentifierClaim:
    """A submission to be judged; `failed_request_id` is an earlier request whose send failed for good and is refunded, if any."""

    workflow_id: str
    submission: IdentifierSubmission
    refusal: Verdict | None = None
    failed_request_id: str = ""


@dataclass(frozen=True)
class GeneratedIdentifier:
    """The verdict, and the sealed new identifier, which is empty unless the verdict is TAKEN."""

    verdict: Verdict
    until: datetime | None = None
    identifier: str = ""


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
        roll: Roll,
        credentials: Credentials,
        journal: Journal,
    ) -> None:
        self._database = database
        self._vault = vault
        self.proof = proof
        self._pending = pending
        self._roll = roll
        self._credentials = credentials
        self._journal = journal

    @activity.defn
    async def judge_identifier(self, claim: IdentifierClaim) -> GeneratedIdentifier:
        """Return the verdict on a claim, and if it is TAKEN the sealed new identifier.

        The key of the proofs is destroyed. A second run returns the same verdict and identifier.
        """
        submission = claim.submission
        entry_id = f"{sha256(f'{submission.request_id}|{submission.proofs}'.encode()).hexdigest()}:judged"
        earlier = await self._journal.outcome(entry_id)
        if earlier is not None:
            return GeneratedIdentifier(
                Verdict(earlier), identifier=await self._pending.envelope(submission.request_id)
            )
        refused = (Judgement(claim.refusal), "") if claim.refusal else None
        judged, elector_id = refused or await self._check_proofs(claim, entry_id)
        verdict, row = judged.verdict, None
        if verdict is Verdict.ACCEPTED:
            number = await self._vault.unseal(
                claim.workflow_id, submission.request_id, CONTACT, submission.contact
            )
            row = await self._pending.generate(claim.workflow_id, submission.request_id, elector_id, number)
        async with self._database.writing() as connection:
            if row is not None:
                verdict = await self._pending.add_counted(connection, row, claim.failed_request_id)
            accepted = verdict is Verdict.ACCEPTED
            await self._journal.record(connection, _judged(entry_id, claim, elector_id, verdict))
            purposes = [PROOFS] if accepted else [PROOFS, CONTACT, IDENTIFIER]
            await self._vault.destroy(connection, [key_id(submission.request_id, purpose) for purpose in purposes])
        envelope = await self._pending.envelope(submission.request_id) if accepted else ""
        return GeneratedIdentifier(verdict, judged.until, envelope)

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
            hashed = await self._pending.lock_hash(connection, order.delivery_id)
            if hashed is None:
                await self._vault.destroy(connection, [key_id(order.delivery_id, NOTICE)])
                return ActivationResult()
            await self._credentials.replace(connection, elector_id, Kind.IDENTIFIER, order.delivery_id, hashed)
            # A voting session that was opened with the former identifier must sign in again.
            own_sessions = sessions.c.elector_id == elector_id
            await connection.execute(update(sessions).where(own_sessions).values(voting_space_open=False))
            await self._journal.record(connection, entry)
        return ActivationResult(notice, is_active=True)

    @activity.defn
    async def settle_identifier(self, end: IdentifierSettlement) -> None:
        """Destroy the recovery's keys, refund the failed request, and journal the ending."""
        async with self._database.writing() as connection:
            await self._pending.refund(connection, end.failed_request_id)
            await self._journal.record(connection, end.settlement.entry)
            await self._vault.destroy(connection, end.settlement.key_ids)

    async def _sealed_work_address(self, order: IdentifierActivation, elector_id: str) -> str:
        address = {NOTICE: await self._roll.work_email(elector_id)}
        if not order.sends_notice:
            return ""
        return (await self._vault.seal(order.workflow_id, order.delivery_id, address))[NOTICE]

    async def _check_proofs(self, claim: IdentifierClaim, entry_id: str) -> tuple[Judgement, str]:
        submission = claim.submission
        proofs = json.loads(
            await self._vault.unseal(claim.workflow_id, submission.request_id, PROOFS, submission.proofs)
        )
        subject = claim.workflow_id.rpartition("/")[2]
        typed = (proofs["numen"], proofs["birth_date"], proofs["elector"])
        return await self.proof.check(subject, entry_id[:64], *typed)


def _judged(entry_id: str, claim: IdentifierClaim, elector_id: str, verdict: Verdict) -> Entry:
    event = Event.IDENTIFIER_ACCEPTED if verdict is Verdict.ACCEPTED else Event.IDENTIFIER_REFUSED
    who = elector_id or claim.workflow_id.rpartition("/")[2]
    return Entry(entry_id, event, who, claim.workflow_id, Channel.SMS, verdict)
