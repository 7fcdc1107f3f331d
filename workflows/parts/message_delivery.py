"""One message on its way to the voter, followed to its end: handed over, delivered, late or failed."""

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
from workflows.contracts.options import OWN_DATABASE

# Faults whose message is a code of ours; the text of any other might tell more than it should.
_CODED_FAULTS = {"GatewayRefusedError", "GatewayUnavailableError", "EnvelopeError"}


class Deliverable(Protocol):
    """What a message carries, a link or a new identifier; it knows what each turn of the delivery means for it."""

    @property
    def id(self) -> str:
        """An id made by the workflow; the ids of its messages begin with it."""

    @property
    def channel(self) -> Channel:
        """The channel it goes by."""

    def is_over(self) -> bool:
        """Return whether it has ended, so that its message is no longer needed."""

    async def send(self, tries: int) -> Acceptance:
        """Hand it to a gateway, with retries; return when it was taken.

        Raises:
            ActivityError: no gateway took it, for good or in good time.
        """

    def accepted(self, at: datetime) -> None:
        """Note that a gateway took it, and no failure is known."""

    def arrived(self, at: datetime) -> None:
        """Note that it was delivered."""

    def failed(self) -> None:
        """Note that it waits for an operator or the voter."""


class MessageDelivery:
    """A message and all that is known of it; a final failure waits here for an operator or the voter."""

    def __init__(self, terms: RecoveryTerms, deliverable: Deliverable, changed: Callable[[], None]) -> None:
        self.begun_at = workflow.now()
        self.accepted_at: datetime | None = None
        self.delivered_at: datetime | None = None
        self.fault = ""
        self.is_late = False
        self._terms = terms
        self._deliverable = deliverable
        self._changed = changed
        self._tries = 0
        self._is_wanted_again = False

    @property
    def stage(self) -> Stage:
        """The stage of this delivery, as long as it is needed."""
        if self.fault:
            return Stage.HELD
        if self.is_late and not self._has_arrived:
            return Stage.LATE
        return Stage.SENT if self.accepted_at else Stage.SENDING

    @property
    def again_at(self) -> datetime:
        """When the voter may ask for another send; at once when this one has failed."""
        return self.begun_at if self.fault else self.begun_at + self._terms.between_sends

    @property
    def late_at(self) -> datetime | None:
        """When it becomes late; None when it is late already, or can no longer be."""
        if self._has_arrived or self.is_late or self.fault:
            return None
        return self.begun_at + self._terms.late_after

    async def follow(self) -> None:
        """Send until a gateway takes it, hold on a final failure, and send again when told to."""
        while not self._deliverable.is_over():
            self._tries += 1
            self._is_wanted_again = False
            try:
                await self._deliverable.send(self._tries)
            except ActivityError as error:
                self._hold(_reason(error))
            else:
                self._accept()
            await workflow.wait_condition(lambda: self._is_wanted_again or self._deliverable.is_over())

    async def wait_until(self, deadline: Callable[[], datetime], summary: str) -> None:
        """Return when the deliverable is over or its deadline has come; mark the message late meanwhile.

        One timer at a time: it is set anew only when the next deadline has come nearer. `summary` is what the
        Temporal UI shows of it.
        """

        def next_instant() -> datetime:
            return min(self.late_at or deadline(), deadline())

        while not self._deliverable.is_over():
            instant = next_instant()
            try:
                await workflow.wait_condition(
                    lambda: self._deliverable.is_over() or next_instant() < instant,  # noqa: B023
                    timeout=max(instant - workflow.now(), timedelta(0)),
                    timeout_summary="Délai d’arrivée" if instant == self.late_at else summary,
                )
            except TimeoutError:
                if workflow.now() >= deadline():
                    return
                self._mark_late()

    def receive(self, receipt: DeliveryReceipt) -> None:
        """Note a receipt; those of earlier tries, and repeated ones, change nothing."""
        if receipt.message_id != self._message_id or self.delivered_at or self.fault:
            return
        if not receipt.delivered:
            self._hold(receipt.reason)
            return
        self.delivered_at = workflow.now()
        self._deliverable.arrived(self.delivered_at)
        self._changed()

    async def retry(self, operator: str) -> None:
        """Send again after a final failure, and journal the operator; without a name or a failure, do nothing."""
        if self._deliverable.is_over() or not self.fault or not operator.strip():
            return
        act = OperatorAct(workflow.uuid4().hex, workflow.info().workflow_id, operator, self.fault)
        self.fault = ""
        self.accepted_at = None
        self.is_late = False
        self.begun_at = workflow.now()
        self._is_wanted_again = True
        self._changed()
        await workflow.execute_local_activity_method(Requests.note_retry, act, **OWN_DATABASE)

    @property
    def _has_arrived(self) -> bool:
        # Of a mail no more is known than that the relay has it.
        arrived = self.delivered_at if self._deliverable.channel is Channel.SMS else self.accepted_at
        return arrived is not None

    @property
    def _message_id(self) -> str:
        return f"{self._deliverable.id}-{self._tries}"

    def _mark_late(self) -> None:
        if self.late_at is not None and workflow.now() >= self.late_at:
            self.is_late = True
            self._changed()

    def _accept(self) -> None:
        if self._is_wanted_again:
            return  # its failure was known, and an operator's retry asked for, before this answer
        self.accepted_at = workflow.now()
        if not self.fault:
            self._deliverable.accepted(self.accepted_at)
        self._changed()

    def _hold(self, reason: str) -> None:
        if self._deliverable.is_over():
            return  # used or replaced: this message is no longer needed
        self.fault = f"{self._deliverable.channel}:{reason}"
        self._deliverable.failed()
        self._changed()


def _reason(error: ActivityError) -> str:
    # When the time for retries is over, the last try's own fault is the time-out's cause.
    cause: BaseException | None = error.cause
    while cause is not None:
        if isinstance(cause, ApplicationError):
            return cause.message if cause.type in _CODED_FAULTS else cause.type or "unknown"
        cause = cause.__cause__
    return "timeout"
