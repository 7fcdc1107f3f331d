"""Sends e-mail by SMTP; a failure is reported by its code alone."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from activities.gateways.base.errors import GatewayError, GatewayRefusedError, GatewayUnavailableError
from activities.gateways.base.tls import is_tls_fault
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.mail.mime import compose
from activities.gateways.mail.smtp_account import SmtpAccount
from activities.gateways.mail.smtp_connections import SmtpConnections

_FIRST_FINAL_CODE = 500
# RFC 4954, 6: the relay wants another sign-in of ours than it got, whichever command it answers so.
_OF_OUR_ACCOUNT = {530, 534, 535, 538}
# RFC 2034: the status of RFC 3463, which begins the text.
_ENHANCED = re.compile(r"([45]\.\d{1,3}\.\d{1,3})(?!\d)")
# The relay forwards nothing for us, whoever the recipient is, in the words of Postfix, Sendmail, Exim and Exchange.
_RELAYS_NOTHING = re.compile(
    r"\b(?:relay(?:ing)? (?:access )?(?:denied|not permitted)|unable to relay)\b", re.IGNORECASE
)


@dataclass
class _Course:
    """How far a send has come: whether the relay has taken our sender, and whether the handing over of the text has begun."""

    is_sender_taken: bool = False
    is_data_begun: bool = False


class SmtpGateway:
    """A mail relay; `now` dates the messages."""

    def __init__(self, account: SmtpAccount, now: Callable[[], datetime], *, name: str = "smtp") -> None:
        self.name = name
        self._account = account
        self._now = now
        self._return_paths = account.return_paths
        self._connections = SmtpConnections(account, now)

    async def send(self, message: MailMessage) -> None:
        """Return once the relay has accepted the message.

        Raises:
            GatewayUnavailableError: no connection, a time-out, a 4xx, or the relay refuses any message of ours: its sender,
                or our account. With `may_be_taken` the command that hands over its text had begun, with `is_there` it had taken
                our sender.
            GatewayRefusedError: a 5xx to this recipient or text, or a relay cannot write to its address.
        """
        fault: GatewayError | None = None
        course = _Course()
        try:
            await self._send(message, course)
        except (SMTPException, OSError, ValueError) as error:
            fault = self._fault(error)
            if isinstance(fault, GatewayUnavailableError):
                fault.may_be_taken = course.is_data_begun and not isinstance(error, SMTPResponseException)
                fault.is_there = course.is_sender_taken and not _is_of_our_account(error)
        # Raised here, it has no context: the library's errors carry the address.
        if fault is not None:
            raise fault

    async def _send(self, message: MailMessage, course: _Course) -> None:
        wire = compose(message, self._account.sender, self._account.domain, self._now())
        async with asyncio.timeout(self._account.timeout):
            kept = self._connections.take()
            if kept and not await self._is_addressed(kept, message, course):
                kept.close()
                kept, course.is_sender_taken = None, False
            client = kept or await self._new_connection(message, course)
            async with self._closed_on_failure(client):
                course.is_data_begun = True
                await client.data(wire)
        # After the time-out: a slow answer to QUIT must not make a failure of an accepted message.
        await self._connections.keep(client)

    async def _is_addressed(self, kept: SMTP, message: MailMessage, course: _Course) -> bool:
        """Return whether a kept connection accepted sender and recipient; if not, a new one may be used instead."""
        async with self._closed_on_failure(kept):
            try:
                await self._address(kept, message, course)
            except SMTPSenderRefused:
                return False  # perhaps not this message, but one more on that connection
            except SMTPException:
                if kept.is_connected:
                    raise
                return False  # the relay had hung up, or says so with a 421
        return True

    async def _new_connection(self, message: MailMessage, course: _Course) -> SMTP:
        client = self._connections.new()
        async with self._closed_on_failure(client):
            await client.connect()
            await client.ehlo()
            await self._address(client, message, course)
        return client

    @asynccontextmanager
    async def _closed_on_failure(self, client: SMTP) -> AsyncIterator[None]:
        # What is left unread on a connection would be taken for the answer to the next message.
        try:
            yield
        except SMTPException:
            await self._connections.close(client)
            raise
        except BaseException:
            client.close()
            raise

    async def _address(self, client: SMTP, message: MailMessage, course: _Course) -> None:
        notices = client.supports_extension("dsn")
        # RFC 3461: a bounce must not carry the text with its link back through other mailboxes.
        options = ["RET=HDRS", f"ENVID={message.message_id}"] if notices else []
        encoding = "ascii"
        if not message.to.isascii():
            if not client.supports_extension("smtputf8"):
                raise SMTPNotSupported("SMTPUTF8")
            options, encoding = [*options, "SMTPUTF8", "BODY=8BITMIME"], "utf-8"
        await client.mail(self._return_paths.address(message.message_id), options=options, encoding=encoding)
        course.is_sender_taken = True
        await client.rcpt(message.to, options=["NOTIFY=FAILURE,DELAY"] if notices else [], encoding=encoding)

    def _fault(self, error: SMTPException | OSError | ValueError) -> GatewayError:
        match error:
            case SMTPResponseException(code=code) if code < 0:
                reason = "session"  # no SMTP: another service's port
            case SMTPRecipientRefused() | SMTPDataError() if not _is_of_our_account(error):
                return self._by_answer(error)
            case SMTPResponseException():
                is_final = error.code >= _FIRST_FINAL_CODE  # until somebody has mended our account or our sender
                reason = f"account-{error.code}" if is_final else str(error.code)
            case TimeoutError():
                reason = "timeout"
            case _ if is_tls_fault(error):
                reason = "tls"
            case OSError():
                reason = "connect"
            case ValueError() | SMTPNotSupported():
                return GatewayRefusedError(self.name, "smtp-address")
            case _:
                # No STARTTLS, or no authentication method that both support.
                reason = "session"
        return GatewayUnavailableError(self.name, f"smtp-{reason}")

    def _by_answer(self, error: SMTPResponseException) -> GatewayError:
        kind = GatewayRefusedError if error.code >= _FIRST_FINAL_CODE else GatewayUnavailableError
        enhanced = _ENHANCED.match(error.message)
        says_more = enhanced is not None and enhanced[1][0] == str(error.code)[0]
        return kind(
            self.name, f"smtp-{error.code}-{enhanced[1]}" if enhanced and says_more else f"smtp-{error.code}"
        )


def _is_of_our_account(error: Exception) -> bool:
    if not isinstance(error, SMTPResponseException):
        return False
    return error.code in _OF_OUR_ACCOUNT or _RELAYS_NOTHING.search(error.message) is not None
