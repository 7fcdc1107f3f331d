"""The activities of recoveries by link: judge a request, renew a link, settle; one transaction each, idempotent by ids."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.accounts.credentials import lock_elector
from activities.accounts.password_wait import PasswordWait
from activities.evidence.journal import Entry, Event, Journal
from activities.limits.reissue_limit import ReissueLimit
from activities.limits.sms_limits import SmsLimits
from activities.objections.pauses import ObjectionPauses
from activities.progress import rows as progress
from activities.progress.rows import LinkOf
from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.proofs.challenge import ChallengeProof
from activities.proofs.identity import IdentityProof
from activities.proofs.judgement import JudgedRequest, Judgement
from activities.recoveries.links import Links, NewLink
from activities.recoveries.request_notices import RequestNotices
from activities.recoveries.terms import Terms
from activities.security.hashing import encode_fields
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import Envelope, Vault, key_id
from activities.store.database import Database
from election.procedures import Procedure
from election.proofs.identity import CivilIdentity
from election.proofs.kinds import Proof
from election.stages import Channel
from election.text.translation import SOURCE
from election.verdicts import Verdict

_FRANCECONNECT = "FranceConnect"  # names the proof in the journal


@dataclass(frozen=True)
class VotingCodeSubmission:
    """A request for a voting code: `proofs` and `contact` are sealed, `hint` is the masked destination.

    `wording` is the id of the sentence that the voter agreed to, `language` the one in which the message is to be.
    `proof` is the kind of the sealed proofs: the challenge answer with NUMEN or NIR, or a civil identity.
    """

    request_id: str
    channel: Channel
    proofs: str
    contact: str
    hint: str
    proof: Proof = Proof.CHALLENGE
    wording: str = ""
    language: str = SOURCE


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
class Renewal:
    """A new link for a request that was accepted before; `contact` is its envelope, sealed under `request_id`."""

    workflow_id: str
    elector_id: str
    channel: str
    link: NewLink
    request_id: str = ""
    contact: str = ""


# An attempt has the id of its request, which depends on what was typed: the same form sent again, to another run too, is
# counted once.
_CheckProofs = Callable[[VotingCodeClaim, dict[str, str]], Awaitable[Judgement]]


class Requests:
    """The database activities of the recoveries; workflows run them as local activities."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        attempts: Attempts,
        challenge: ChallengeProof,
        identity: IdentityProof,
        password_wait: PasswordWait,
        notices: RequestNotices,
        links: Links,
        journal: Journal,
        sms_limits: SmsLimits,
        pauses: ObjectionPauses,
        reissues: ReissueLimit,
        terms: Terms,
    ) -> None:
        self._database = database
        self._vault = vault
        self._attempts = attempts
        self._challenge = challenge
        self._identity = identity
        self._password_wait = password_wait
        self._notices = notices
        self._links = links
        self._journal = journal
        self._sms_limits = sms_limits
        self._pauses = pauses
        self._reissues = reissues
        self._terms = terms

    @activity.defn
    async def judge_challenge(self, claim: VotingCodeClaim) -> JudgedRequest:
        """Return the verdict on a claim; if it is ACCEPTED, the link is registered.

        The key of the proofs is destroyed, and that of a refused contact. A second run reads the verdict from the
        journal.
        """
        return await self._judge(claim, self._check_challenge)

    @activity.defn
    async def judge_identity(self, claim: VotingCodeClaim) -> JudgedRequest:
        """Return the same for a claim whose proof is an identity from FranceConnect."""
        return await self._judge(claim, self._check_identity, _FRANCECONNECT)

    async def _judge(self, claim: VotingCodeClaim, check: _CheckProofs, detail: str = "") -> JudgedRequest:
        # The id depends on the sealed proofs, so that a form sent again with other proofs is judged again, and on the
        # link, so that sealed proofs copied from a history are no proof for another link.
        entry_id = f"{sha256(encode_fields(claim.link.link_id, claim.submission.proofs)).hexdigest()}:judged"
        earlier = await self._journal.outcome(entry_id)
        if earlier is not None:
            async with self._database.writing() as connection:
                return await self._answer(connection, claim, Judgement(Verdict(earlier)))
        refusal, number = claim.refusal or self._terms.proof_refusal(claim.submission.proof), ""
        if refusal:
            judgement = Judgement(refusal)
        else:
            proofs, number = await self._unseal(claim)
            judgement = await check(claim, json.loads(proofs))
        request_id = claim.submission.request_id
        async with self._database.writing() as connection:
            if not refusal:
                judgement = await self._judge_within(connection, claim, judgement, number)
            await self._journal.record(connection, _judged(entry_id, claim, judgement.verdict, detail))
            purposes = [PROOFS] if judgement.verdict is Verdict.ACCEPTED else [PROOFS, CONTACT]
            await self._vault.destroy(connection, [key_id(request_id, purpose) for purpose in purposes])
            answer = await self._answer(connection, claim, judgement)
            await self._note_progress(connection, claim, judgement.verdict)
        return answer

    async def _note_progress(self, connection: AsyncConnection, claim: VotingCodeClaim, verdict: Verdict) -> None:
        if verdict is not Verdict.ACCEPTED:
            await progress.refuse(connection, claim.workflow_id)
        else:
            to = claim.submission
            await self._begin(connection, claim.workflow_id, claim.link, to.channel, to.hint)

    async def _begin(
        self, connection: AsyncConnection, workflow_id: str, link: NewLink, channel: Channel, hint: str | None
    ) -> None:
        terms = self._terms.of(Procedure.VOTING_CODE, "")
        left, dies_at = terms.max_sends - link.number, terms.links_expire
        of = LinkOf(workflow_id, link.link_id)
        await progress.begin(connection, of, channel, hint=hint, sends_left=left, dies_at=dies_at)

    async def _answer(
        self, connection: AsyncConnection, claim: VotingCodeClaim, judged: Judgement
    ) -> JudgedRequest:
        of = (claim.workflow_id, claim.submission.request_id, claim.elector_id)
        notice = await self._notices.seal(connection, *of, judged.verdict, _attempt(claim))
        terms = self._terms.of(Procedure.VOTING_CODE, claim.elector_id)
        return JudgedRequest(judged.verdict, judged.until, notice, terms)

    async def _judge_within(
        self, connection: AsyncConnection, claim: VotingCodeClaim, judged: Judgement, number: str
    ) -> Judgement:
        """Return OBJECTED while a pause stands, so that no answer tells whether the proofs were right, or accept those that are.

        No attempt counts then: a right one is no failure, and the answer PAUSED would tell the wrong ones.
        """
        await lock_elector(connection, claim.elector_id)
        objected = await self._pauses.refusal_within(connection, claim.elector_id)
        if objected:
            await self._attempts.forgive_within(connection, _attempt(claim))
            return Judgement(objected)
        return await self._accept(connection, claim, number) if judged.verdict is Verdict.ACCEPTED else judged

    async def _accept(self, connection: AsyncConnection, claim: VotingCodeClaim, number: str) -> Judgement:
        """Register the link of a proven request and return ACCEPTED, or return the verdict of the limit that is reached."""
        elector_id = claim.elector_id
        is_challenge = claim.submission.proof is Proof.CHALLENGE
        until = await self._password_wait.until_within(connection, elector_id) if is_challenge else None
        if until:
            return Judgement(Verdict.AFTER_PASSWORD_RECOVERY, until)
        await self._attempts.reset_within(connection, elector_id, AttemptScope.RECOVERY)
        if await self._reissues.left_within(connection, elector_id) <= 0:
            return Judgement(Verdict.REISSUE_LIMIT)
        return await self._register(connection, claim.workflow_id, claim.link, elector_id, number)

    async def _register(
        self, connection: AsyncConnection, workflow_id: str, link: NewLink, elector_id: str, number: str
    ) -> Judgement:
        """Register a link, and count its SMS if it goes to a number; return the same."""
        refused = await self._sms_limits.count(connection, link.link_id, elector_id, number) if number else None
        if refused is None:
            await self._links.register(connection, workflow_id, link, elector_id)
        return refused or Judgement(Verdict.ACCEPTED)

    async def _check_challenge(self, claim: VotingCodeClaim, proofs: dict[str, str]) -> Judgement:
        until = await self._password_wait.until(claim.elector_id)
        if until:
            return Judgement(Verdict.AFTER_PASSWORD_RECOVERY, until)
        request_id = claim.submission.request_id
        return await self._challenge.check(claim.elector_id, request_id, proofs["answer"], proofs["proof"])

    async def _check_identity(self, claim: VotingCodeClaim, proofs: dict[str, str]) -> Judgement:
        return await self._identity.check(claim.elector_id, claim.submission.request_id, CivilIdentity(**proofs))

    async def _unseal(self, claim: VotingCodeClaim) -> tuple[str, str]:
        """Return the proofs, and the number that an SMS goes to, or an empty string for another channel."""
        of, is_sms = claim.submission, claim.submission.channel is Channel.SMS
        sealed = [(PROOFS, of.proofs), (CONTACT, of.contact)] if is_sms else [(PROOFS, of.proofs)]
        async with self._database.reading() as connection:
            envelopes = [Envelope(of.request_id, *each) for each in sealed]
            proofs, *numbers = await self._vault.unseal_within(connection, claim.workflow_id, envelopes)
        return proofs, "".join(numbers)

    @activity.defn
    async def renew_link(self, renewal: Renewal) -> Judgement:
        """Register a new link, which replaces the live one, or return why none can be sent; journal it."""
        link, workflow_id, elector_id = renewal.link, renewal.workflow_id, renewal.elector_id
        contact = (workflow_id, renewal.request_id, CONTACT, renewal.contact)
        number = await self._vault.unseal(*contact) if renewal.channel == Channel.SMS else ""
        async with self._database.writing() as connection:
            await lock_elector(connection, elector_id)
            judgement = await self._renew_within(connection, renewal, number)
            verdict, where = judgement.verdict, (elector_id, workflow_id, renewal.channel)
            is_renewed = verdict is Verdict.ACCEPTED
            entry = (
                Entry(f"{link.link_id}:renewed", Event.LINK_RENEWED, *where)
                if is_renewed
                else Entry(f"{link.link_id}:not-renewed", Event.REQUEST_REFUSED, *where, verdict)
            )
            await self._journal.record(connection, entry)
            if is_renewed:
                await self._begin(connection, workflow_id, link, Channel(renewal.channel), None)
        return judgement

    async def _renew_within(self, connection: AsyncConnection, renewal: Renewal, number: str) -> Judgement:
        objected = await self._pauses.refusal_within(connection, renewal.elector_id)
        if objected:
            return Judgement(objected)
        if not await self._links.is_renewable(connection, renewal.link):
            return Judgement(Verdict.NOTHING_TO_SEND)
        return await self._register(connection, renewal.workflow_id, renewal.link, renewal.elector_id, number)


def _attempt(claim: VotingCodeClaim) -> Attempt:
    return Attempt(claim.elector_id, AttemptScope.RECOVERY, claim.submission.request_id)


def _judged(entry_id: str, claim: VotingCodeClaim, verdict: Verdict, detail: str) -> Entry:
    event = Event.REQUEST_ACCEPTED if verdict is Verdict.ACCEPTED else Event.REQUEST_REFUSED
    channel, wording = claim.submission.channel, claim.submission.wording
    return Entry(entry_id, event, claim.elector_id, claim.workflow_id, channel, verdict, detail, wording)
