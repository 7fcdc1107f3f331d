"""The delivery of one link: its message, and when the link expires."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from temporalio import workflow

from activities.sending.message_sender import Acceptance
from activities.sending.messaging import LinkMessage, Messaging
from election.recovery_terms import RecoveryTerms
from election.stages import Channel
from election.text.translation import SOURCE
from election.timetable import link_deadline
from election.verdicts import LinkVerdict
from workflows.contracts.genuine_sends import Retries, send_genuinely
from workflows.contracts.options import SEND_RETRY
from workflows.parts.database_calls import DatabaseCalls
from workflows.parts.message_delivery import MessageDelivery
from workflows.parts.one_time_link import OneTimeLink

CHANNEL_NAMES = {Channel.SMS: "SMS", Channel.EMAIL: "courriel"}


@dataclass(frozen=True)
class Destination:
    """Where a message goes, and in which language: `contact` is sealed under `request_id`, `hint` is the masked contact."""

    request_id: str
    channel: Channel
    contact: str
    hint: str = ""
    language: str = SOURCE


class LinkDelivery:
    """A one-time link and its delivery."""

    def __init__(
        self,
        terms: RecoveryTerms,
        database: DatabaseCalls,
        destination: Destination,
        link_id: str,
        on_change: Callable[[], None],
    ) -> None:
        self.destination = destination
        self.link = OneTimeLink(link_id, terms.links_expire)
        self.message = MessageDelivery(terms, database, self, on_change)
        self._terms = terms

    @property
    def id(self) -> str:
        """The link's id."""
        return self.link.id

    @property
    def channel(self) -> Channel:
        """The channel that the voter chose."""
        return self.destination.channel

    def message_id(self, send_number: int) -> str:
        """Return the id of the message of a send."""
        return self._message(send_number).message_id

    def has_ended(self) -> bool:
        """Return whether the link can no longer be used, so that its message is no longer needed."""
        return self.link.has_ended()

    async def wait_for_end(self) -> None:
        """Return when the link was used, replaced or cancelled, or has expired."""
        while not self.link.has_ended():
            await self.message.wait_until(lambda: self.link.expires_at, "Expiration du lien")
            if workflow.now() >= self.link.expires_at:
                self.link.end(LinkVerdict.EXPIRED)

    async def send(self, send_number: int, on_postponed: Callable[[str, datetime], None]) -> Acceptance:
        """Send the link to the gateway of its channel."""
        message = self._message(send_number)
        acceptance = await send_genuinely(
            Messaging.send_link,
            message,
            self._terms.keys.messaging,
            channel=self.channel,
            retries=Retries(SEND_RETRY, self._terms.retry_for, on_postponed),
            summary=f"Envoi du lien par {CHANNEL_NAMES[self.channel]}, n°\u00a0{send_number}",
        )
        if self.channel is Channel.EMAIL:
            self.link.shorten_to(message.expires_at)
        return acceptance

    def on_accepted(self, at: datetime) -> None:
        """Limit a link by SMS to `sms_max_lifetime` if no receipt comes."""
        if self.channel is Channel.SMS:
            self.link.shorten_to(at + self._terms.sms_max_lifetime)

    def on_delivered(self, at: datetime) -> None:
        """Start the lifetime of a link by SMS (ten minutes, NIST SP 800-63B-4): the voter receives it only now."""
        self.link.shorten_to(at + self._terms.sms_lifetime)

    def on_failed(self) -> None:
        """Extend the link to the election's expiry date while its send is held: it was not delivered."""
        self.link.expires_at = self._terms.links_expire

    def _message(self, send_number: int) -> LinkMessage:
        terms, channel = self._terms, self.channel
        lifetime = terms.sms_lifetime if channel is Channel.SMS else terms.email_lifetime
        return LinkMessage(
            workflow_id=workflow.info().workflow_id,
            request_id=self.destination.request_id,
            contact=self.destination.contact,
            channel=channel,
            link_id=self.link.id,
            send_number=send_number,
            expires_at=link_deadline(workflow.now(), lifetime, terms.links_expire),
            lifetime=lifetime,
            language=self.destination.language,
            gateway=self.message.gateway,
        )
