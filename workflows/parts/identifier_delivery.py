"""The delivery of a new identifier, by SMS (2018) or e-mail (2011); it is activated when a gateway has accepted it."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import FailureError

from activities.recoveries.identifier import Identifiers
from activities.recoveries.unactivated_identifiers import IdentifierActivation
from activities.sending.message_sender import Acceptance
from activities.sending.messaging import IdentifierMessage, Messaging
from election.recovery_terms import RecoveryTerms
from election.stages import Channel, Stage
from workflows.contracts.genuine_sends import Retries, send_genuinely
from workflows.contracts.options import SEND_RETRY
from workflows.parts.database_calls import DatabaseCalls
from workflows.parts.link_delivery import CHANNEL_NAMES, Destination
from workflows.parts.message_delivery import MessageDelivery


class IdentifierDelivery:
    """One new identifier and its delivery; a retry sends the same identifier.

    `delivery_id` is the id of the request (2018) or of the used link (2011). `send_notice`, if given, is called with
    that id and the sealed work address once the identifier is active.
    """

    def __init__(
        self,
        terms: RecoveryTerms,
        database: DatabaseCalls,
        destination: Destination,
        delivery_id: str,
        on_change: Callable[[], None],
        send_notice: Callable[[str, str], None] | None = None,
    ) -> None:
        self.id = delivery_id
        self.destination = destination
        self.ending: Stage | None = None
        self.is_activated = False
        self.message = MessageDelivery(terms, database, self, on_change)
        self._terms = terms
        self._database = database
        self._send_notice = send_notice
        self._closes_at = terms.links_expire
        self._identifier = ""
        self._is_activating = False
        self._following: asyncio.Task[None] | None = None

    @property
    def channel(self) -> Channel:
        """The channel of the message."""
        return self.destination.channel

    def begin(self, identifier: str) -> None:
        """Start sending `identifier`, which is sealed."""
        self._identifier = identifier
        self.message.begun_at = workflow.now()
        self._following = asyncio.create_task(self.message.follow())

    def message_id(self, send_number: int) -> str:
        """Return the id of the message of a send, which differs from that of the link's own mail (2011)."""
        return self._message(send_number).message_id

    def has_ended(self) -> bool:
        """Return whether the delivery has ended."""
        return self.ending is not None

    def end(self, ending: Stage) -> Stage:
        """Set the ending, unless there is one already, and return the ending that is set."""
        self.ending = self.ending or ending
        return self.ending

    def abandon(self) -> None:
        """Cancel the delivery: the former identifier stays valid, unless the new one is already active."""
        self.end(Stage.CANCELLED)
        if self._following is not None and not self._is_activating:
            self._following.cancel()

    async def wait_for_end(self) -> Stage:
        """Return the ending, once the delivery has one and no activation is running."""
        await self.message.wait_until(lambda: self._closes_at, "Fin de l’attente de l’identifiant")
        # The gateway has accepted the message: its identifier must be activated before the recovery ends.
        await self.wait_for_activation()
        is_sent = self.is_activated and not self.message.fault
        return self.end(Stage.REISSUED if is_sent else Stage.EXPIRED)

    async def wait_for_activation(self) -> None:
        """Return when no activation is running."""
        await workflow.wait_condition(lambda: not self._is_activating)

    async def send(self, send_number: int, on_postponed: Callable[[str, datetime], None]) -> Acceptance:
        """Send the message to the gateway, then activate the new identifier, which ends the former one."""
        acceptance = await send_genuinely(
            Messaging.send_identifier,
            self._message(send_number),
            self._terms.keys.messaging,
            channel=self.channel,
            retries=Retries(SEND_RETRY, self._terms.retry_for, on_postponed),
            summary=f"Envoi de l’identifiant par {CHANNEL_NAMES[self.channel]}, n°\u00a0{send_number}",
        )
        # If the send completes in the workflow task that cancels it, the await returns its result and raises no CancelledError.
        if not self.is_activated and not self.has_ended():
            await self._activate(send_number)
        return acceptance

    def on_accepted(self, at: datetime) -> None:
        """By e-mail, end: no receipt follows. By SMS, wait for the delivery receipt for `sms_max_lifetime`."""
        if self.channel is Channel.EMAIL:
            self.end(Stage.REISSUED)
        else:
            self._closes_at = min(at + self._terms.sms_max_lifetime, self._terms.links_expire)

    def on_delivered(self, at: datetime) -> None:  # noqa: ARG002 - a parameter of the protocol
        """End; if the receipt comes before the gateway's answer, the delivery ends after the activation."""
        if self.is_activated:
            self.end(Stage.REISSUED)

    def on_failed(self) -> None:
        """Wait for an operator's retry or for another request, until the links' expiry date."""
        self._closes_at = self._terms.links_expire

    def _message(self, send_number: int) -> IdentifierMessage:
        return IdentifierMessage(
            workflow_id=workflow.info().workflow_id,
            delivery_id=self.id,
            identifier=self._identifier,
            contact=self.destination.contact,
            contact_id=self.destination.request_id,
            channel=self.channel,
            send_number=send_number,
            is_active=self.is_activated,
            language=self.destination.language,
            gateway=self.message.gateway,
        )

    async def _activate(self, send_number: int) -> None:
        order = IdentifierActivation(
            workflow.info().workflow_id,
            self.id,
            self.channel,
            sends_notice=self._send_notice is not None,
            send_number=send_number,
        )
        self._is_activating = True
        try:
            activated = await self._database.run(Identifiers.activate_identifier, order)
            self.is_activated = activated.is_active
            if activated.is_active and self._send_notice is not None:
                self._send_notice(self.id, activated.notice)
        except FailureError:  # final: the elector was taken off the roll
            self.end(Stage.CANCELLED)
        finally:
            self._is_activating = False
        if self.is_activated and self.message.delivered_at is not None:
            self.end(Stage.REISSUED)
