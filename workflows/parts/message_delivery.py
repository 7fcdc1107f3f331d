"""The delivery of one message, followed to its end: accepted by a gateway, delivered, late or failed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.recoveries.requests import OperatorAct, Requests
from activities.sending.message_sender import Acceptance
from activities.sending.receipts import DeliveryReceipt
from election.stages import Channel, Stage
from workflows.contracts.messages import RecoveryTerms
from workflows.contracts.options import DATABASE_ACTIVITY

# Errors whose message is one of our own codes; the message of any other error may contain personal data.
_CODED_FAULTS = {"GatewayRefusedError", "GatewayUnavailableError", "EnvelopeError"}


class Deliverable(Protocol):
    """What a message delivers, a link or a new identifier; the delivery calls it at each change."""

    @property
    def id(self) -> str:
        """The id of the link or of the identifier's delivery; its message ids begin with it."""

    @property
    def channel(self) -> Channel:
        """The channel of the message."""

    def has_ended(self) -> bool:
        """Return whether its message is no longer needed."""

    async def send(self, send_number: int) -> Acceptance:
        """Send the message, with the activity's retries, and return the gateway's acceptance.

        `send_number` is 1 for the first send, and one more for each send that an operator retries.

        Raises:
            ActivityError: no gateway accepted it within the time for retries, or one refused it for good.
        """

    def on_accepted(self, at: datetime) -> None:
        """Called when a gateway has accepted the message and no failure is known."""

    def on_delivered(self, at: datetime) -> None:
        """Called when the delivery receipt has come."""

    def on_failed(self) -> None:
        """Called when the send has failed for good and is held."""


class MessageDelivery:
    """Sends a message and keeps its state; a final failure is held for an operator or the voter."""

    def __init__(self, terms: RecoveryTerms, deliverable: Deliverable, on_change: Callable[[], None]) -> None:
        self.begun_at = workflow.now()
        self.accepted_at: datetime | None = None
        self.delivered_at: datetime | None = None
        self.fault = ""
        self.is_late = False
        self._terms = terms
        self._deliverable = deliverable
        self._on_change = on_change
        self._send_number = 0
        self._is_retry_requested = False

    @property
    def stage(self) -> Stage:
        """The stage of this delivery."""
        if self.fault:
            return Stage.HELD
        if self.is_late and not self._counts_as_delivered:
            return Stage.LATE
        return Stage.SENT if self.accepted_at else Stage.SENDING

    @property
    def send_again_at(self) -> datetime:
        """When the voter may ask for another send; immediately when this one has failed."""
        return self.begun_at if self.fault else self.begun_at + self._terms.between_sends

    @property
    def late_at(self) -> datetime | None:
        """When the message becomes late; None when it is late, delivered or failed."""
        if self._counts_as_delivered or self.is_late or self.fault:
            return None
        return self.begun_at + self._terms.late_after

    async def follow(self) -> None:
        """Send until a gateway accepts the message, hold a final failure, and send again on a retry."""
        while not self._deliverable.has_ended():
            self._send_number += 1
            self._is_retry_requested = False
            try:
                await self._deliverable.send(self._send_number)
            except ActivityError as error:
                self._hold(_reason(error))
            else:
                self._accept()
            await workflow.wait_condition(lambda: self._is_retry_requested or self._deliverable.has_ended())

    async def wait_until(self, deadline: Callable[[], datetime], summary: str) -> None:
        """Return when the deliverable is over or its deadline has passed; mark the message late on the way.

        One timer at a time: a new one starts only when the next instant has moved earlier. `summary` is the
        timer's summary in the Temporal UI.
        """

        def next_instant() -> datetime:
            return min(self.late_at or deadline(), deadline())

        while not self._deliverable.has_ended():
            instant = next_instant()
            try:
                await workflow.wait_condition(
                    lambda: self._deliverable.has_ended() or next_instant() < instant,  # noqa: B023 - awaited before `instant` changes
                    timeout=max(instant - workflow.now(), timedelta(0)),
                    timeout_summary="Délai d’arrivée" if instant == self.late_at else summary,
                )
            except TimeoutError:
                if workflow.now() >= deadline():
                    return
                self._mark_late()

    def receive(self, receipt: DeliveryReceipt) -> None:
        """Handle a delivery receipt; repeated receipts and those of earlier sends are ignored."""
        if receipt.message_id != self._message_id or self.delivered_at or self.fault:
            return
        if not receipt.delivered:
            self._hold(receipt.reason)
            return
        self.delivered_at = workflow.now()
        self._deliverable.on_delivered(self.delivered_at)
        self._on_change()

    async def retry(self, operator: str) -> None:
        """Send again after a final failure, and journal the operator; without a failure or a name, do nothing."""
        if self._deliverable.has_ended() or not self.fault or not operator.strip():
            return
        act = OperatorAct(workflow.uuid4().hex, workflow.info().workflow_id, operator, self.fault)
        self.fault = ""
        self.accepted_at = None
        self.is_late = False
        self.begun_at = workflow.now()
        self._is_retry_requested = True
        self._on_change()
        await workflow.execute_local_activity_method(Requests.note_retry, act, **DATABASE_ACTIVITY)

    @property
    def _counts_as_delivered(self) -> bool:
        # E-mail has no receipts: accepted by the relay counts as arrived.
        arrived = self.delivered_at if self._deliverable.channel is Channel.SMS else self.accepted_at
        return arrived is not None

    @property
    def _message_id(self) -> str:
        return f"{self._deliverable.id}-{self._send_number}"

    def _mark_late(self) -> None:
        if self.late_at is not None and workflow.now() >= self.late_at:
            self.is_late = True
            self._on_change()

    def _accept(self) -> None:
        if self._is_retry_requested:
            return  # an operator has retried after a failure receipt that came before this answer
        self.accepted_at = workflow.now()
        if not self.fault:
            self._deliverable.on_accepted(self.accepted_at)
        self._on_change()

    def _hold(self, reason: str) -> None:
        if self._deliverable.has_ended():
            return  # the link was used or replaced: the failure does not matter
        self.fault = f"{self._deliverable.channel}:{reason}"
        self._deliverable.on_failed()
        self._on_change()


def _reason(error: ActivityError) -> str:
    # When the schedule-to-close timeout ends the retries, the last attempt's error is the cause of the timeout.
    cause: BaseException | None = error.cause
    while cause is not None:
        if isinstance(cause, ApplicationError):
            return cause.message if cause.type in _CODED_FAULTS else cause.type or "unknown"
        cause = cause.__cause__
    return "timeout"
