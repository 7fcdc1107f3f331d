"""Every delivery of one recovery: the newest is the live one, the others' links are dead."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow

from activities.recoveries.requests import ChallengeClaim, OperatorAct, Renewal, Requests, Settlement
from activities.recoveries.voting_code import Reissue, Reissued, VotingCodes
from activities.security.purposes import CONTACT
from activities.security.vault import key_id
from activities.sending.messaging import Notice
from election.stages import Stage
from election.verdicts import LinkVerdict, Verdict
from workflows.contracts.messages import Answer, Click, RecoveryTerms, Submission
from workflows.contracts.options import OWN_DATABASE
from workflows.parts.link_delivery import LinkDelivery


class LinkDeliveries:
    """Begins deliveries, one in place of the other, and knows what became of each link."""

    def __init__(self, terms: RecoveryTerms, show: Callable[[Stage], None]) -> None:
        self.current: LinkDelivery | None = None
        self.one_at_a_time = asyncio.Lock()  # or two requests at once would both have the last send
        self._terms = terms
        self._workflow_id = workflow.info().workflow_id
        self._show = show
        self._all: dict[str, LinkDelivery] = {}
        self._following: asyncio.Task[None] | None = None
        self._operator = ""
        self._reason = ""

    @property
    def left(self) -> int:
        """How many more sends this recovery has."""
        return self._terms.sends - len(self._all)

    @property
    def still_taken(self) -> timedelta:
        """For how long requests can still be taken."""
        return max(self._terms.requests_close - workflow.now(), timedelta(0))

    def claim(self, request: Submission) -> ChallengeClaim:
        """Return what is to be judged of a request, and which link it is to have."""
        return ChallengeClaim(
            workflow_id=self._workflow_id,
            elector=self._terms.elector,
            request=request.request,
            proofs=request.proofs,
            link_id=workflow.uuid4().hex,
            channel=request.channel,
            refusal=self._refusal(),
            replaces=self.current.id if self.current else "",
        )

    def begin(self, submission: Submission, link_id: str) -> None:
        """Send a new link; the one before it, if any, is replaced."""
        if self.current is not None:
            self.current.link.end(LinkVerdict.REPLACED)
        if self._following is not None:
            self._following.cancel()
        self.current = LinkDelivery(self._terms, submission, link_id, self._changed)
        self._all[link_id] = self.current
        self._following = asyncio.create_task(self.current.message.follow())
        self._changed()

    async def send_again(self) -> Answer:
        """Send a new link where the last one went; return why not, when it cannot be."""
        async with self.one_at_a_time:
            return await self._renew()

    async def _renew(self) -> Answer:
        former = self.current
        if former is None or former.link.ending is not LinkVerdict.LIVE:
            return Answer(Verdict.NOTHING_TO_SEND)
        if workflow.now() < former.message.again_at:
            return Answer(Verdict.TOO_SOON, former.message.again_at)
        refusal = self._refusal()
        if refusal is not None:
            return Answer(refusal)
        request = former.submission
        renewal = Renewal(self._workflow_id, self._terms.elector, workflow.uuid4().hex, request.channel, former.id)
        await workflow.execute_local_activity_method(Requests.renew_link, renewal, **OWN_DATABASE)
        if former.link.verdict(workflow.now()) is not LinkVerdict.LIVE:
            return Answer(Verdict.NOTHING_TO_SEND)  # clicked or cancelled meanwhile
        self.begin(request, renewal.link_id)
        return Answer(Verdict.TAKEN)

    async def retry(self, operator: str) -> None:
        """Try a failed send again, and journal who had it tried; without a name, or a failure, do nothing."""
        held = self.current
        if held is None or held.link.has_ended() or not held.message.fault or not operator.strip():
            return
        act = OperatorAct(workflow.uuid4().hex, self._workflow_id, operator, held.message.fault)
        held.message.retry()
        await workflow.execute_local_activity_method(Requests.note_retry, act, **OWN_DATABASE)

    def spend(self, link_id: str) -> None:
        """Let a link have been used; sends that are still being tried are let go."""
        self._all[link_id].link.end(LinkVerdict.USED)
        if self._following is not None:
            self._following.cancel()

    def cancel(self, operator: str, reason: str) -> bool:
        """End the live link in the name of an operator; say whether there was one."""
        if self.current is None or self.current.link.has_ended():
            return False
        self.current.link.end(LinkVerdict.CANCELLED)
        self._operator, self._reason = operator, reason
        return True

    async def note_cancel(self, operator: str, reason: str, stage: Stage) -> None:
        """Journal an operator's cancellation that settles no link."""
        act = OperatorAct(workflow.uuid4().hex, self._workflow_id, operator, stage, reason)
        await workflow.execute_local_activity_method(Requests.note_cancel, act, **OWN_DATABASE)

    def verdict(self, link_id: str) -> LinkVerdict:
        """Return what became of a link of this recovery."""
        delivery = self._all.get(link_id)
        return delivery.link.verdict(workflow.now()) if delivery else LinkVerdict.UNKNOWN

    def reissue(self, click: Click) -> Reissue:
        """Return the order to reissue the code to the browser that clicked, and to settle the rest."""
        channel = self._all[click.link_id].submission.channel
        return Reissue(
            workflow_id=self._workflow_id,
            elector=self._terms.elector,
            link_id=click.link_id,
            channel=channel,
            public_key=click.public_key,
            links=self._endings(),
            keys=self._keys(),
            word=click.word,
        )

    async def reissue_code(self, click: Click) -> Reissued:
        """Have the voting code reissued, and return what came of it."""
        reissue, order = VotingCodes.reissue_voting_code, self.reissue(click)
        return await workflow.execute_local_activity_method(reissue, order, **OWN_DATABASE)

    def notice(self, link_id: str, address: str) -> Notice:
        """Return what the work mailbox is to be told of a code that was reissued now."""
        channel = self._all[link_id].submission.channel
        return Notice(self._workflow_id, link_id, address, channel, workflow.now())

    async def settle(self, ending: Stage) -> None:
        """Destroy the keys and let the roll database know what became of the links."""
        await workflow.execute_local_activity_method(Requests.settle, self.settlement(ending), **OWN_DATABASE)

    def settlement(self, ending: Stage) -> Settlement:
        """Return what the roll database is to be told of the end: what became of links, the keys to destroy."""
        last = self.current.link.id if self.current else ""
        by = (self._operator, self._reason) if ending is Stage.CANCELLED else ("", "")
        return Settlement(self._workflow_id, self._terms.elector, last, ending, self._keys(), self._endings(), *by)

    def _refusal(self) -> Verdict | None:
        if workflow.now() >= self._terms.requests_close:
            return Verdict.CLOSED
        return Verdict.TOO_MANY_SENDS if self.left <= 0 else None

    def _changed(self) -> None:
        if self.current is not None and not self.current.link.has_ended():
            self._show(self.current.message.stage)

    def _endings(self) -> dict[str, LinkVerdict]:
        ended = {link_id: each.link.ending for link_id, each in self._all.items()}
        return {link_id: ending for link_id, ending in ended.items() if ending is not LinkVerdict.LIVE}

    def _keys(self) -> list[str]:
        return sorted({key_id(each.submission.request, CONTACT) for each in self._all.values()})
