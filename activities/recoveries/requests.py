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
from activities.recoveries.links import Links
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import Vault, key_id
from activities.store.database import Database
from election.proofs.identity import CivilIdentity
from election.stages import Stage
from election.verdicts import LinkVerdict, Verdict

_VOUCHED = "FranceConnect"  # which proof it was, in the journal


@dataclass(frozen=True)
class ChallengeClaim:
    """A request to be judged: `proofs` is the envelope of the answer and the NUMEN or NIR, or of an identity.

    With a `refusal` (too late, one too many) they are not looked at. Its link `replaces` another, if any.
    """

    workflow_id: str
    elector: str
    request: str
    proofs: str
    link_id: str
    channel: str
    refusal: Verdict | None = None
    replaces: str = ""


@dataclass(frozen=True)
class Renewal:
    """A new link for a request that was proven before, in the place of the one that it `replaces`."""

    workflow_id: str
    elector: str
    link_id: str
    channel: str
    replaces: str = ""


@dataclass(frozen=True)
class Settlement:
    """How a recovery ended: what became of its links, and the keys to destroy."""

    workflow_id: str
    elector: str
    run_id: str
    ending: Stage
    keys: list[str] = field(default_factory=list)
    links: dict[str, LinkVerdict] = field(default_factory=dict)
    operator: str = ""
    reason: str = ""


@dataclass(frozen=True)
class OperatorAct:
    """An operator's act on a recovery: every one is journalled with the operator's name."""

    id: str
    workflow_id: str
    operator: str
    fault: str
    reason: str = ""


_Prove = Callable[[ChallengeClaim, str], Awaitable[Judgement]]


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
    async def judge_challenge(self, claim: ChallengeClaim) -> Judgement:
        """Return the verdict on a claim; when it is TAKEN the link is known to the door.

        The proofs are unreadable from then on, and a refused contact; run again, the verdict is read from
        the journal.
        """
        return await self._judged(claim, self._answered)

    @activity.defn
    async def judge_identity(self, claim: ChallengeClaim) -> Judgement:
        """Return the same for a claim whose proof is the identity that FranceConnect vouched for."""
        return await self._judged(claim, self._identified, _VOUCHED)

    async def _judged(self, claim: ChallengeClaim, prove: _Prove, detail: str = "") -> Judgement:
        # Of the envelope, not of the request: a form sent again with other proofs is judged again. Of the
        # link too: an envelope that somebody found in a history proves nothing for another link.
        entry_id = f"{sha256(f'{claim.link_id}|{claim.proofs}'.encode()).hexdigest()}:judged"
        before = await self._journal.outcome(entry_id)
        if before is not None:
            return Judgement(Verdict(before))
        judgement = Judgement(claim.refusal) if claim.refusal else await prove(claim, entry_id[:64])
        taken = judgement.verdict is Verdict.TAKEN
        event = Event.REQUEST_TAKEN if taken else Event.REQUEST_REFUSED
        entry = Entry(entry_id, event, claim.elector, claim.workflow_id, claim.channel, judgement.verdict, detail)
        async with self._database.writing() as connection:
            if taken:
                await self._attempts.forget(connection, claim.elector, AttemptScope.RECOVERY)
                await self._links.register(connection, claim.workflow_id, claim.link_id, claim.replaces)
            await self._journal.record(connection, entry)
            spent = [PROOFS] if taken else [PROOFS, CONTACT]
            await self._vault.destroy(connection, [key_id(claim.request, purpose) for purpose in spent])
        return judgement

    async def _answered(self, claim: ChallengeClaim, try_id: str) -> Judgement:
        proofs = await self._opened(claim)
        return await self._challenge.check(claim.elector, try_id, proofs["answer"], proofs["proof"])

    async def _identified(self, claim: ChallengeClaim, try_id: str) -> Judgement:
        identity = CivilIdentity(**await self._opened(claim))
        return await self._identity.check(claim.elector, try_id, identity)

    async def _opened(self, claim: ChallengeClaim) -> dict[str, str]:
        text = await self._vault.unseal(claim.workflow_id, claim.request, PROOFS, claim.proofs)
        proofs: dict[str, str] = json.loads(text)
        return proofs

    @activity.defn
    async def renew_link(self, renewal: Renewal) -> None:
        """Make a new link known to the door; the workflow lets the former one die."""
        entry_id, where = f"{renewal.link_id}:renewed", renewal.workflow_id
        entry = Entry(entry_id, Event.LINK_RENEWED, renewal.elector, where, renewal.channel)
        async with self._database.writing() as connection:
            await self._links.register(connection, renewal.workflow_id, renewal.link_id, renewal.replaces)
            await self._journal.record(connection, entry)

    @activity.defn
    async def settle(self, settlement: Settlement) -> None:
        """Destroy the recovery's keys, note what became of its links, and journal the ending."""
        entry = Entry(
            f"{settlement.run_id}:{settlement.ending}:{len(settlement.links)}",
            Event.OPERATOR_CANCELLED if settlement.operator else recovery_ended(settlement.workflow_id),
            settlement.operator or settlement.elector,
            settlement.workflow_id,
            outcome=settlement.ending,
            # An operator writes what it likes: no number or address stays in the evidence.
            detail=scrubbed(settlement.reason),
        )
        async with self._database.writing() as connection:
            await self._links.end(connection, settlement.links)
            await self._journal.record(connection, entry)
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
