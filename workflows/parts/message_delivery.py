"""One message on its way to the voter, followed to its end: handed over, delivered, late or failed."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.sending.message_sender import Acceptance
from activities.sending.receipts import DeliveryReceipt
from election.stages import Channel, Stage
from workflows.contracts.messages import RecoveryTerms

_TOLD = {"GatewayRefusedError", "GatewayUnavailableError", "EnvelopeError"}


class Deliverable(Protocol):
    """What is on its way: a link, or a new identifier; it knows what each turn means for it."""

    @property
    def id(self) -> str:
        """An id made by the workflow, of which its messages have theirs."""

    @property
    def channel(self) -> Channel:
        """By which channel it goes."""

    def is_over(self) -> bool:
        """Say whether nobody waits for it any more."""

    async def post(self, message_id: str, tries: int) -> Acceptance:
        """Hand it to a gateway, with retries; return when it was taken.

        Raises:
            ActivityError: no gateway took it, for good or in good time.
        """

    def accepted(self, at: datetime) -> None:
        """Take note that a gateway took it, and no failure is known."""

    def arrived(self, at: datetime) -> None:
        """Take note that it was delivered."""

    def failed(self) -> None:
        """Take note that it waits for an operator or the voter."""


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
        """Where this delivery stands, while somebody waits for it."""
        if self.fault:
            return Stage.HELD
        if self.is_late and not self._is_there:
            return Stage.LATE
        return Stage.SENT if self.accepted_at else Stage.SENDING

    @property
    def again_at(self) -> datetime:
        """When the voter may ask for another send; at once when this one has failed."""
        return self.begun_at if self.fault else self.begun_at + self._terms.between_sends

    @property
    def late_at(self) -> datetime | None:
        """When it is to be called late; None when it is already, or can no longer be."""
        if self._is_there or self.is_late or self.fault:
            return None
        return self.begun_at + self._terms.late_after

    async def follow(self) -> None:
        """Send until a gateway takes it, hold on a final failure, and send again when told to."""
        while not self._deliverable.is_over():
            self._tries += 1
            self._is_wanted_again = False
            try:
                acceptance = await self._deliverable.post(self._message_id, self._tries)
            except ActivityError as error:
                self._hold(_reason(error))
            else:
                self._accept(acceptance)
            await workflow.wait_condition(lambda: self._is_wanted_again or self._deliverable.is_over())

    def receive(self, receipt: DeliveryReceipt) -> None:
        """Take note of a receipt; those of earlier tries, or said twice, change nothing."""
        if receipt.message_id != self._message_id or self.delivered_at or self.fault:
            return
        if not receipt.delivered:
            self._hold(receipt.reason)
            return
        self.delivered_at = workflow.now()
        self._deliverable.arrived(self.delivered_at)
        self._changed()

    def retry(self) -> None:
        """Send again after a final failure."""
        self.fault = ""
        self.accepted_at = None
        self.is_late = False
        self.begun_at = workflow.now()
        self._is_wanted_again = True
        self._changed()

    def call_late(self) -> None:
        """Say that it is late, if its time has come."""
        if self.late_at is not None and workflow.now() >= self.late_at:
            self.is_late = True
            self._changed()

    @property
    def _is_there(self) -> bool:
        # Of a mail no more is known than that the relay has it.
        arrived = self.delivered_at if self._deliverable.channel is Channel.SMS else self.accepted_at
        return arrived is not None

    @property
    def _message_id(self) -> str:
        return f"{self._deliverable.id}-{self._tries}"

    def _accept(self, acceptance: Acceptance) -> None:
        if self._is_wanted_again:
            return  # its failure was known, and an operator's retry asked for, before this answer
        self.accepted_at = workflow.now()
        if not self.fault:
            self._deliverable.accepted(self.accepted_at)
        workflow.logger.debug("accepted by %s", acceptance.gateway)
        self._changed()

    def _hold(self, reason: str) -> None:
        if self._deliverable.is_over():
            return  # used, or replaced: nobody waits for this message any more
        self.fault = f"{self._deliverable.channel}:{reason}"
        self._deliverable.failed()
        self._changed()


def is_abandoned(deliverable: Deliverable) -> bool:
    """Return whether a message that a gateway has just taken was abandoned meanwhile: nothing follows from it then.

    A send may succeed in the workflow task that cancels it, and its caller is told of the success alone.
    """
    return deliverable.is_over()


def _reason(error: ActivityError) -> str:
    # When the time for retries is over, the last try's own fault is the time-out's cause.
    cause: BaseException | None = error.cause
    while cause is not None:
        if isinstance(cause, ApplicationError):
            # A gateway's reason is a code; the text of any other fault might tell more than it should.
            return cause.message if cause.type in _TOLD else cause.type or "unknown"
        cause = cause.__cause__
    return "timeout"
