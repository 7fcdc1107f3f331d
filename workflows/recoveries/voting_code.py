"""A voting code, lost and reissued (2022). `run` reads as the voter lives it."""

from temporalio import workflow

from activities.recoveries.requests import Claim, Requests, Submission
from activities.recoveries.voting_code import OpenLink, Reissue, VotingCodes
from election.proofs.kinds import Proof
from election.stages import Stage
from election.verdicts import LinkVerdict, Verdict
from workflows.contracts.messages import Answer, LinkStatus, RecoveryStatus, RecoveryTerms, SealedCode
from workflows.contracts.options import OWN_DATABASE
from workflows.parts.display_window import DisplayWindow
from workflows.parts.link_delivery import Destination, LinkDelivery
from workflows.parts.link_recovery import LinkRecovery


@workflow.defn
class VotingCodeRecovery(LinkRecovery):
    """The recovery of one elector's voting code: its workflow id allows one live recovery at most."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        super().__init__(terms)
        self._display = DisplayWindow()

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:  # noqa: ARG002 - __init__ has them
        """Prove, receive a link, open it, see the code, done; return how it ended."""
        await self._first_request()
        while True:
            delivery = self._links.current
            if delivery is None:
                self._show(Stage.REFUSED)
            else:
                await delivery.link_ends()
                await self._finish(delivery, is_reissued=await self._code_was_shown(delivery))
            # A newer request, taken at any moment before the end, opens another turn.
            if not await self._is_replaced_at_last(delivery):
                return self._progress.stage

    @workflow.update
    async def submit(self, submission: Submission) -> Answer:
        """Judge a request; when it is taken, its link replaces any earlier one."""
        async with self._one_request():
            refusal, link = self._links.refusal(), self._links.new_link()
            claim = Claim(self._id, self._terms.elector_id, submission, link, refusal)
            judge = Requests.judge_identity if submission.proof is Proof.IDENTITY else Requests.judge_challenge
            judged = await workflow.execute_local_activity_method(judge, claim, **OWN_DATABASE)
            if refusal is None and judged.verdict is Verdict.TAKEN:
                to = Destination(submission.request_id, submission.channel, submission.contact, submission.hint)
                self._links.begin(to, link.link_id)
            return Answer(refusal or judged.verdict, judged.until)

    @workflow.update
    async def send_again(self) -> Answer:
        """Send a new link where the last one went; the last one dies."""
        async with self._request_lock:
            return await self._links.send_again()

    @workflow.update
    async def open_link(self, click: OpenLink) -> SealedCode:
        """Spend the link before the first await, and return the new code in its sealed box."""
        self._links.spend(click.link_id)
        self._display = display = DisplayWindow(click.link_id)
        self._show(Stage.OPENED)
        order = Reissue(
            self._id,
            self._terms.elector_id,
            self._links.channel(click.link_id),
            click,
            self._settled_links(),
        )
        reissue = workflow.execute_local_activity_method(VotingCodes.reissue_voting_code, order, **OWN_DATABASE)
        issued = await display.issue(reissue)
        given = display.begin(issued.box, self._terms.display_window)
        if display.code is not None:
            self._show(Stage.DISPLAYING)
        self._notices.send(self._links.notice(click.link_id, issued.notice))
        return given

    @open_link.validator
    def _link_is_live(self, click: OpenLink) -> None:
        self._links.require_live(click.link_id)

    @workflow.update
    async def noted(self, link_id: str) -> None:
        """End the window early: the code is not given to any browser any more."""
        if self._display.link_id == link_id:
            self._display.end()

    @workflow.query(description="Ce qu’est devenu un lien")
    def link(self, link_id: str) -> LinkStatus:
        """Return what became of a link, and its sealed code while the window is open."""
        code = self._display.code if self._display.link_id == link_id else None
        return LinkStatus(self._links.verdict(link_id), code)

    async def _code_was_shown(self, delivery: LinkDelivery) -> bool:
        """Return once the window of a used link has closed; False when no code was reissued."""
        if delivery.link.ending is not LinkVerdict.USED:
            return False
        return await self._display.closes(lambda: self._is_replaced(delivery))

    def _status(self) -> RecoveryStatus:
        return self._display.shown_in(super()._status())

    async def _cancel(self) -> bool:
        self._display.end()
        return await super()._cancel()
