"""An identifier, lost and replaced by SMS (2018). `run` reads as the voter lives it."""

import asyncio
from contextlib import suppress

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.recoveries.identifier import DrawnIdentifier, IdentifierClaim, Identifiers
from activities.recoveries.requests import OperatorAct, Requests
from activities.sending.messaging import Notice
from activities.sending.receipts import RECEIPT_SIGNAL, DeliveryReceipt
from election.stages import Channel, Stage
from election.verdicts import Verdict
from workflows.contracts.messages import Answer, Cancel, RecoveryStatus, RecoveryTerms, Retry, Submission
from workflows.contracts.options import OWN_DATABASE
from workflows.parts.identifier_by_sms import IdentifierDelivery, still_taken
from workflows.parts.operators import require_name
from workflows.parts.progress import Progress
from workflows.parts.security_notice import SecurityNotice


@workflow.defn
class IdentifierRecovery:
    """The recovery of one NUMEN's identifier: at most one lives, by its workflow id."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        self._terms = terms
        self._id = workflow.info().workflow_id
        self._judged = False
        self._one_at_a_time = asyncio.Lock()
        self._requests: list[str] = []
        self._current: IdentifierDelivery | None = None
        self._following: asyncio.Task[None] | None = None
        self._notices: list[SecurityNotice] = []
        self._cancel = Cancel("")
        self._progress = Progress(terms)

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:
        """Prove, receive the new identifier, done; return how it ended."""
        with suppress(TimeoutError):  # a request that was lost with its server never comes
            await workflow.wait_condition(lambda: self._judged, timeout=still_taken(terms))
        while True:
            delivery = self._current
            if delivery is None:
                self._show(Stage.REFUSED)
            else:
                await delivery.ends()
                await self._ended(delivery)
            # A newer request, taken at any moment before the end, opens another turn.
            await workflow.wait_condition(lambda: self._current is not delivery or self._may_end())  # noqa: B023
            if self._current is delivery:
                return self._progress.stage

    @workflow.update
    async def submit(self, request: Submission) -> Answer:
        """Judge a request of an elector who has signed in, who waits for the answer."""
        return await self._take(request)

    @workflow.signal
    async def ask(self, request: Submission) -> None:
        """Judge a request of somebody who has not signed in, and is answered the same whatever it is."""
        if request.request not in self._requests:  # a form that was sent twice
            await self._take(request)

    @workflow.update(description="Opérateur\u00a0: relancer l’envoi en échec")
    async def retry_send(self, retry: Retry) -> Stage:
        """Try a failed send again, with the same identifier, and return the stage it leads to."""
        await self._retry(retry.operator)
        return self._progress.stage

    @retry_send.validator
    def _send_is_held(self, retry: Retry) -> None:
        require_name(retry.operator)
        if self._progress.stage is not Stage.HELD:
            raise ApplicationError("Aucun envoi n’est en échec dans ce réassort.", type="NothingHeld")

    @workflow.signal(description="Opérateur\u00a0: relance en nombre (un lot ne peut qu’envoyer des signaux)")
    async def retry_send_all(self, retry: Retry) -> None:
        """Try a failed send again, as one of many."""
        await self._retry(retry.operator)

    @workflow.update(description="Opérateur\u00a0: annuler le réassort\u202f; l’ancien identifiant reste valable")
    async def cancel(self, cancel: Cancel) -> Stage:
        """End the recovery; an identifier whose SMS was taken stays valid, else the old one does."""
        self._judged, delivery = True, self._current
        await workflow.wait_condition(lambda: delivery is None or not delivery.is_activating)
        if delivery is None or delivery.is_over() or (delivery.is_activated and not delivery.message.fault):
            by = (cancel.operator, self._progress.stage, cancel.reason)
            act = OperatorAct(workflow.uuid4().hex, self._id, *by)
            await workflow.execute_local_activity_method(Requests.note_cancel, act, **OWN_DATABASE)
            if delivery is not None:
                delivery.end(Stage.REISSUED)
        else:
            self._cancel = cancel
            self._abandon(delivery)
        await workflow.wait_condition(lambda: self._progress.ended or self._current is not delivery)
        return self._progress.stage

    @cancel.validator
    def _operator_is_named(self, cancel: Cancel) -> None:
        require_name(cancel.operator)

    @workflow.signal(name=RECEIPT_SIGNAL)
    async def receipt(self, receipt: DeliveryReceipt) -> None:
        """Take note of what became of the SMS."""
        if self._current is not None and not self._current.is_over():
            self._current.message.receive(receipt)

    @workflow.query(description="Où en est le réassort")
    def status(self) -> RecoveryStatus:
        """Return where the recovery stands, without any secret or contact."""
        stage, since, current = self._progress.stage, self._progress.since, self._current
        if current is None:
            return RecoveryStatus(stage, since)
        message, hint = current.message, current.submission.hint
        times = (message.accepted_at, message.delivered_at)
        return RecoveryStatus(stage, since, Channel.SMS, hint, *times, fault=message.fault)

    async def _take(self, request: Submission) -> Answer:
        self._requests.append(request.request)
        try:
            async with self._one_at_a_time:
                refusal = None if still_taken(self._terms) else Verdict.CLOSED
                failed = self._current.id if self._current and self._current.message.fault else ""
                claim = IdentifierClaim(
                    self._id, request.request, request.proofs, request.contact, refusal, failed
                )
                drawn: DrawnIdentifier = await workflow.execute_local_activity_method(
                    Identifiers.judge_identifier, claim, **OWN_DATABASE
                )
                if drawn.identifier:
                    self._begin(request, drawn.identifier)
            return Answer(drawn.verdict, drawn.until)
        finally:
            self._judged = True

    def _begin(self, request: Submission, identifier: str) -> None:
        self._abandon(self._current)
        self._current = IdentifierDelivery(self._terms, request, identifier, self._changed, self._works)
        self._following = asyncio.create_task(self._current.message.follow())
        self._changed()

    def _abandon(self, delivery: IdentifierDelivery | None) -> None:
        if delivery is not None:
            delivery.end(Stage.CANCELLED)
        if self._following is not None and not (delivery and delivery.is_activating):
            self._following.cancel()

    async def _retry(self, operator: str) -> None:
        held = self._current
        if held is None or held.is_over() or not held.message.fault or not operator.strip():
            return
        act = OperatorAct(workflow.uuid4().hex, self._id, operator, held.message.fault)
        held.message.retry()
        await workflow.execute_local_activity_method(Requests.note_retry, act, **OWN_DATABASE)

    def _works(self, request: str, address: str) -> None:
        told = Notice(self._id, request, address, Channel.SMS, workflow.now())
        self._notices.append(SecurityNotice(told))

    async def _ended(self, delivery: IdentifierDelivery) -> None:
        if self._current is delivery:
            await delivery.settle(self._requests, self._cancel)
        if self._current is delivery and delivery.ending is not None:
            self._show(delivery.ending)

    def _may_end(self) -> bool:
        return workflow.all_handlers_finished() and all(notice.is_over for notice in self._notices)

    def _changed(self) -> None:
        if self._current is not None and not self._current.is_over():
            self._show(self._current.message.stage)

    def _show(self, stage: Stage) -> None:
        self._progress.reach(stage)
        self._progress.tell(self.status())
