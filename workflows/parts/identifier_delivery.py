"""A new identifier on its way by SMS (2018) or by mail (2011): it works from the moment a gateway has taken it."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import FailureError

from activities.recoveries.identifier import Identifiers
from activities.recoveries.unactivated_identifiers import Activation
from activities.sending.message_sender import Acceptance
from activities.sending.messaging import IdentifierMessage, Messaging
from election.stages import Channel, Stage
from workflows.contracts.messages import RecoveryTerms
from workflows.contracts.options import MESSAGING, ONE_SEND, OWN_DATABASE, SEND_AGAIN
from workflows.parts.link_delivery import Destination
from workflows.parts.message_delivery import MessageDelivery

_CHANNEL_NAMES = {Channel.SMS: "SMS", Channel.EMAIL: "e-mail"}


class IdentifierDelivery:
    """One identifier and the delivery of it; every try carries the same.

    `delivery_id` is the request's (2018) or the used link's (2011): each has one identifier. With `tell`, the
    work mailbox is told once the identifier works: it is given that id and the envelope of the address.
    """

    def __init__(
        self,
        terms: RecoveryTerms,
        destination: Destination,
        delivery_id: str,
        changed: Callable[[], None],
        tell: Callable[[str, str], None] | None = None,
    ) -> None:
        self.id = delivery_id
        self.destination = destination
        self.ending: Stage | None = None
        self.is_activated = False
        self.message = MessageDelivery(terms, self, changed)
        self._terms = terms
        self._tell = tell
        self._closes_at = terms.links_die
        self._identifier = ""
        self._is_activating = False
        self._following: asyncio.Task[None] | None = None

    @property
    def channel(self) -> Channel:
        """The channel it goes by."""
        return self.destination.channel

    def begin(self, identifier: str) -> None:
        """Send the identifier that was drawn; `identifier` is an envelope."""
        self._identifier = identifier
        self.message.begun_at = workflow.now()
        self._following = asyncio.create_task(self.message.follow())

    def is_over(self) -> bool:
        """Return whether it has ended, so that its message is no longer needed."""
        return self.ending is not None

    def end(self, ending: Stage) -> None:
        """Note how it ended; the first ending stays."""
        self.ending = self.ending or ending

    def abandon(self) -> None:
        """End it undelivered: the identifier of before stays valid, unless the new one works already."""
        self.end(Stage.CANCELLED)
        if self._following is not None and not self._is_activating:
            self._following.cancel()

    async def ends(self) -> Stage:
        """Return its ending, once it has one and no activation is under way."""
        await self.message.wait_until(lambda: self._closes_at, "Fin de l’attente de l’identifiant")
        # A message that the gateway has must not carry an identifier that is dead.
        await self.activation()
        if self.ending is None:
            is_out = self.is_activated and not self.message.fault
            self.end(Stage.REISSUED if is_out else Stage.EXPIRED)
        return self.ending or Stage.CANCELLED

    async def activation(self) -> None:
        """Return when no activation is under way."""
        await workflow.wait_condition(lambda: not self._is_activating)

    async def send(self, tries: int) -> Acceptance:
        """Hand the message to the gateway; then the new identifier works, and the former one is dead."""
        message = IdentifierMessage(
            workflow_id=workflow.info().workflow_id,
            delivery_id=self.id,
            identifier=self._identifier,
            contact=self.destination.contact,
            contact_id=self.destination.request_id,
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
            summary=f"Envoi de l’identifiant par {_CHANNEL_NAMES[self.channel]}, n°\u00a0{tries}",
        )
        # A send may succeed in the workflow task that cancels it, and its caller is told of the success alone.
        if not self.is_activated and not self.is_over():
            await self._activate()
        return acceptance

    def accepted(self, at: datetime) -> None:
        """End, by mail, of which no more is known; by SMS, wait for the receipt as long as receipts are known to take."""
        if self.channel is Channel.EMAIL:
            self.end(Stage.REISSUED)
        else:
            self._closes_at = min(at + self._terms.sms_longest, self._terms.links_die)

    def arrived(self, at: datetime) -> None:  # noqa: ARG002 - the protocol's
        """End, unless the receipt comes before the gateway's answer: then once the identifier works."""
        if self.is_activated:
            self.end(Stage.REISSUED)

    def failed(self) -> None:
        """Wait for an operator, or for another request, until the election's deadline."""
        self._closes_at = self._terms.links_die

    async def _activate(self) -> None:
        order = Activation(workflow.info().workflow_id, self.id, self.channel, tells=self._tell is not None)
        self._is_activating = True
        try:
            activated = await workflow.execute_local_activity_method(
                Identifiers.activate_identifier, order, **OWN_DATABASE
            )
            self.is_activated = activated.works
            if activated.works and self._tell is not None:
                self._tell(self.id, activated.notice)
        except FailureError:  # what no retry mends: the elector was taken off the roll
            self.end(Stage.CANCELLED)
        finally:
            self._is_activating = False
        if self.is_activated and self.message.delivered_at is not None:
            self.end(Stage.REISSUED)
