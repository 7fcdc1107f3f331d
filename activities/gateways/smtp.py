"""E-mail by SMTP: a connection per message, every answer told by its code alone."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from activities.gateways.faults import GatewayError, GatewayRefused, GatewayUnavailable
from activities.gateways.mail import MailMessage
from activities.gateways.mime import compose

_FAREWELL = 1.0
_FIRST_FINAL_CODE = 500


@dataclass(frozen=True)
class SmtpAccount:
    """Where the relay is and who writes. Bounces come back to `bounce+<message id>@<domain>`.

    `timeout`, in seconds, is for a whole send.
    """

    host: str
    port: int
    sender: str
    domain: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: bool = True
    timeout: float = 10.0


class SmtpGateway:
    """A mail relay; `now` dates the messages."""

    def __init__(self, account: SmtpAccount, now: Callable[[], datetime], *, name: str = "smtp") -> None:
        self.name = name
        self._account = account
        self._now = now

    async def send(self, message: MailMessage) -> None:
        """Return once the relay has taken the message.

        Raises:
            GatewayUnavailable: no connection, a time-out, a 4xx, or the relay refuses us, whatever the message.
            GatewayRefused: a 5xx to this message, or its address cannot be written to.
        """
        client = self._client()
        fault: GatewayError | None = None
        try:
            async with asyncio.timeout(self._account.timeout):
                await client.connect()
                await self._hand_over(client, message)
        except (SMTPException, OSError, ValueError) as error:
            fault = self._fault(error)
        finally:
            await _leave(client)
        # Raised out here, it has no context: the library's errors carry the address.
        if fault is not None:
            raise fault

    def _client(self) -> SMTP:
        account = self._account
        return SMTP(
            hostname=account.host,
            port=account.port,
            username=account.user,
            password=account.password,
            start_tls=account.starttls,
            local_hostname=account.domain,
            timeout=None,  # `send` has one for the whole
        )

    async def _hand_over(self, client: SMTP, message: MailMessage) -> None:
        account = self._account
        await client.ehlo()
        notices = client.supports_extension("dsn")
        await client.send_message(
            compose(message, account.sender, account.domain, self._now()),
            sender=f"bounce+{message.message_id}@{account.domain}",
            recipients=[message.to],
            # RFC 3461: a bounce must not carry the text, and its link, back through other mailboxes.
            mail_options=["RET=HDRS", f"ENVID={message.message_id}"] if notices else [],
            rcpt_options=["NOTIFY=FAILURE,DELAY"] if notices else [],
        )

    def _fault(self, error: SMTPException | OSError | ValueError) -> GatewayError:
        match error:
            case SMTPRecipientsRefused(recipients=[refusal, *_]):
                return self._by_code(refusal.code)
            case SMTPSenderRefused() | SMTPDataError():
                return self._by_code(error.code)
            case SMTPResponseException():
                reason = str(error.code)
            case TimeoutError():
                reason = "timeout"
            case OSError():
                reason = "connect"
            case ValueError() | SMTPNotSupported():
                return GatewayRefused(self.name, "smtp-address")
            case _:
                # No STARTTLS there, or no way to sign in that both know.
                reason = "session"
        return GatewayUnavailable(self.name, f"smtp-{reason}")

    def _by_code(self, code: int) -> GatewayError:
        kind = GatewayRefused if code >= _FIRST_FINAL_CODE else GatewayUnavailable
        return kind(self.name, f"smtp-{code}")


async def _leave(client: SMTP) -> None:
    # The message was taken or not before this: a lame farewell changes nothing.
    if client.is_connected:
        with suppress(SMTPException, OSError):
            await client.quit(timeout=_FAREWELL)
    client.close()
