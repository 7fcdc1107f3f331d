"""The delivery of one message, followed to its end: accepted by a gateway, delivered, late or failed."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError

from activities.recoveries.settlements import FailedSend, Settlements
from activities.sending.message_sender import Acceptance
from activities.sending.receipts import DeliveryReceipt
from election.following.progress import Progress, fault_of, late_at, send_again_at, stage_at
from election.recovery_terms import RecoveryTerms
from election.stages import Channel, Stage
from election.verdicts import Verdict
from workflows.contracts.genuine_sends import ACCEPTANCE_FORGED, ForgedAcceptanceError, reason_of
from workflows.contracts.messages import Answer
from workflows.parts.database_calls import DatabaseCalls


class Deliverable(Protocol):
    """What a message delivers, a link or a new identifier; the delivery calls it at each change."""

    @property
    def id(self) -> str:
        """The id of the link or of the identifier's delivery."""

    @property
    def channel(self) -> Channel:
        """The channel of the message."""

    def message_id(self, send_number: int) -> str:
        """Return the id of the message of a send."""

    def has_ended(self) -> bool:
        """Return whether its message is no longer needed."""

    async def send(self, send_number: int, on_postponed: Callable[[str, datetime], None]) -> Acceptance:
        """Send the message, with the activity's retries, and return the gateway's acceptance.

        `send_number` is 1 for the first send, and one more for each send that an operator retries. `on_postponed` is
        called with the reason and the end of the retries when the first try has failed.

        Raises:
            ActivityError: no gateway accepted it within the time for retries, or one refused it for good.
            ForgedAcceptanceError: another worker has answered in the place of the messaging role.
        """

    def on_accepted(self, at: datetime) -> None:
        """Called when a gateway has accepted the message and no failure is known."""

    def on_delivered(self, at: datetime) -> None:
        """Called when the delivery receipt has come."""

    def on_failed(self) -> None:
        """Called when the send has failed for good and is held."""


class MessageDelivery:
    """Sends a message and keeps its state; a final failure is held for an operator or the voter."""

    def __init__(
        self,
        terms: RecoveryTerms,
        database: DatabaseCalls,
        deliverable: Deliverable,
        on_change: Callable[[], None],
    ) -> None:
        self.begun_at = workflow.now()
        self.accepted_at: datetime | None = None
        self.delivered_at: datetime | None = None
        self.fault = ""
        # The id of the gateway that an operator has chosen for this send, or empty.
        self.gateway = ""
        # Why the message has not left yet, and until when it is tried.
        self.postponement = ""
        self.tries_end_at: datetime | None = None
        self._is_told_late = False
        self._terms = terms
        self._database = database
        self._deliverable = deliverable
        self._on_change = on_change
        self._send_number = 0
        self._is_retry_requested = False

    @property
    def send_number(self) -> int:
        """The number of its last send; 1 too for a message that a mailing has sent."""
        return max(1, self._send_number)

    @property
    def next_send(self) -> tuple[str, int]:
        """What is delivered, by its id, and the number of the send that an operator's retry begins."""
        return self._deliverable.id, self._send_number + 1

    @property
    def stage(self) -> Stage:
        """The stage of this delivery."""
        return stage_at(self._progress, workflow.now(), self._terms)

    @property
    def send_again_at(self) -> datetime:
        """When the voter may ask for another one; immediately when this one has failed."""
        return send_again_at(self._progress, self._terms) or self.begun_at

    def too_soon(self) -> Answer | None:
        """Return TOO_SOON and until when, while this message has just been sent, or None once another one may be sent."""
        if self._deliverable.has_ended() or workflow.now() >= self.send_again_at:
            return None
        return Answer(Verdict.TOO_SOON, self.send_again_at)

    @property
    def late_at(self) -> datetime | None:
        """When the message becomes late; None when it is late, delivered or failed."""
        return None if self._is_told_late or self.fault else late_at(self._progress, self._terms)

    async def follow(self) -> None:
        """Send until a gateway accepts the message, hold a final failure, and send again on a retry."""
        while not self._deliverable.has_ended():
            self._send_number += 1
            self._is_retry_requested = False
            try:
                await self._deliverable.send(self._send_number, self._postpone)
            except ActivityError as error:
                await self._fail(reason_of(error))
            except ForgedAcceptanceError:
                await self._fail(ACCEPTANCE_FORGED)
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
        """Handle a delivery receipt, or that a mail has bounced; repetitions and what earlier sends became are ignored.

        A delivery that comes after a failure counts: the phone has the message.
        """
        if receipt.message_id != self._message_id or self.delivered_at:
            return
        if not receipt.delivered:
            if not self.fault:
                self._hold(receipt.reason)
            return
        self.fault = ""
        self.delivered_at = workflow.now()
        self._deliverable.on_delivered(self.delivered_at)
        self._on_change()

    def retry(self, gateway: str = "") -> str:
        """Send again after a final failure, by a `gateway` if one is named, and return that fault; without a failure, an empty string."""
        if self._deliverable.has_ended() or not self.fault:
            return ""
        fault, self.fault, self.gateway = self.fault, "", gateway
        self.accepted_at = None
        self._is_told_late = False
        self.begun_at = workflow.now()
        self._is_retry_requested = True
        self._clear_postponement()
        self._on_change()
        return fault

    @property
    def _progress(self) -> Progress:
        """The facts that the stage follows from, as the row of this recovery has them."""
        return Progress(
            stage=Stage.HELD if self.fault else Stage.SENDING,
            since=self.begun_at,
            channel=self._deliverable.channel,
            begun_at=self.begun_at,
            accepted_at=self.accepted_at,
            delivered_at=self.delivered_at,
        )

    @property
    def _message_id(self) -> str:
        return self._deliverable.message_id(self._send_number)

    def _mark_late(self) -> None:
        if self.late_at is not None and workflow.now() >= self.late_at:
            self._is_told_late = True
            self._on_change()

    def _accept(self) -> None:
        if self._is_retry_requested:
            return  # an operator has retried after a failure receipt that came before this answer
        self.accepted_at = workflow.now()
        self._clear_postponement()
        if not self.fault:
            self._deliverable.on_accepted(self.accepted_at)
        self._on_change()

    async def _fail(self, reason: str) -> None:
        """Hold the message, and note it where pages read it: the messaging role knows nothing of the end of the retries."""
        self._hold(reason)
        if not self.fault:
            return
        sent = (workflow.info().workflow_id, self._deliverable.id, self._send_number)
        failed = FailedSend(*sent, self.fault, self._terms.links_expire)
        with suppress(FailureError):
            await self._database.run(Settlements.note_failed_send, failed, is_superseded=self._is_failure_over)

    def _is_failure_over(self) -> bool:
        return self._deliverable.has_ended() or self._is_retry_requested or not self.fault

    def _hold(self, reason: str) -> None:
        if self._deliverable.has_ended():
            return  # the link was used or replaced: the failure does not matter
        self.fault = self._fault(reason)
        self._clear_postponement()
        self._deliverable.on_failed()
        self._on_change()

    def _postpone(self, reason: str, tries_end_at: datetime) -> None:
        if not self._deliverable.has_ended():
            self.postponement, self.tries_end_at = self._fault(reason), tries_end_at
            self._on_change()

    def _clear_postponement(self) -> None:
        self.postponement, self.tries_end_at = "", None

    def _fault(self, reason: str) -> str:
        return fault_of(self._deliverable.channel, reason)
