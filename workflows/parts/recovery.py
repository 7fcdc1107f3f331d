"""The base of all recoveries: the lock over requests, the operators' handlers, the conditions of the end."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.recoveries.requests import OperatorAct, Requests, Settlement
from activities.sending.receipts import RECEIPT_SIGNAL, DeliveryReceipt
from election.stages import Stage
from election.verdicts import LinkVerdict
from workflows.contracts.messages import CancelRequest, RecoveryStatus, RecoveryTerms, RetryRequest
from workflows.contracts.options import DATABASE_ACTIVITY
from workflows.parts.message_delivery import MessageDelivery
from workflows.parts.operators import require_name
from workflows.parts.progress import Progress
from workflows.parts.security_notice import SecurityNotices


class Recovery(ABC):
    """The base of the recoveries; each subclass has its own `run`.

    A subclass defines the newest delivery (`_current`), its message (`_message`) and stage (`_delivery_stage`), and how
    an operator's cancellation ends it (`_cancel`).
    """

    def __init__(self, terms: RecoveryTerms) -> None:
        self._terms = terms
        self._id = workflow.info().workflow_id
        self._progress = Progress(terms.time_zone)
        self._notices = SecurityNotices()
        self._request_lock = asyncio.Lock()  # without it, two concurrent requests could both use the last send
        self._is_judged = False
        self._cancel_request = CancelRequest("")

    # An update where the caller waits for the answer, else a signal. Operators use the handlers with a description, from
    # the Temporal UI's menu.

    @workflow.update(description="Opérateur\u00a0: relancer l’envoi en échec")
    async def retry_send(self, request: RetryRequest) -> Stage:
        """Retry the failed send, and return the new stage."""
        await self._retry(request.operator)
        return self._progress.stage

    @retry_send.validator
    def _send_is_held(self, request: RetryRequest) -> None:
        require_name(request.operator)
        if self._progress.stage is not Stage.HELD:
            raise ApplicationError("Aucun envoi n’est en échec dans ce réassort.", type="NothingHeld")

    @workflow.signal(description="Opérateur\u00a0: relance en nombre (un lot ne peut qu’envoyer des signaux)")
    async def retry_send_all(self, request: RetryRequest) -> None:
        """Retry the failed send, as part of a batch operation."""
        await self._retry(request.operator)

    @workflow.update(
        description="Opérateur\u00a0: annuler le réassort\u202f; ce qui est déjà délivré reste valable"
    )
    async def cancel(self, request: CancelRequest) -> Stage:
        """Cancel the recovery, and return its ending; what was already reissued stays valid."""
        self._is_judged = True  # `run` stops waiting for a first request that was lost
        cancelled = self._current
        if await self._cancel():
            self._cancel_request = request
        else:
            by = (request.operator, self._progress.stage, request.reason)
            act = OperatorAct(workflow.uuid4().hex, self._id, *by)
            await workflow.execute_local_activity_method(Requests.note_cancel, act, **DATABASE_ACTIVITY)
        await workflow.wait_condition(lambda: self._progress.has_ended or self._is_replaced(cancelled))
        return self._progress.stage

    @cancel.validator
    def _operator_is_named(self, request: CancelRequest) -> None:
        require_name(request.operator)

    @workflow.signal(name=RECEIPT_SIGNAL)
    async def receipt(self, receipt: DeliveryReceipt) -> None:
        """Handle the delivery receipt of an SMS."""
        if self._message is not None:
            self._message.receive(receipt)

    @workflow.query(description="Où en est le réassort")
    def status(self) -> RecoveryStatus:
        """Return the state of the recovery, without any secret or contact."""
        return self._status()

    @property
    @abstractmethod
    def _current(self) -> object | None:
        """The newest delivery; earlier ones are replaced."""

    @property
    @abstractmethod
    def _message(self) -> MessageDelivery | None:
        """The message of the newest delivery."""

    @property
    @abstractmethod
    def _delivery_stage(self) -> Stage | None:
        """The stage of the newest delivery, or None when nothing is being delivered."""

    @abstractmethod
    def _status(self) -> RecoveryStatus:
        """Return the state of the recovery, without any secret or contact."""

    @abstractmethod
    async def _cancel(self) -> bool:
        """End the newest delivery; return False when there is nothing to end."""

    @property
    def _time_left(self) -> timedelta:
        """The time until requests close."""
        return max(self._terms.requests_close - workflow.now(), timedelta(0))

    async def _wait_for_first_request(self) -> None:
        """Return when a request was judged, or when requests close: the first request may be lost in a server crash."""
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self._is_judged, timeout=self._time_left)

    @asynccontextmanager
    async def _judging_one_request(self) -> AsyncIterator[None]:
        """Hold the request lock while a request is judged, and note that one was."""
        try:
            async with self._request_lock:
                yield
        finally:
            self._is_judged = True

    async def _wait_for_replacement(self, delivery: object | None) -> bool:
        """Return True once a newer delivery replaces this one, or False once the recovery may end."""
        await workflow.wait_condition(lambda: self._is_replaced(delivery) or self._may_end())
        return self._is_replaced(delivery)

    def _is_replaced(self, delivery: object | None) -> bool:
        return self._current is not delivery

    def _may_end(self) -> bool:
        return workflow.all_handlers_finished() and self._notices.are_done

    async def _retry(self, operator: str) -> None:
        if self._message is not None:
            await self._message.retry(operator)

    def _settlement(
        self, run_id: str, ending: Stage, key_ids: list[str], links: dict[str, LinkVerdict] | None = None
    ) -> Settlement:
        by = self._cancel_request if ending is Stage.CANCELLED else CancelRequest("")
        elector_id = self._terms.elector_id
        return Settlement(self._id, elector_id, run_id, ending, key_ids, links or {}, by.operator, by.reason)

    def _on_change(self) -> None:
        """Publish the stage of the newest delivery; the parts call this after each change."""
        stage = self._delivery_stage
        if stage is not None:
            self._publish(stage)

    def _publish(self, stage: Stage) -> None:
        self._progress.reach(stage)
        self._progress.publish(self._status())
