"""Letters to the support desk: opened, handed to the relay, and unreadable from then on."""

import json
from dataclasses import dataclass

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.gateways.base.faults import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.mail.gateway import MailGateway, MailMessage
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.texts.messages import Texts
from election.settings import Election

LETTER = "letter"
_NOBODY = "aucune (la personne ne s’était pas connectée)"


@dataclass(frozen=True)
class SupportLetter:
    """A voter's question; `envelope` holds what was typed, `recovery` the opaque references of who asks, if known."""

    workflow_id: str
    reference: str
    request: str
    envelope: str
    recovery: str = ""


class SupportDesk:
    """Opens a letter, mails it to the desk with the voter's own address to answer to, and keeps nothing of it."""

    def __init__(
        self, database: Database, vault: Vault, texts: Texts, election: Election, mail: MailGateway
    ) -> None:
        self._database = database
        self._vault = vault
        self._texts = texts
        self._election = election
        self._mail = mail

    @activity.defn
    async def send_letter(self, letter: SupportLetter) -> None:
        """Return once the relay has the letter; one whose key is destroyed was sent by an earlier run."""
        try:
            clear = await self._vault.unseal(letter.workflow_id, letter.request, LETTER, letter.envelope)
        except EnvelopeError:
            return
        try:
            await self._mail.send(self._written(letter, json.loads(clear)))
        except (GatewayRefusedError, GatewayUnavailableError) as error:
            # Refused for good is the desk's own mailbox, full or moved: operators mend it, the letter waits.
            raise ApplicationError(error.reason, type=type(error).__name__) from None
        async with self._database.writing() as connection:
            await self._vault.destroy(connection, [key_id(letter.request, LETTER)])

    def _written(self, letter: SupportLetter, typed: dict[str, str]) -> MailMessage:
        text = self._texts.mail(
            "support_request",
            reference=letter.reference,
            recovery=letter.recovery or _NOBODY,
            message=typed["message"],
        )
        message_id = letter.request
        to = self._election.support_email
        return MailMessage(message_id, to, text.subject, text.text, text.html, reply_to=typed["reply_to"])
