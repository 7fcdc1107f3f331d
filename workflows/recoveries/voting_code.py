"""A voting code, lost and reissued (2022). `run` reads as the voter lives it."""

from contextlib import suppress

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.recoveries.requests import Requests
from activities.sending.receipts import RECEIPT_SIGNAL, DeliveryReceipt
from election.proofs.kinds import Proof
from election.stages import Stage
from election.verdicts import LinkVerdict, Verdict
from workflows.contracts.messages import (
    Answer,
    Cancel,
    Click,
    LinkStatus,
    RecoveryStatus,
    RecoveryTerms,
    Retry,
    SealedCode,
    Submission,
)
from workflows.contracts.options import OWN_DATABASE
from workflows.parts.display_window import DisplayWindow
from workflows.parts.link_deliveries import LinkDeliveries
from workflows.parts.link_delivery import LinkDelivery
from workflows.parts.operators import require_name
from workflows.parts.progress import ENDING_OF, Progress
from workflows.parts.security_notice import SecurityNotice


@workflow.defn
class VotingCodeRecovery:
    """One elector's recovery of the voting code: at most one lives, by its workflow id."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        self._terms = terms
        self._id = workflow.info().workflow_id
        self._judged = False
        self._deliveries = LinkDeliveries(terms, self._show)
        self._display = DisplayWindow()
        self._notices: list[SecurityNotice] = []
        self._progress = Progress(terms)

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:  # noqa: ARG002 - __init__ has them
        """Prove, receive a link, open it, see the code, done; return how it ended."""
        with suppress(TimeoutError):  # a request that was lost with its server never comes
            await workflow.wait_condition(lambda: self._judged, timeout=self._deliveries.still_taken)
        while True:
            delivery = self._deliveries.current
            if delivery is None:
                self._show(Stage.REFUSED)
            else:
                await delivery.link_ends()
                await self._ended(delivery)
            # A newer request, taken at any moment before the end, opens another turn.
            await workflow.wait_condition(lambda: self._is_replaced(delivery) or self._may_end())  # noqa: B023
            if not self._is_replaced(delivery):
                return self._progress.stage

    # Updates and not signals: whoever calls waits for the answer. Those described are the operators',
    # in the Temporal UI's menu (the SDK's types know the result of the undescribed ones only).

    @workflow.update
    async def submit(self, request: Submission) -> Answer:
        """Judge a request; when it is taken, its link takes the place of any earlier one."""
        try:
            async with self._deliveries.one_at_a_time:
                claim = self._deliveries.claim(request)
                judge = Requests.judge_identity if request.proof is Proof.IDENTITY else Requests.judge_challenge
                judged = await workflow.execute_local_activity_method(judge, claim, **OWN_DATABASE)
                if claim.refusal is None and judged.verdict is Verdict.TAKEN:
                    self._deliveries.begin(request, claim.link_id)
            return Answer(claim.refusal or judged.verdict, judged.until)
        finally:
            self._judged = True

    @workflow.update
    async def send_again(self) -> Answer:
        """Send a new link where the last one went; the last one dies."""
        return await self._deliveries.send_again()

    @workflow.update
    async def open_link(self, click: Click) -> SealedCode:
        """Spend the link before the first await, and return the new code in its sealed box."""
        self._deliveries.spend(click.link_id)
        self._display = display = DisplayWindow(click.link_id)
        self._show(Stage.OPENED)
        issued = await display.issue(self._deliveries.reissue_code(click))
        given = display.begin(issued.box, self._terms.display_window)
        if display.code is not None:
            self._show(Stage.DISPLAYING)
        self._notices.append(SecurityNotice(self._deliveries.notice(click.link_id, issued.notice)))
        return given

    @open_link.validator
    def _link_is_live(self, click: Click) -> None:
        verdict = self._deliveries.verdict(click.link_id)
        if verdict is not LinkVerdict.LIVE:
            raise ApplicationError(verdict, type="LinkVerdict")

    @workflow.update
    async def noted(self, link_id: str) -> None:
        """End the window early: the code is not given to anyone any more."""
        if self._display.link_id == link_id:
            self._display.end()

    @workflow.update(description="Opérateur\u00a0: relancer l’envoi en échec")
    async def retry_send(self, retry: Retry) -> Stage:
        """Try a failed send again, and return the stage it leads to."""
        await self._deliveries.retry(retry.operator)
        return self._progress.stage

    @retry_send.validator
    def _send_is_held(self, retry: Retry) -> None:
        require_name(retry.operator)
        if self._progress.stage is not Stage.HELD:
            raise ApplicationError("Aucun envoi n’est en échec dans ce réassort.", type="NothingHeld")

    @workflow.signal(description="Opérateur\u00a0: relance en nombre (un lot ne peut qu’envoyer des signaux)")
    async def retry_send_all(self, retry: Retry) -> None:
        """Try a failed send again, as one of many."""
        await self._deliveries.retry(retry.operator)

    @workflow.update(description="Opérateur\u00a0: annuler le réassort\u202f; ses liens sont morts")
    async def cancel(self, cancel: Cancel) -> Stage:
        """End the recovery: no link of it works any more; a code that was reissued stays valid."""
        self._judged = True  # as above: it is waited for no longer
        cancelled = self._deliveries.current
        had_a_link = self._deliveries.cancel(cancel.operator, cancel.reason)
        self._display.end()
        if not had_a_link:
            await self._deliveries.note_cancel(cancel.operator, cancel.reason, self._progress.stage)
        await workflow.wait_condition(lambda: self._progress.ended or self._is_replaced(cancelled))
        return self._progress.stage

    @cancel.validator
    def _operator_is_named(self, cancel: Cancel) -> None:
        require_name(cancel.operator)

    @workflow.signal(name=RECEIPT_SIGNAL)
    async def receipt(self, receipt: DeliveryReceipt) -> None:
        """Take note of what became of an SMS."""
        if self._deliveries.current is not None:
            self._deliveries.current.message.receive(receipt)

    @workflow.query(description="Où en est le réassort")
    def status(self) -> RecoveryStatus:
        """Return where the recovery stands, without any secret or contact."""
        return self._progress.status(self._deliveries, self._display)

    @workflow.query(description="Ce qu’est devenu un lien")
    def link(self, link_id: str) -> LinkStatus:
        """Return what became of a link, and its sealed code while the window is open."""
        code = self._display.code if self._display.link_id == link_id else None
        return LinkStatus(self._deliveries.verdict(link_id), code)

    async def _ended(self, delivery: LinkDelivery) -> None:
        is_reissued = False
        if delivery.link.ending is LinkVerdict.USED:
            is_reissued = await self._display.closes(lambda: self._is_replaced(delivery))
        if self._is_replaced(delivery):
            return
        ending = Stage.REISSUED if is_reissued else ENDING_OF[delivery.link.ending]
        if not is_reissued:  # the reissue itself has settled everything
            await self._deliveries.settle(ending)
        if not self._is_replaced(delivery):
            self._show(ending)

    def _is_replaced(self, delivery: LinkDelivery | None) -> bool:
        return self._deliveries.current is not delivery

    def _may_end(self) -> bool:
        return workflow.all_handlers_finished() and all(notice.is_over for notice in self._notices)

    def _show(self, stage: Stage) -> None:
        self._progress.show(stage, self._deliveries, self._display)
