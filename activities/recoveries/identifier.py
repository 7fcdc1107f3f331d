"""Identifiers, asked for, drawn and put in the former one's place (2018): idempotent by the request's id."""

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
from activities.recoveries.unactivated_identifiers import Activated, Activation, UnactivatedIdentifiers
from activities.security.purposes import CONTACT, IDENTIFIER, NOTICE, PROOFS
from activities.security.vault import Vault, key_id
from activities.store.database import Database
from activities.store.tables import sessions
from election.stages import Channel
from election.verdicts import Verdict


@dataclass(frozen=True)
class IdentifierSubmission:
    """A sealed request for an identifier: `proofs` are NUMEN and birth date, `contact` the number, `hint` its mask."""

    request_id: str
    proofs: str
    contact: str
    hint: str


@dataclass(frozen=True)
class IdentifierClaim:
    """A submission to be judged; it takes the place of the request `failed_id`, whose send failed for good, if any."""

    workflow_id: str
    submission: IdentifierSubmission
    refusal: Verdict | None = None
    failed_id: str = ""


@dataclass(frozen=True)
class DrawnIdentifier:
    """The verdict; `identifier` is the new one's envelope, and empty when nothing is to be sent."""

    verdict: Verdict
    until: datetime | None = None
    identifier: str = ""


@dataclass(frozen=True)
class IdentifierSettlement:
    """How a recovery ended; `failed_id` is the request that brought the voter nothing, if it did."""

    settlement: Settlement
    failed_id: str = ""


class Identifiers:
    """Draws identifiers; the one that works dies when a gateway has taken the new one's SMS, not before."""

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
    async def judge_identifier(self, claim: IdentifierClaim) -> DrawnIdentifier:
        """Return the verdict on a claim; when it is TAKEN, with the new identifier that its SMS will carry.

        The proofs are unreadable from then on. Run again, verdict and identifier are the same.
        """
        sent = claim.submission
        entry_id = f"{sha256(f'{sent.request_id}|{sent.proofs}'.encode()).hexdigest()}:judged"
        before = await self._journal.outcome(entry_id)
        if before is not None:
            return DrawnIdentifier(Verdict(before), identifier=await self._pending.envelope(sent.request_id))
        refused = (Judgement(claim.refusal), "") if claim.refusal else None
        judged, elector_id = refused or await self._proved(claim, entry_id)
        verdict, row = judged.verdict, None
        if verdict is Verdict.TAKEN:
            number = await self._vault.unseal(claim.workflow_id, sent.request_id, CONTACT, sent.contact)
            row = await self._pending.draw(claim.workflow_id, sent.request_id, elector_id, number)
        async with self._database.writing() as connection:
            if row is not None:
                verdict = await self._pending.count(connection, row, claim.failed_id)
            taken = verdict is Verdict.TAKEN
            await self._journal.record(connection, _judged(entry_id, claim, elector_id, verdict))
            spent = [PROOFS] if taken else [PROOFS, CONTACT, IDENTIFIER]
            await self._vault.destroy(connection, [key_id(sent.request_id, purpose) for purpose in spent])
        envelope = await self._pending.envelope(sent.request_id) if taken else ""
        return DrawnIdentifier(verdict, judged.until, envelope)

    @activity.defn
    async def activate_identifier(self, order: Activation) -> Activated:
        """Make the new identifier work in the place of the old one, and return who is to be told.

        Nothing comes of a request that a newer one has replaced: this may be run late.
        """
        elector_id = await self._pending.elector_of(order.workflow_id, order.delivery_id)
        if elector_id is None:
            return Activated()
        notice = await self._whom_to_tell(order, elector_id)
        event = Event.IDENTIFIER_REISSUED if order.tells else Event.IDENTIFIER_AND_PASSWORD_IDENTIFIER
        entry = Entry(f"{order.delivery_id}:reissued", event, elector_id, order.workflow_id, order.channel)
        async with self._database.writing() as connection:
            hashed = await self._pending.pending(connection, order.delivery_id)
            if hashed is None:
                await self._vault.destroy(connection, [key_id(order.delivery_id, NOTICE)])
                return Activated()
            await self._credentials.replace(connection, elector_id, Kind.IDENTIFIER, order.delivery_id, hashed)
            # A session that was opened with the former identifier is asked for the new one.
            mine = sessions.c.elector_id == elector_id
            await connection.execute(update(sessions).where(mine).values(voting=False))
            await self._journal.record(connection, entry)
        return Activated(notice, works=True)

    @activity.defn
    async def settle_identifier(self, end: IdentifierSettlement) -> None:
        """Destroy the recovery's keys, refund a request that brought nothing, and journal the ending."""
        async with self._database.writing() as connection:
            await self._pending.refund(connection, end.failed_id)
            await self._journal.record(connection, end.settlement.entry)
            await self._vault.destroy(connection, end.settlement.keys)

    async def _whom_to_tell(self, order: Activation, elector_id: str) -> str:
        address = {NOTICE: await self._roll.work_email(elector_id)}
        if not order.tells:
            return ""
        return (await self._vault.seal(order.workflow_id, order.delivery_id, address))[NOTICE]

    async def _proved(self, claim: IdentifierClaim, entry_id: str) -> tuple[Judgement, str]:
        sent = claim.submission
        proofs = json.loads(await self._vault.unseal(claim.workflow_id, sent.request_id, PROOFS, sent.proofs))
        subject = claim.workflow_id.rpartition("/")[2]
        typed = (proofs["numen"], proofs["birth_date"], proofs["elector"])
        return await self.proof.check(subject, entry_id[:64], *typed)


def _judged(entry_id: str, claim: IdentifierClaim, elector_id: str, verdict: Verdict) -> Entry:
    event = Event.IDENTIFIER_TAKEN if verdict is Verdict.TAKEN else Event.IDENTIFIER_REFUSED
    who = elector_id or claim.workflow_id.rpartition("/")[2]
    return Entry(entry_id, event, who, claim.workflow_id, Channel.SMS, verdict)
