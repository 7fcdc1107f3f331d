"""Sends new identifiers by mail (2011's « 2/2 »): each once for its id, whatever is run again."""

from dataclasses import replace

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.gateways.base.faults import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.mail.gateway import MailGateway, MailMessage
from activities.recoveries.requests import CONTACT
from activities.recoveries.unactivated_identifiers import IDENTIFIER
from activities.security.vault import EnvelopeError, Vault
from activities.sending.identifier_sms import IdentifierMessage
from activities.sending.ledger import Ledger, Outgoing
from activities.sending.messaging import Acceptance
from activities.texts.messages import Texts
from election.contacts import domain_of
from election.stages import Channel


class IdentifierMail:
    """Opens both envelopes, writes the mail, hands it to the relay, and keeps nothing of it."""

    def __init__(self, vault: Vault, ledger: Ledger, texts: Texts, gateway: MailGateway) -> None:
        self._vault = vault
        self._ledger = ledger
        self._texts = texts
        self._gateway = gateway

    @activity.defn
    async def send_identifier_mail(self, message: IdentifierMessage) -> Acceptance:
        """Return when the relay took the mail; one that was taken before is not sent again."""
        # The link's own mail has the link's id and the number of its try.
        mail_id = f"{message.request}-2-{message.tries}"
        outgoing = Outgoing(mail_id, message.workflow_id, message.request, Channel.EMAIL, self._gateway.name)
        accepted_at = await self._ledger.begin(outgoing)
        if accepted_at is None:
            to = await self._open(outgoing, message.contact_request or message.request, CONTACT, message.contact)
            identifier = await self._open(outgoing, message.request, IDENTIFIER, message.identifier)
            outgoing = replace(outgoing, area=domain_of(to))
            mail = self._texts.mail("identifier_and_password_identifier", identifier=identifier)
            await self._hand_over(outgoing, MailMessage(mail_id, to, mail.subject, mail.text, mail.html))
            accepted_at = await self._ledger.accepted(outgoing, ())
        return Acceptance(self._gateway.name, accepted_at)

    async def _open(self, outgoing: Outgoing, request: str, purpose: str, envelope: str) -> str:
        try:
            return await self._vault.unseal(outgoing.workflow_id, request, purpose, envelope)
        except EnvelopeError:
            await self._ledger.not_taken(outgoing, "envelope-closed", final=True)
            raise ApplicationError("envelope-closed", type="EnvelopeError", non_retryable=True) from None

    async def _hand_over(self, outgoing: Outgoing, mail: MailMessage) -> None:
        try:
            await self._gateway.send(mail)
        except GatewayRefusedError as error:
            await self._ledger.not_taken(outgoing, error.reason, final=True)
            raise ApplicationError(error.reason, type="GatewayRefusedError", non_retryable=True) from None
        except GatewayUnavailableError as error:
            await self._ledger.not_taken(outgoing, error.reason, final=False)
            raise ApplicationError(error.reason, type="GatewayUnavailableError") from None
