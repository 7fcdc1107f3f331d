"""Sends a voter's letter to the support desk by mail."""

import json
from dataclasses import dataclass

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.gateways.base.errors import GatewayError
from activities.gateways.mail.gateway import MailGateway, MailMessage
from activities.security.purposes import LETTER
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.texts.messages import Texts
from election.settings import Election

_NO_RECOVERY = "aucune (la personne ne s’était pas connectée)"


@dataclass(frozen=True)
class SupportLetter:
    """A voter's question; `envelope` holds what was typed, sealed under `request_id`.

    `recovery` has the opaque references of the voter's recoveries, or is empty.
    """

    workflow_id: str
    reference: str
    request_id: str
    envelope: str
    recovery: str = ""


class SupportDesk:
    """Mails letters to the desk, with the voter's own address to answer to.

    Letters are not in the message ledger: they belong to no recovery, and the figures count those alone.
    """

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
        """Return once the relay accepted the letter; its key is destroyed then, so that a second run sends nothing.

        Raises:
            ApplicationError: its message is the relay's code. It is always retryable: a final refusal means
                that the desk's own mailbox is full or moved, which operators correct while the letter waits.
        """
        try:
            clear = await self._vault.unseal(letter.workflow_id, letter.request_id, LETTER, letter.envelope)
        except EnvelopeError:
            return
        try:
            await self._mail.send(self._mail_of(letter, json.loads(clear)))
        except GatewayError as error:
            raise ApplicationError(error.reason, type=type(error).__name__) from None
        async with self._database.writing() as connection:
            await self._vault.destroy(connection, [key_id(letter.request_id, LETTER)])

    def _mail_of(self, letter: SupportLetter, typed: dict[str, str]) -> MailMessage:
        text = self._texts.mail(
            "support_request",
            reference=letter.reference,
            recovery=letter.recovery or _NO_RECOVERY,
            message=typed["message"],
        )
        to = self._election.support.email
        return MailMessage(letter.request_id, to, text.subject, text.text, text.html, reply_to=typed["reply_to"])
