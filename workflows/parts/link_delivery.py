"""A link on its way to the voter: its message, and its life from there."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

from activities.sending.message_sender import Acceptance
from activities.sending.messaging import LinkMessage, Messaging
from election.stages import Channel
from election.timetable import link_deadline
from election.verdicts import LinkVerdict
from workflows.contracts.messages import RecoveryTerms, Submission
from workflows.contracts.options import MESSAGING, ONE_SEND, SEND_AGAIN
from workflows.parts.message_delivery import MessageDelivery
from workflows.parts.one_time_link import OneTimeLink

_SPOKEN = {Channel.SMS: "SMS", Channel.EMAIL: "e-mail"}


class LinkDelivery:
    """A one-time link and the delivery of it."""

    def __init__(
        self, terms: RecoveryTerms, submission: Submission, link_id: str, changed: Callable[[], None]
    ) -> None:
        self.submission = submission
        self.link = OneTimeLink(link_id, terms.links_die)
        self.message = MessageDelivery(terms, self, changed)
        self._terms = terms

    @property
    def id(self) -> str:
        """The link's id."""
        return self.link.id

    @property
    def channel(self) -> Channel:
        """The channel that the voter chose."""
        return self.submission.channel

    def is_over(self) -> bool:
        """Say whether the link has had its end: nobody waits for its message any more."""
        return self.link.has_ended()

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
                    timeout_summary="Délai d’arrivée"
                    if deadline == self.message.late_at
                    else "Expiration du lien",
                )
            except TimeoutError:
                self._deadline_has_come()

    async def post(self, message_id: str, tries: int) -> Acceptance:  # noqa: ARG002 - the link's id makes the same
        """Hand the link to its channel's gateway."""
        message = self._message(tries)
        acceptance = await workflow.execute_activity_method(
            Messaging.send_link,
            message,
            task_queue=MESSAGING,
            start_to_close_timeout=ONE_SEND,
            schedule_to_close_timeout=self._terms.retry_for,
            retry_policy=SEND_AGAIN,
            summary=f"Envoi du lien par {_SPOKEN[self.channel]}, n°\u00a0{tries}",
        )
        if self.channel is Channel.EMAIL:
            self.link.dies_by(message.expires_at)
        return acceptance

    def accepted(self, at: datetime) -> None:
        """Let a link by SMS die when it has waited for its receipt long enough."""
        if self.channel is Channel.SMS:
            self.link.dies_by(at + self._terms.sms_longest)

    def arrived(self, at: datetime) -> None:
        """Count NIST's ten minutes from here: the voter has the SMS only now."""
        self.link.dies_by(at + self._terms.sms_lifetime)

    def failed(self) -> None:
        """Let the link wait with its send: nobody has it yet."""
        self.link.expires_at = self._terms.links_die

    def _message(self, tries: int) -> LinkMessage:
        terms, channel = self._terms, self.channel
        lifetime = terms.sms_lifetime if channel is Channel.SMS else terms.email_lifetime
        return LinkMessage(
            workflow_id=workflow.info().workflow_id,
            request_id=self.submission.request,
            contact=self.submission.contact,
            channel=channel,
            link_id=self.link.id,
            tries=tries,
            expires_at=link_deadline(workflow.now(), lifetime, terms.links_die),
            lifetime=lifetime,
        )

    @property
    def _deadline(self) -> datetime:
        return min(self.message.late_at or self.link.expires_at, self.link.expires_at)

    def _deadline_has_come(self) -> None:
        if workflow.now() >= self.link.expires_at:
            self.link.end(LinkVerdict.EXPIRED)
        else:
            self.message.call_late()
