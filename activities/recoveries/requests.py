"""The activities of recoveries by link: judge a request, renew a link, settle; one transaction each, idempotent by ids."""

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

_FRANCECONNECT = "FranceConnect"  # names the proof in the journal


@dataclass(frozen=True)
class VotingCodeSubmission:
    """A request for a voting code: `proofs` and `contact` are sealed, `hint` is the masked destination.

    `proof` is the kind of the sealed proofs: the challenge answer with NUMEN or NIR, or a civil identity.
    """

    request_id: str
    channel: Channel
    proofs: str
    contact: str
    hint: str
    proof: Proof = Proof.CHALLENGE


@dataclass(frozen=True)
class VotingCodeClaim:
    """A submission to be judged, and the link to register if it is accepted.

    With a `refusal` (too late, too many sends) the proofs are not checked.
    """

    workflow_id: str
    elector_id: str
    submission: VotingCodeSubmission
    link: NewLink
    refusal: Verdict | None = None


@dataclass(frozen=True)
class AddressedJudgement:
    """The verdict on a request for a link, and the sealed work address if it is TAKEN."""

    verdict: Verdict
    contact: str = ""


@dataclass(frozen=True)
class Renewal:
    """A new link for a request that was accepted before."""

    workflow_id: str
    elector_id: str
    channel: str
    link: NewLink


@dataclass(frozen=True)
class SettledLinks:
    """What a reissue also writes: the verdict on each link that is not live, and the ids of the keys to destroy."""

    endings: dict[str, LinkVerdict] = field(default_factory=dict)
    key_ids: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Settlement:
    """How a recovery ended; `subject` is the elector's id, or the subject of the workflow id.

    `run_id` distinguishes the endings of one workflow id; `operator` and `reason` are set for a cancellation.
    """

    workflow_id: str
    subject: str
    run_id: str
    ending: Stage
    key_ids: list[str] = field(default_factory=list)
    links: dict[str, LinkVerdict] = field(default_factory=dict)
    operator: str = ""
    reason: str = ""

    @property
    def entry(self) -> Entry:
        """The journal entry of this ending."""
        return Entry(
            f"{self.run_id}:{self.ending}:{len(self.links)}",
            Event.OPERATOR_CANCELLED if self.operator else recovery_ended(self.workflow_id),
            self.operator or self.subject,
            self.workflow_id,
            outcome=self.ending,
            # Free text: remove phone numbers and addresses before it is stored.
            detail=scrubbed(self.reason),
        )


@dataclass(frozen=True)
class OperatorAct:
    """An operator's retry or cancellation, for the journal; `fault` is the fault or the stage at that time."""

    id: str
    workflow_id: str
    operator: str
    fault: str
    reason: str = ""


_CheckProofs = Callable[[VotingCodeClaim, str], Awaitable[Judgement]]


class Requests:
    """The database activities of the recoveries; workflows run them as local activities."""

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
    async def judge_challenge(self, claim: VotingCodeClaim) -> Judgement:
        """Return the verdict on a claim; if it is TAKEN, the link is registered.

        The key of the proofs is destroyed, and that of a refused contact. A second run reads the verdict from the
        journal.
        """
        return await self._judge(claim, self._check_challenge)

    @activity.defn
    async def judge_identity(self, claim: VotingCodeClaim) -> Judgement:
        """Return the same for a claim whose proof is an identity from FranceConnect."""
        return await self._judge(claim, self._check_identity, _FRANCECONNECT)

    async def _judge(self, claim: VotingCodeClaim, check: _CheckProofs, detail: str = "") -> Judgement:
        # The id depends on the sealed proofs, so that a form sent again with other proofs is judged again, and on the
        # link, so that sealed proofs copied from a history are no proof for another link.
        entry_id = f"{sha256(f'{claim.link.link_id}|{claim.submission.proofs}'.encode()).hexdigest()}:judged"
        earlier = await self._journal.outcome(entry_id)
        if earlier is not None:
            return Judgement(Verdict(earlier))
        judgement = Judgement(claim.refusal) if claim.refusal else await check(claim, entry_id[:64])
        accepted = judgement.verdict is Verdict.ACCEPTED
        event = Event.REQUEST_ACCEPTED if accepted else Event.REQUEST_REFUSED
        elector_id, channel = claim.elector_id, claim.submission.channel
        entry = Entry(entry_id, event, elector_id, claim.workflow_id, channel, judgement.verdict, detail)
        async with self._database.writing() as connection:
            if accepted:
                await self._attempts.reset_within(connection, claim.elector_id, AttemptScope.RECOVERY)
                await self._links.register(connection, claim.workflow_id, claim.link)
            await self._journal.record(connection, entry)
            purposes = [PROOFS] if accepted else [PROOFS, CONTACT]
            await self._vault.destroy(
                connection, [key_id(claim.submission.request_id, purpose) for purpose in purposes]
            )
        return judgement

    async def _check_challenge(self, claim: VotingCodeClaim, attempt_id: str) -> Judgement:
        proofs = await self._unseal_proofs(claim)
        return await self._challenge.check(claim.elector_id, attempt_id, proofs["answer"], proofs["proof"])

    async def _check_identity(self, claim: VotingCodeClaim, attempt_id: str) -> Judgement:
        identity = CivilIdentity(**await self._unseal_proofs(claim))
        return await self._identity.check(claim.elector_id, attempt_id, identity)

    async def _unseal_proofs(self, claim: VotingCodeClaim) -> dict[str, str]:
        submission = claim.submission
        text = await self._vault.unseal(claim.workflow_id, submission.request_id, PROOFS, submission.proofs)
        proofs: dict[str, str] = json.loads(text)
        return proofs

    @activity.defn
    async def renew_link(self, renewal: Renewal) -> None:
        """Register a new link, which replaces the former one, and journal it."""
        link, workflow_id = renewal.link, renewal.workflow_id
        entry_id = f"{link.link_id}:renewed"
        entry = Entry(entry_id, Event.LINK_RENEWED, renewal.elector_id, workflow_id, renewal.channel)
        async with self._database.writing() as connection:
            await self._links.register(connection, workflow_id, link)
            await self._journal.record(connection, entry)

    @activity.defn
    async def settle(self, settlement: Settlement) -> None:
        """Destroy the recovery's keys, store the endings of its links, and journal the ending."""
        async with self._database.writing() as connection:
            await self._links.end(connection, settlement.links)
            await self._journal.record(connection, settlement.entry)
            await self._vault.destroy(connection, settlement.key_ids)

    @activity.defn
    async def note_retry(self, act: OperatorAct) -> None:
        """Journal an operator's retry of a failed send."""
        entry = Entry(act.id, Event.OPERATOR_RETRIED, act.operator, act.workflow_id, outcome=act.fault)
        async with self._database.writing() as connection:
            await self._journal.record(connection, entry)

    @activity.defn
    async def note_cancel(self, act: OperatorAct) -> None:
        """Journal an operator's cancellation of a recovery without a live link."""
        details = {"outcome": act.fault, "detail": scrubbed(act.reason)}
        entry = Entry(act.id, Event.OPERATOR_CANCELLED, act.operator, act.workflow_id, **details)
        async with self._database.writing() as connection:
            await self._journal.record(connection, entry)
