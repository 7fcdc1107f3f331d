"""The SMTP gateway with a relay whose certificate an authority of its own has signed."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from activities.gateways.base.errors import GatewayUnavailableError
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.mail.smtp import SmtpGateway
from activities.gateways.mail.smtp_account import SmtpAccount
from tests.support.clock import Clock
from tests.support.relay_certificate import relay_certificate
from tests.support.waiting import free_port

_MESSAGE = MailMessage("delivery-1", "camille.perrin@exemple.fr", "Votre lien", "Bonjour", "<p>Bonjour</p>")


class _Mailbox:
    """Keeps what the relay accepts."""

    def __init__(self) -> None:
        self.received: list[bytes] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Accept a message."""
        assert isinstance(envelope.content, bytes)
        self.received.append(envelope.content)
        return "250 OK"


@asynccontextmanager
async def _relay(certificate: Path, port: int) -> AsyncIterator[_Mailbox]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    mailbox = _Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, tls_context=context, loop=loop, hostname="relais"), "127.0.0.1", port
    )
    async with server:
        yield mailbox


async def test_a_certificate_that_is_not_trusted_is_no_absence_of_the_relay(tmp_path: Path, now: Clock) -> None:
    """The fault says so, and nothing is sent."""
    port = free_port()
    async with _relay(relay_certificate(tmp_path), port) as mailbox:
        with pytest.raises(GatewayUnavailableError) as fault:
            await SmtpGateway(SmtpAccount("127.0.0.1", port, "e@vote.exemple.fr"), now).send(_MESSAGE)
    assert fault.value.reason == "smtp-tls"
    assert mailbox.received == []


async def test_an_authority_of_one_s_own_can_be_trusted(tmp_path: Path, now: Clock) -> None:
    """By a file."""
    port, certificate = free_port(), relay_certificate(tmp_path)
    async with _relay(certificate, port) as mailbox:
        account = SmtpAccount("127.0.0.1", port, "e@vote.exemple.fr", ca_file=str(certificate))
        await SmtpGateway(account, now).send(_MESSAGE)
    assert len(mailbox.received) == 1
