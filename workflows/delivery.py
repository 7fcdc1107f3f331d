"""One link on its way to the voter, followed to its end: handed over, delivered, late or failed."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.messaging import Acceptance, LinkMessage, Messaging
from activities.receipts import DeliveryReceipt
from election.stages import Channel, Stage
from election.timetable import link_deadline
from election.verdicts import LinkVerdict
from workflows.messages import RecoveryTerms, Submission
from workflows.one_time_link import OneTimeLink
from workflows.options import MESSAGING, ONE_SEND, SEND_AGAIN

_TOLD = {"GatewayRefused", "GatewayUnavailable", "EnvelopeError"}
_SPOKEN = {Channel.SMS: "SMS", Channel.EMAIL: "e-mail"}


class Delivery:
    """A send and all that is known of it; a final failure waits here for an operator or the voter."""

    def __init__(
        self, terms: RecoveryTerms, submission: Submission, link_id: str, changed: Callable[[], None]
    ) -> None:
        self.submission = submission
        self.link = OneTimeLink(link_id, terms.links_die)
        self.begun_at = workflow.now()
        self.accepted_at: datetime | None = None
        self.delivered_at: datetime | None = None
        self.fault = ""
        self.is_late = False
        self._terms = terms
        self._changed = changed
        self._tries = 0
        self._is_wanted_again = False

    @property
    def stage(self) -> Stage:
        """Where this delivery stands, while its link is live."""
        if self.fault:
            return Stage.HELD
        if self.is_late and not self.delivered_at:
            return Stage.LATE
        return Stage.SENT if self.accepted_at else Stage.SENDING

    @property
    def again_at(self) -> datetime:
        """When the voter may ask for another send; at once when this one has failed."""
        return self.begun_at if self.fault else self.begun_at + self._terms.between_sends

    @property
    def late_at(self) -> datetime | None:
        """When it is to be called late; None when it is already, or can no longer be."""
        arrived = self.delivered_at if self.submission.channel is Channel.SMS else self.accepted_at
        if arrived or self.is_late or self.fault:
            return None
        return self.begun_at + self._terms.late_after

    async def link_ends(self) -> None:
        """Return when the link has had its end, whichever; say meanwhile if the message is late.

        One timer at a time: it is set anew only when the next deadline has come nearer.
        """
        while not self.link.has_ended():
            deadline = self._deadline
            try:
                await workflow.wait_condition(
                    lambda: self.link.has_ended() or self._deadline < deadline,  # noqa: B023
                    timeout=max(deadline - workflow.now(), timedelta(0)),
                    timeout_summary="Délai d’arrivée" if deadline == self.late_at else "Expiration du lien",
                )
            except TimeoutError:
                self._deadline_has_come()

    async def follow(self) -> None:
        """Send until a gateway takes it, hold on a final failure, and send again when told to."""
        while not self.link.has_ended():
            try:
                acceptance = await self._send()
            except ActivityError as error:
                self._hold(_reason(error))
            else:
                self._accept(acceptance)
            await workflow.wait_condition(lambda: self._is_wanted_again or self.link.has_ended())

    def receive(self, receipt: DeliveryReceipt) -> None:
        """Take note of a receipt; those of earlier tries, or said twice, change nothing."""
        if receipt.message_id != self._message_id or self.delivered_at or self.fault:
            return
        if not receipt.delivered:
            self._hold(receipt.reason)
            return
        self.delivered_at = workflow.now()
        # NIST's ten minutes count from here: the voter has the SMS only now.
        self.link.dies_by(self.delivered_at + self._terms.sms_lifetime)
        self._changed()

    def retry(self) -> None:
        """Send again after a final failure."""
        self.fault = ""
        self.accepted_at = None
        self.is_late = False
        self.begun_at = workflow.now()
        self._is_wanted_again = True
        self._changed()

    @property
    def _message_id(self) -> str:
        return f"{self.link.id}-{self._tries}"

    @property
    def _deadline(self) -> datetime:
        return min(self.late_at or self.link.expires_at, self.link.expires_at)

    def _deadline_has_come(self) -> None:
        now = workflow.now()
        if now >= self.link.expires_at:
            self.link.end(LinkVerdict.EXPIRED)
        elif self.late_at is not None and now >= self.late_at:
            self.is_late = True
            self._changed()

    async def _send(self) -> Acceptance:
        self._tries += 1
        self._is_wanted_again = False
        channel = self.submission.channel
        lifetime = self._terms.sms_lifetime if channel is Channel.SMS else self._terms.email_lifetime
        message = LinkMessage(
            workflow_id=workflow.info().workflow_id,
            request=self.submission.request,
            contact=self.submission.contact,
            channel=channel,
            link_id=self.link.id,
            message_id=self._message_id,
            expires_at=link_deadline(workflow.now(), lifetime, self._terms.links_die),
            lifetime=lifetime,
        )
        acceptance = await workflow.execute_activity_method(
            Messaging.send_link,
            message,
            task_queue=MESSAGING,
            start_to_close_timeout=ONE_SEND,
            schedule_to_close_timeout=self._terms.retry_for,
            retry_policy=SEND_AGAIN,
            summary=f"Envoi du lien par {_SPOKEN[channel]}, n°\u00a0{self._tries}",
        )
        if channel is Channel.EMAIL:
            self.link.dies_by(message.expires_at)
        return acceptance

    def _accept(self, acceptance: Acceptance) -> None:
        if self._is_wanted_again:
            return  # its failure was known, and an operator's retry asked for, before this answer
        self.accepted_at = workflow.now()
        if self.submission.channel is Channel.SMS and not self.fault:
            self.link.dies_by(self.accepted_at + self._terms.sms_longest)
        workflow.logger.debug("accepted by %s", acceptance.gateway)
        self._changed()

    def _hold(self, reason: str) -> None:
        if self.link.has_ended():
            return  # used, or replaced: nobody waits for this message any more
        self.fault = f"{self.submission.channel}:{reason}"
        self.link.expires_at = self._terms.links_die  # nobody has it yet: it waits with the send
        self._changed()


def _reason(error: ActivityError) -> str:
    # When the time for retries is over, the last try's own fault is the time-out's cause.
    cause: BaseException | None = error.cause
    while cause is not None:
        if isinstance(cause, ApplicationError):
            # A gateway's reason is a code; the text of any other fault might tell more than it should.
            return cause.message if cause.type in _TOLD else cause.type or "unknown"
        cause = cause.__cause__
    return "timeout"
