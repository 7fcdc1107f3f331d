"""Sends new identifiers by SMS: each once for its id, whatever is run again."""

from dataclasses import dataclass, replace

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.gateways.base.faults import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.sms.gateway import SmsGateway, SmsMessage
from activities.recoveries.requests import CONTACT
from activities.recoveries.unactivated_identifiers import IDENTIFIER
from activities.security.vault import EnvelopeError, Vault
from activities.sending.contacts import country_of
from activities.sending.ledger import Ledger, Outgoing
from activities.sending.messaging import Acceptance
from activities.sending.receipts import Receipts
from activities.texts.messages import Texts
from election.stages import Channel


@dataclass(frozen=True)
class IdentifierMessage:
    """An identifier to be sent: both `identifier` and `contact`, its number or address, are envelopes.

    `contact_request` is the request that the contact was sealed under, where it is another.
    """

    workflow_id: str
    request: str
    identifier: str
    contact: str
    tries: int
    contact_request: str = ""

    @property
    def message_id(self) -> str:
        """The message's id: the same when its send is run again, another when an operator has it sent anew."""
        return f"{self.request}-{self.tries}"


class IdentifierSms:
    """Opens both envelopes, writes the SMS, hands it to the gateway, and keeps nothing of it."""

    def __init__(
        self, vault: Vault, ledger: Ledger, receipts: Receipts, texts: Texts, gateway: SmsGateway
    ) -> None:
        self._vault = vault
        self._ledger = ledger
        self._receipts = receipts
        self._texts = texts
        self._gateway = gateway

    @activity.defn
    async def send_identifier(self, message: IdentifierMessage) -> Acceptance:
        """Return when the gateway took the SMS; one that was taken before is not sent again."""
        outgoing = Outgoing(
            message.message_id, message.workflow_id, message.request, Channel.SMS, self._gateway.name
        )
        accepted_at = await self._ledger.begin(outgoing)
        if accepted_at is None:
            to = await self._open(outgoing, message, CONTACT, message.contact)
            identifier = await self._open(outgoing, message, IDENTIFIER, message.identifier)
            outgoing = replace(outgoing, area=country_of(to))
            text = self._texts.sms("identifier_sms", identifier=identifier)
            ids = await self._hand_over(outgoing, SmsMessage(message.message_id, to, text))
            accepted_at = await self._ledger.accepted(outgoing, ids)
        await self._receipts.tell(message.message_id)
        return Acceptance(self._gateway.name, accepted_at)

    async def _open(self, outgoing: Outgoing, message: IdentifierMessage, purpose: str, envelope: str) -> str:
        try:
            return await self._vault.unseal(message.workflow_id, message.request, purpose, envelope)
        except EnvelopeError:
            await self._ledger.not_taken(outgoing, "envelope-closed", final=True)
            raise ApplicationError("envelope-closed", type="EnvelopeError", non_retryable=True) from None

    async def _hand_over(self, outgoing: Outgoing, message: SmsMessage) -> tuple[str, ...]:
        try:
            return await self._gateway.send(message)
        except GatewayRefusedError as error:
            await self._ledger.not_taken(outgoing, error.reason, final=True)
            raise ApplicationError(error.reason, type="GatewayRefusedError", non_retryable=True) from None
        except GatewayUnavailableError as error:
            await self._ledger.not_taken(outgoing, error.reason, final=False)
            raise ApplicationError(error.reason, type="GatewayUnavailableError") from None
