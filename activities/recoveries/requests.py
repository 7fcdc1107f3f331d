"""Requests of a voter, judged and settled: each activity is one transaction, idempotent by its ids."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256

from temporalio import activity

from activities.config.logs import scrubbed
from activities.evidence.journal import Entry, Event, Journal, recovery_ended
from activities.proofs.attempts import Attempts, AttemptScope
from activities.proofs.challenge import ChallengeProof
from activities.proofs.identity import IdentityProof
from activities.proofs.judgement import Judgement
from activities.recoveries.links import Links, NewLink
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import Vault, key_id
from activities.store.database import Database
from election.proofs.identity import CivilIdentity
from election.proofs.kinds import Proof
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict

_VOUCHED = "FranceConnect"  # which proof it was, in the journal


@dataclass(frozen=True)
class Submission:
    """A sealed request for a voting code: `proofs` and `contact` are envelopes, `hint` is the masked destination.

    `proof` says what the envelope of proofs holds: the answer and the NUMEN or NIR, or an identity.
    """

    request_id: str
    channel: Channel
    proofs: str
    contact: str
    hint: str
    proof: Proof = Proof.CHALLENGE


@dataclass(frozen=True)
class Claim:
    """A submission to be judged, and its link if it is taken.

    With a `refusal` (too late, one too many) the proofs are not looked at.
    """

    workflow_id: str
    elector_id: str
    submission: Submission
    link: NewLink
    refusal: Verdict | None = None


@dataclass(frozen=True)
class AddressedJudgement:
    """Whether a link is to be sent, and the envelope of the work address that it goes to."""

    verdict: Verdict
    contact: str = ""


@dataclass(frozen=True)
class Renewal:
    """A new link for a request that was proven before."""

    workflow_id: str
    elector_id: str
    channel: str
    link: NewLink


@dataclass(frozen=True)
class SettledLinks:
    """What ends with a recovery: the verdict on each link that is not live, and the keys to destroy."""

    endings: dict[str, LinkVerdict] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Settlement:
    """How a recovery ended; `subject` is the elector's id, or what the recovery's own id stands for.

    `run_id` tells this ending from others of the same workflow id; `operator` and `reason` are those of a
    cancellation.
    """

    workflow_id: str
    subject: str
    run_id: str
    ending: Stage
    keys: list[str] = field(default_factory=list)
    links: dict[str, LinkVerdict] = field(default_factory=dict)
    operator: str = ""
    reason: str = ""

    @property
    def entry(self) -> Entry:
        """The journal's entry of this ending."""
        return Entry(
            f"{self.run_id}:{self.ending}:{len(self.links)}",
            Event.OPERATOR_CANCELLED if self.operator else recovery_ended(self.workflow_id),
            self.operator or self.subject,
            self.workflow_id,
            outcome=self.ending,
            # An operator may write anything: no number or address stays in the evidence.
            detail=scrubbed(self.reason),
        )


@dataclass(frozen=True)
class OperatorAct:
    """An operator's act on a recovery, for the journal; `fault` is the stage or the fault that it acted on."""

    id: str
    workflow_id: str
    operator: str
    fault: str
    reason: str = ""


_Prove = Callable[[Claim, str], Awaitable[Judgement]]


