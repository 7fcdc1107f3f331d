"""Sends the code of a sign-in to the work mailbox."""

import json
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.gateways.base.errors import GatewayError, GatewayRefusedError
from activities.gateways.mail.gateway import MailGateway, MailMessage
from activities.security.purposes import SIGN_IN_CODE
from activities.security.vault import EnvelopeError, Vault, key_id
from activities.store.database import Database
from activities.texts.messages import Spoken, Texts
from election.rules.sign_in import SignInRules
from election.text.numbers import written_duration
from election.text.translation import SOURCE


@dataclass(frozen=True)
class SealedCodeMail:
    """A code and its address, sealed under `request_id`; the code is useless after `lifetime`.

    The mail is in French, and in `language` below.
    """

    workflow_id: str
    request_id: str
    envelope: str
    lifetime: timedelta
    language: str = SOURCE


class SignInCodeMails:
    """Mails codes; they are not in the message ledger, whose figures count recoveries alone."""

    def __init__(
        self, database: Database, vault: Vault, texts: Texts, rules: SignInRules, mail: MailGateway
    ) -> None:
        self._database = database
        self._vault = vault
        self._texts = texts
        self._rules = rules
        self._mail = mail

    @activity.defn
    async def send_code(self, sealed: SealedCodeMail) -> None:
        """Return once the relay accepted the mail, or at once where nothing is to be sent.

        The key is destroyed then, so that a second run sends nothing.

        Raises:
            ApplicationError: its message is the relay's code; non-retryable when the relay refused.
        """
        try:
            clear = await self._vault.unseal(sealed.workflow_id, sealed.request_id, SIGN_IN_CODE, sealed.envelope)
        except EnvelopeError:
            return
        typed: dict[str, str] = json.loads(clear)
        if typed["address"]:
            await self._send(sealed, typed)
        async with self._database.writing() as connection:
            await self._vault.destroy(connection, [key_id(sealed.request_id, SIGN_IN_CODE)])

    async def _send(self, sealed: SealedCodeMail, typed: dict[str, str]) -> None:
        lifetime = Spoken(lambda: written_duration(self._rules.code_lifetime))
        text = self._texts.warning("sign_in_code", sealed.language, code=typed["code"], lifetime=lifetime)
        try:
            await self._mail.send(
                MailMessage(
                    sealed.request_id,
                    typed["address"],
                    text.subject,
                    text.text,
                    text.html,
                    languages=text.languages,
                )
            )
        except GatewayError as error:
            final = isinstance(error, GatewayRefusedError)
            raise ApplicationError(error.reason, type=type(error).__name__, non_retryable=final) from None
