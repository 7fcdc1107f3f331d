"""Identifiers, asked for, drawn and put in the former one's place (2018): idempotent by the request's id."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy import update
from temporalio import activity

from activities.accounts.credentials import Credentials, Kind
from activities.accounts.roll import Roll
from activities.config.logs import scrubbed
from activities.evidence.journal import Entry, Event, Journal, recovery_ended
from activities.proofs.judgement import Judgement
from activities.proofs.numen import NumenProof
from activities.recoveries.unactivated_identifiers import Activated, Activation, UnactivatedIdentifiers
from activities.security.purposes import CONTACT, IDENTIFIER, NOTICE, PROOFS
from activities.security.vault import Vault, key_id
from activities.store.database import Database
from activities.store.tables import sessions
from election.stages import Channel, Stage
from election.verdicts import Verdict


@dataclass(frozen=True)
class IdentifierClaim:
    """A request to be judged: envelopes of NUMEN and birth date, and of the number.

    `failed` is the request whose send has failed for good, and which this one takes the place of.
    """

    workflow_id: str
    request: str
    proofs: str
    contact: str
    refusal: Verdict | None = None
    failed: str = ""


@dataclass(frozen=True)
class DrawnIdentifier:
    """The verdict; `identifier` is the new one's envelope, and empty when nothing is to be sent."""

    verdict: Verdict
    until: datetime | None = None
    identifier: str = ""


@dataclass(frozen=True)
class IdentifierSettlement:
    """How a recovery ended; `failed` is the request that brought the voter nothing, if it did."""

    workflow_id: str
    run_id: str
    ending: Stage
    requests: list[str] = field(default_factory=list)
    failed: str = ""
    operator: str = ""
    reason: str = ""


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
        entry_id = f"{sha256(f'{claim.request}|{claim.proofs}'.encode()).hexdigest()}:judged"
        before = await self._journal.outcome(entry_id)
        if before is not None:
            return DrawnIdentifier(Verdict(before), identifier=await self._pending.envelope(claim.request))
        judged, elector = (Judgement(claim.refusal), "") if claim.refusal else await self._proved(claim, entry_id)
        verdict, row = judged.verdict, None
        if verdict is Verdict.TAKEN:
            number = await self._vault.unseal(claim.workflow_id, claim.request, CONTACT, claim.contact)
            row = await self._pending.draw(claim.workflow_id, claim.request, elector, number)
        async with self._database.writing() as connection:
            if row is not None:
                verdict = await self._pending.count(connection, row, claim.failed)
            taken = verdict is Verdict.TAKEN
            await self._journal.record(connection, _judged(entry_id, claim, elector, verdict))
            spent = [PROOFS] if taken else [PROOFS, CONTACT, IDENTIFIER]
            await self._vault.destroy(connection, [key_id(claim.request, purpose) for purpose in spent])
        envelope = await self._pending.envelope(claim.request) if taken else ""
        return DrawnIdentifier(verdict, judged.until, envelope)

    @activity.defn
    async def activate_identifier(self, order: Activation) -> Activated:
        """Let the new identifier work and the old one die; return whom to tell.

        Of a request that a newer one has taken the place of, nothing comes: it may be run late.
        """
        elector = await self._pending.elector_of(order.workflow_id, order.request)
        if elector is None:
            return Activated()
        notice = await self._whom_to_tell(order, elector)
        event = Event.IDENTIFIER_REISSUED if order.tells else Event.IDENTIFIER_AND_PASSWORD_IDENTIFIER
        entry = Entry(f"{order.request}:reissued", event, elector, order.workflow_id, order.channel)
        async with self._database.writing() as connection:
            hashed = await self._pending.pending(connection, order.request)
            if hashed is None:
                await self._vault.destroy(connection, [key_id(order.request, NOTICE)])
                return Activated()
            await self._credentials.replace(connection, elector, Kind.IDENTIFIER, order.request, hashed)
            # Whoever had come in with the former identifier is asked for the new one.
            mine = sessions.c.elector_id == elector
            await connection.execute(update(sessions).where(mine).values(voting=False))
            await self._journal.record(connection, entry)
        return Activated(notice, works=True)

    @activity.defn
    async def settle_identifier(self, settlement: IdentifierSettlement) -> None:
        """Destroy the recovery's keys, give back what brought nothing, and journal the ending."""
        entry = Entry(
            f"{settlement.run_id}:{settlement.ending}",
            Event.OPERATOR_CANCELLED if settlement.operator else recovery_ended(settlement.workflow_id),
            settlement.operator or settlement.workflow_id.rpartition("/")[2],
            settlement.workflow_id,
            outcome=settlement.ending,
            detail=scrubbed(settlement.reason),
        )
        keys = [key_id(each, purpose) for each in settlement.requests for purpose in (PROOFS, CONTACT, IDENTIFIER)]
        async with self._database.writing() as connection:
            await self._pending.refund(connection, settlement.failed)
            await self._journal.record(connection, entry)
            await self._vault.destroy(connection, keys)

    async def _whom_to_tell(self, order: Activation, elector: str) -> str:
        address = {NOTICE: await self._roll.work_email(elector)}
        if not order.tells:
            return ""
        return (await self._vault.seal(order.workflow_id, order.request, address))[NOTICE]

    async def _proved(self, claim: IdentifierClaim, entry_id: str) -> tuple[Judgement, str]:
        proofs = json.loads(await self._vault.unseal(claim.workflow_id, claim.request, PROOFS, claim.proofs))
        subject = claim.workflow_id.rpartition("/")[2]
        typed = (proofs["numen"], proofs["birth_date"], proofs["elector"])
        return await self.proof.check(subject, entry_id[:64], *typed)


def _judged(entry_id: str, claim: IdentifierClaim, elector: str, verdict: Verdict) -> Entry:
    event = Event.IDENTIFIER_TAKEN if verdict is Verdict.TAKEN else Event.IDENTIFIER_REFUSED
    who = elector or claim.workflow_id.rpartition("/")[2]
    return Entry(entry_id, event, who, claim.workflow_id, Channel.SMS, verdict)
