"""The recovery of a voting code (2022). `run` follows the voter's steps."""

from temporalio import workflow
from temporalio.exceptions import FailureError

from activities.recoveries.clicks import EndDisplay
from activities.recoveries.requests import Requests, VotingCodeClaim, VotingCodeSubmission
from activities.recoveries.voting_code import OpenLink, Reissue, VotingCodes
from election.proofs.kinds import Proof
from election.stages import Stage
from election.verdicts import LinkVerdict, Verdict
from workflows.contracts.messages import Answer, LinkStatus, RecoveryStatus, SealedSecret
from workflows.parts.display_window import DisplayWindow
from workflows.parts.link_delivery import Destination, LinkDelivery
from workflows.parts.link_recovery import LinkRecovery


@workflow.defn
class VotingCodeRecovery(LinkRecovery):
    """The recovery of one elector's voting code; the workflow id allows one running recovery at most."""

    def __init__(self) -> None:
        super().__init__()
        self._display = DisplayWindow()

    @workflow.run
    async def run(self) -> Stage:
        """Wait for a proven request, deliver its link, display the code once it is used, and return the ending."""
        await self._wait_for_first_request()
        while True:
            delivery = self._links.current
            if delivery is None:
                self._publish(Stage.REFUSED)
            else:
                await delivery.wait_for_end()
                await self._finish(delivery, is_reissued=await self._wait_until_displayed(delivery))
            # A request that is accepted before the end replaces the link: follow the new one.
            if not await self._wait_for_replacement(delivery):
                return self._progress.stage

    @workflow.update
    async def submit(self, submission: VotingCodeSubmission) -> Answer:
        """Judge a request and return the answer; the link of an accepted request replaces an earlier one."""
        async with self._judging_one_request():
            refusal, link = self._links.refusal(), self._links.new_link()
            verdict = refusal.verdict if refusal else None
            # The workflow's id says whose recovery this is.
            claim = VotingCodeClaim(self._id, self._subject, submission, link, verdict)
            judge = Requests.judge_identity if submission.proof is Proof.IDENTITY else Requests.judge_challenge
            judged = await self._judge_by(judge, claim)
            self._terms.agree(judged.terms)
            if refusal is None and judged.verdict is Verdict.ACCEPTED:
                where = (submission.request_id, submission.channel, submission.contact, submission.hint)
                self._links.begin(Destination(*where, submission.language), link.link_id)
            told = (submission.request_id, judged.verdict, judged.notice, submission.channel)
            self._send_request_notice(*told, submission.language)
            return refusal or Answer(judged.verdict, judged.until)

    @workflow.update
    async def send_again(self) -> Answer:
        """Send a new link to the last destination; it replaces the last link."""
        async with self._one_request():
            return await self._links.send_again(lambda: self._waiting_requests > 0)

    @workflow.update
    async def open_link(self, click: OpenLink) -> SealedSecret:
        """Mark the link as used before the first await, and return the sealed new code."""
        self._links.spend(click.link_id)
        self._display = display = DisplayWindow(click.link_id)
        self._publish(Stage.OPENED)
        order = Reissue(
            self._id,
            self._subject,
            self._links.channel(click.link_id),
            click,
            self._settled_links(),
        )
        try:
            issued = await display.issue(self._database.run(VotingCodes.reissue_voting_code, order))
        except FailureError:
            self._links.fail(click.link_id)
            raise
        sealed_code = display.begin(issued.box, self._terms().display_window)
        if display.secret is not None:
            self._publish(Stage.DISPLAYING)
        self._notices.send(self._links.notice(click.link_id, issued.notice))
        return sealed_code

    @open_link.validator
    def _link_is_live(self, click: OpenLink) -> None:
        self._require_usable(click)

    @workflow.update
    async def end_display(self, noted: EndDisplay) -> None:
        """End the display window early: the voter has noted the code."""
        if self._display.link_id == noted.link_id:
            self._display.end()
            await self._note_end_of_display()

    @end_display.validator
    def _is_noted_by_the_voter(self, noted: EndDisplay) -> None:
        self._require_from_web(noted)

    @workflow.query(description="Ce qu’est devenu un lien")
    def link(self, link_id: str) -> LinkStatus:
        """Return the verdict on a link, and the sealed code while the window is open."""
        sealed_code = self._display.secret if self._display.link_id == link_id else None
        return LinkStatus(self._links.verdict(link_id), sealed_code)

    async def _wait_until_displayed(self, delivery: LinkDelivery) -> bool:
        """Return True when the display window of a used link has ended, False when no code was reissued."""
        if delivery.link.ending is not LinkVerdict.USED:
            return False
        return await self._display.wait_for_end(lambda: self._is_replaced(delivery))

    def _status(self) -> RecoveryStatus:
        return self._display.add_to_status(super()._status())

    async def _cancel(self, verdict: LinkVerdict = LinkVerdict.CANCELLED) -> bool:
        self._display.end()
        return await super()._cancel(verdict)
