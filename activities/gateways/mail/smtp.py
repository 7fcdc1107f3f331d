"""E-mail by SMTP: connections that stay open between messages, every answer told by its code alone."""

import asyncio
from collections.abc import Callable
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

from activities.gateways.base.faults import GatewayError, GatewayRefusedError, GatewayUnavailableError
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.mail.mime import compose
from activities.gateways.mail.smtp_account import SmtpAccount
from activities.gateways.mail.smtp_connections import Lease, SmtpConnections

_LOOK_EVERY = 5.0
_FIRST_FINAL_CODE = 500


class SmtpGateway:
    """A mail relay; `now` dates the messages. `send` works without `run`, which hangs up on time."""

    def __init__(self, account: SmtpAccount, now: Callable[[], datetime], *, name: str = "smtp") -> None:
        self.name = name
        self._account = account
        self._now = now
        self._connections = SmtpConnections(account, now)

    async def run(self) -> None:
        """Close the connections that nobody needs any more, until cancelled; then all of them."""
        try:
            while True:
                await asyncio.sleep(_LOOK_EVERY)
                await self._connections.leave_idle()
        finally:
            await self._connections.leave()

    async def send(self, message: MailMessage) -> None:
        """Return once the relay has taken the message.

        Raises:
            GatewayUnavailableError: no connection, a time-out, a 4xx, or the relay refuses us, whatever the message.
            GatewayRefusedError: a 5xx to this message, or its address cannot be written to.
        """
        fault: GatewayError | None = None
        try:
            # The loan ends after the time-out: a slow farewell must not make a failure of a message that was taken.
            async with self._connections.lend() as lease, asyncio.timeout(self._account.timeout):
                await self._hand_over(lease, message)
        except (SMTPException, OSError, ValueError) as error:
            fault = self._fault(error)
        # Raised out here, it has no context: the library's errors carry the address.
        if fault is not None:
            raise fault

    async def _hand_over(self, lease: Lease, message: MailMessage) -> None:
        wire = compose(message, self._account.sender, self._account.domain, self._now())
        client = lease.kept
        if client is None or not await self._still_takes(client, message):
            client = await lease.open()
            await self._address(client, message)
        await client.data(wire)

    async def _still_takes(self, kept: SMTP, message: MailMessage) -> bool:
        """Return whether a kept connection took the envelope. Nothing was sent yet: a new one may take its place."""
        try:
            await self._address(kept, message)
        except SMTPSenderRefused:
            return False  # not of this message perhaps, but of one more on that connection
        except SMTPException:
            if kept.is_connected:
                raise
            return False  # the relay had hung up, or says so with a 421
        return True

    async def _address(self, client: SMTP, message: MailMessage) -> None:
        notices = client.supports_extension("dsn")
        # RFC 3461: a bounce must not carry the text, and its link, back through other mailboxes.
        options = ["RET=HDRS", f"ENVID={message.message_id}"] if notices else []
        encoding = "ascii"
        if not message.to.isascii():
            if not client.supports_extension("smtputf8"):
                raise SMTPNotSupported("no accents there")
            options, encoding = [*options, "SMTPUTF8", "BODY=8BITMIME"], "utf-8"
        sender = f"bounce+{message.message_id}@{self._account.domain}"
        await client.mail(sender, options=options, encoding=encoding)
        await client.rcpt(message.to, options=["NOTIFY=FAILURE,DELAY"] if notices else [], encoding=encoding)

    def _fault(self, error: SMTPException | OSError | ValueError) -> GatewayError:
        match error:
            case SMTPSenderRefused() | SMTPRecipientRefused() | SMTPDataError():
                return self._by_code(error.code)
            case SMTPResponseException():
                reason = str(error.code)
            case TimeoutError():
                reason = "timeout"
            case OSError():
                reason = "connect"
            case ValueError() | SMTPNotSupported():
                return GatewayRefusedError(self.name, "smtp-address")
            case _:
                # No STARTTLS there, or no way to sign in that both know.
                reason = "session"
        return GatewayUnavailableError(self.name, f"smtp-{reason}")

    def _by_code(self, code: int) -> GatewayError:
        kind = GatewayRefusedError if code >= _FIRST_FINAL_CODE else GatewayUnavailableError
        return kind(self.name, f"smtp-{code}")
