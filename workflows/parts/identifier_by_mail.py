"""A new identifier on its way by mail (2011's « 2/2 »): it works from the moment the relay has taken it."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError

from activities.recoveries.identifier import Identifiers
from activities.recoveries.requests import OperatorAct, Requests
from activities.recoveries.unactivated_identifiers import Activation
from activities.security.purposes import CONTACT, IDENTIFIER
from activities.security.vault import key_id
from activities.sending.message_sender import Acceptance
from activities.sending.messaging import IdentifierMessage, Messaging
from election.stages import Channel, Stage
from workflows.contracts.messages import IdentifierAndPasswordClick, RecoveryTerms
from workflows.contracts.options import MESSAGING, ONE_SEND, OWN_DATABASE, SEND_AGAIN
from workflows.parts.message_delivery import MessageDelivery, is_abandoned


class IdentifierByMail:
    """What one click asked for: the identifier, once it is drawn, and the delivery of it; every try carries the same."""

    def __init__(
        self, terms: RecoveryTerms, click: IdentifierAndPasswordClick, changed: Callable[[], None]
    ) -> None:
        self.click = click
        self.ending: Stage | None = None
        self.is_activating = False
        self.is_activated = False
        self.message = MessageDelivery(terms, self, changed)
        self._identifier = ""
        self._terms = terms
        self._changed = changed
        self._following: asyncio.Task[None] | None = None

    @property
    def id(self) -> str:
        """The link's id: a link is spent once, and has one identifier."""
        return self.click.link_id

    @property
    def channel(self) -> Channel:
        """Mail alone (2011): the password has been on screen, and neither alone suffices."""
        return Channel.EMAIL

    @property
    def keys(self) -> list[str]:
        """The ids of the keys that die with the recovery: where it went, and what it was."""
        return [key_id(self.click.request, CONTACT), key_id(self.id, IDENTIFIER)]

    def begin(self, identifier: str) -> None:
        """Send what was drawn."""
        self._identifier = identifier
        self.message.begun_at = workflow.now()
        self._following = asyncio.create_task(self.message.follow())

    def is_over(self) -> bool:
        """Say whether nobody waits for it any more."""
        return self.ending is not None

    def end(self, ending: Stage) -> None:
        """Let it have its end; the first one stays."""
        if self.ending is None:
            self.ending = ending

    def abandon(self) -> Stage:
        """End it undelivered, and return its end: the identifier of before stays."""
        self.end(Stage.CANCELLED)
        if self._following is not None and not self.is_activating:
            self._following.cancel()
        return self.ending or Stage.CANCELLED

    async def retry(self, operator: str) -> None:
        """Try a failed send again, and journal who had it tried; without a name, or a failure, do nothing."""
        if self.is_over() or not self.message.fault or not operator.strip():
            return
        act = OperatorAct(workflow.uuid4().hex, workflow.info().workflow_id, operator, self.message.fault)
        self.message.retry()
        await workflow.execute_local_activity_method(Requests.note_retry, act, **OWN_DATABASE)

    async def ends(self) -> Stage:
        """Return its end, once it has had one; say meanwhile if the mail is late."""
        while self.ending is None:
            deadline = self._deadline
            is_late = deadline == self.message.late_at
            try:
                await workflow.wait_condition(
                    lambda: self.ending is not None or self._deadline < deadline,  # noqa: B023
                    timeout=max(deadline - workflow.now(), timedelta(0)),
                    timeout_summary="Délai d’arrivée" if is_late else "Fin de l’attente de l’identifiant",
                )
            except TimeoutError:
                await self._deadline_has_come()
        return self.ending

    async def post(self, message_id: str, tries: int) -> Acceptance:  # noqa: ARG002 - the link's id makes its own
        """Hand the mail to the relay; then the new identifier works, and the former one is dead."""
        message = IdentifierMessage(
            workflow_id=workflow.info().workflow_id,
            delivery_id=self.id,
            identifier=self._identifier,
            contact=self.click.contact,
            contact_id=self.click.request,
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
            summary=f"Envoi de l’identifiant par e-mail, n°\u00a0{tries}",
        )
        if not is_abandoned(self):
            await self._activate()
        return acceptance

    def accepted(self, at: datetime) -> None:  # noqa: ARG002 - every deliverable is told when
        """End: of a mail no more is known."""
        self.end(Stage.REISSUED)

    def arrived(self, at: datetime) -> None:
        """Take no note: mails have no receipts."""

    def failed(self) -> None:
        """Wait for an operator, or for another request, until the election's deadline."""

    async def _activate(self) -> None:
        order = Activation(workflow.info().workflow_id, self.id, Channel.EMAIL, tells=False)
        self.is_activating = True
        try:
            activated = await workflow.execute_local_activity_method(
                Identifiers.activate_identifier, order, **OWN_DATABASE
            )
            self.is_activated = activated.works
        except FailureError:  # what no retry mends: the elector was taken off the roll
            self.end(Stage.CANCELLED)
        finally:
            self.is_activating = False

    @property
    def _deadline(self) -> datetime:
        return min(self.message.late_at or self._terms.links_die, self._terms.links_die)

    async def _deadline_has_come(self) -> None:
        if workflow.now() >= self._terms.links_die:
            # A mail that the relay has must not carry an identifier that is dead.
            await workflow.wait_condition(lambda: not self.is_activating)
            self.end(Stage.EXPIRED)
        else:
            self.message.call_late()
