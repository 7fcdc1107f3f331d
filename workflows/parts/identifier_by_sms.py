"""A new identifier on its way by SMS: it works from the moment a gateway has taken it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError

from activities.recoveries.identifier import Identifiers, IdentifierSettlement
from activities.recoveries.unactivated_identifiers import Activation
from activities.sending.message_sender import Acceptance
from activities.sending.messaging import IdentifierMessage, Messaging
from election.stages import Channel, Stage
from workflows.contracts.messages import Cancel, RecoveryTerms, Submission
from workflows.contracts.options import MESSAGING, ONE_SEND, OWN_DATABASE, SEND_AGAIN
from workflows.parts.message_delivery import MessageDelivery, is_abandoned


class IdentifierDelivery:
    """One request's identifier and the delivery of it; every try carries the same."""

    def __init__(
        self,
        terms: RecoveryTerms,
        submission: Submission,
        identifier: str,
        changed: Callable[[], None],
        works: Callable[[str, str], None],
    ) -> None:
        self.submission = submission
        self.ending: Stage | None = None
        self.is_activating = False
        self.is_activated = False
        self.closes_at = terms.links_die
        self.message = MessageDelivery(terms, self, changed)
        self._identifier = identifier
        self._terms = terms
        self._works = works

    @property
    def id(self) -> str:
        """The request's id."""
        return self.submission.request

    @property
    def channel(self) -> Channel:
        """Identifiers go by SMS alone (2018)."""
        return Channel.SMS

    def is_over(self) -> bool:
        """Say whether nobody waits for it any more."""
        return self.ending is not None

    def end(self, ending: Stage) -> None:
        """Let it have its end; the first one stays."""
        if self.ending is None:
            self.ending = ending

    async def ends(self) -> None:
        """Return when it has had its end, whichever; say meanwhile if the SMS is late."""
        while self.ending is None:
            deadline = self._deadline
            try:
                await workflow.wait_condition(
                    lambda: self.ending is not None or self._deadline < deadline,  # noqa: B023
                    timeout=max(deadline - workflow.now(), timedelta(0)),
                    timeout_summary="Délai d’arrivée"
                    if deadline == self.message.late_at
                    else "Fin du suivi du SMS",
                )
            except TimeoutError:
                await self._deadline_has_come()
        await workflow.wait_condition(lambda: not self.is_activating)  # a recovery that is over activates nothing

    async def post(self, message_id: str, tries: int) -> Acceptance:  # noqa: ARG002 - the request's id makes the same
        """Hand the SMS to the gateway; then the new identifier works, and the former one is dead."""
        message = IdentifierMessage(
            workflow_id=workflow.info().workflow_id,
            delivery_id=self.id,
            identifier=self._identifier,
            contact=self.submission.contact,
            contact_id=self.id,
            channel=self.channel,
            tries=tries,
        )
        acceptance = await workflow.execute_activity_method(
            Messaging.send_identifier,
            message,
            task_queue=MESSAGING,
            start_to_close_timeout=ONE_SEND,
            schedule_to_close_timeout=self._terms.retry_for,
            retry_policy=SEND_AGAIN,
            summary=f"Envoi de l’identifiant par SMS, n°\u00a0{tries}",
        )
        if not self.is_activated and not is_abandoned(self):
            await self._activate()
        return acceptance

    def accepted(self, at: datetime) -> None:
        """Follow its receipt as long as receipts are known to take."""
        self.closes_at = min(at + self._terms.sms_longest, self._terms.links_die)

    def arrived(self, at: datetime) -> None:  # noqa: ARG002 - every deliverable is told when
        """End: the voter has it. A receipt that comes before the gateway's answer waits until it works."""
        if self.is_activated:
            self.end(Stage.REISSUED)

    def failed(self) -> None:
        """Wait for an operator, or for another request, until the election's deadline."""
        self.closes_at = self._terms.links_die

    async def settle(self, requests: list[str], cancel: Cancel) -> None:
        """Destroy the recovery's keys; what brought the voter nothing is given back, and the old one works."""
        failed = "" if self.ending is Stage.REISSUED else self.id
        by = (cancel.operator, cancel.reason) if self.ending is Stage.CANCELLED else ("", "")
        ending = self.ending or Stage.CANCELLED
        settlement = IdentifierSettlement(workflow.info().workflow_id, self.id, ending, requests, failed, *by)
        await workflow.execute_local_activity_method(Identifiers.settle_identifier, settlement, **OWN_DATABASE)

    async def _activate(self) -> None:
        order = Activation(workflow.info().workflow_id, self.id)
        self.is_activating = True
        try:
            activated = await workflow.execute_local_activity_method(
                Identifiers.activate_identifier, order, **OWN_DATABASE
            )
            self.is_activated = bool(activated.notice)
        except FailureError:  # what no retry mends: the elector was taken off the roll
            self.end(Stage.CANCELLED)
        finally:
            self.is_activating = False
        if self.is_activated:
            self._works(self.id, activated.notice)
        if self.message.delivered_at is not None:
            self.end(Stage.REISSUED)

    @property
    def _deadline(self) -> datetime:
        return min(self.message.late_at or self.closes_at, self.closes_at)

    async def _deadline_has_come(self) -> None:
        if workflow.now() >= self.closes_at:
            # An SMS that the gateway has must not carry an identifier that is dead.
            await workflow.wait_condition(lambda: not self.is_activating)
            is_out = self.is_activated and not self.message.fault
            self.end(Stage.REISSUED if is_out else Stage.EXPIRED)
        else:
            self.message.call_late()


def still_taken(terms: RecoveryTerms) -> timedelta:
    """Return for how long requests can still be taken."""
    return max(terms.requests_close - workflow.now(), timedelta(0))