class Requests:
    """The recoveries' own reads and writes, as local activities."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        attempts: Attempts,
        challenge: ChallengeProof,
        identity: IdentityProof,
        links: Links,
        journal: Journal,
    ) -> None:
        self._database = database
        self._vault = vault
        self._attempts = attempts
        self._challenge = challenge
        self._identity = identity
        self._links = links
        self._journal = journal

    @activity.defn
    async def judge_challenge(self, claim: Claim) -> Judgement:
        """Return the verdict on a claim; when it is TAKEN the link is known to the door.

        The proofs are unreadable from then on, and a refused contact; run again, the verdict is read from
        the journal.
        """
        return await self._judged(claim, self._answered)

    @activity.defn
    async def judge_identity(self, claim: Claim) -> Judgement:
        """Return the same for a claim whose proof is the identity that FranceConnect vouched for."""
        return await self._judged(claim, self._identified, _VOUCHED)

    async def _judged(self, claim: Claim, prove: _Prove, detail: str = "") -> Judgement:
        # Of the envelope, not of the request: a form sent again with other proofs is judged again. Of the
        # link too: an envelope that somebody found in a history proves nothing for another link.
        entry_id = f"{sha256(f'{claim.link.link_id}|{claim.submission.proofs}'.encode()).hexdigest()}:judged"
        before = await self._journal.outcome(entry_id)
        if before is not None:
            return Judgement(Verdict(before))
        judgement = Judgement(claim.refusal) if claim.refusal else await prove(claim, entry_id[:64])
        taken = judgement.verdict is Verdict.TAKEN
        event = Event.REQUEST_TAKEN if taken else Event.REQUEST_REFUSED
        who, channel = claim.elector_id, claim.submission.channel
        entry = Entry(entry_id, event, who, claim.workflow_id, channel, judgement.verdict, detail)
        async with self._database.writing() as connection:
            if taken:
                await self._attempts.forget(connection, claim.elector_id, AttemptScope.RECOVERY)
                await self._links.register(connection, claim.workflow_id, claim.link)
            await self._journal.record(connection, entry)
            spent = [PROOFS] if taken else [PROOFS, CONTACT]
            await self._vault.destroy(
                connection, [key_id(claim.submission.request_id, purpose) for purpose in spent]
            )
        return judgement

    async def _answered(self, claim: Claim, try_id: str) -> Judgement:
        proofs = await self._opened(claim)
        return await self._challenge.check(claim.elector_id, try_id, proofs["answer"], proofs["proof"])

    async def _identified(self, claim: Claim, try_id: str) -> Judgement:
        identity = CivilIdentity(**await self._opened(claim))
        return await self._identity.check(claim.elector_id, try_id, identity)

    async def _opened(self, claim: Claim) -> dict[str, str]:
        sent = claim.submission
        text = await self._vault.unseal(claim.workflow_id, sent.request_id, PROOFS, sent.proofs)
        proofs: dict[str, str] = json.loads(text)
        return proofs

    @activity.defn
    async def renew_link(self, renewal: Renewal) -> None:
        """Make a new link known to the door; the workflow lets the former one die."""
        link, where = renewal.link, renewal.workflow_id
        entry_id = f"{link.link_id}:renewed"
        entry = Entry(entry_id, Event.LINK_RENEWED, renewal.elector_id, where, renewal.channel)
        async with self._database.writing() as connection:
            await self._links.register(connection, where, link)
            await self._journal.record(connection, entry)

    @activity.defn
    async def settle(self, settlement: Settlement) -> None:
        """Destroy the recovery's keys, note what became of its links, and journal the ending."""
        async with self._database.writing() as connection:
            await self._links.end(connection, settlement.links)
            await self._journal.record(connection, settlement.entry)
            await self._vault.destroy(connection, settlement.keys)

    @activity.defn
    async def note_retry(self, act: OperatorAct) -> None:
        """Journal that an operator had a failed send tried again."""
        entry = Entry(act.id, Event.OPERATOR_RETRIED, act.operator, act.workflow_id, outcome=act.fault)
        async with self._database.writing() as connection:
            await self._journal.record(connection, entry)

    @activity.defn
    async def note_cancel(self, act: OperatorAct) -> None:
        """Journal that an operator ended a recovery whose link was spent or never sent."""
        told = {"outcome": act.fault, "detail": scrubbed(act.reason)}
        entry = Entry(act.id, Event.OPERATOR_CANCELLED, act.operator, act.workflow_id, **told)
        async with self._database.writing() as connection:
            await self._journal.record(connection, entry)
