"""The process of the demo's mail server and message centre."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from activities.config.clock import utc_now
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.mail.smtp import SmtpGateway
from activities.gateways.mail.smtp_account import SmtpAccount
from activities.gateways.sms.gateway import Receipt, SmsMessage
from activities.gateways.sms.smpp import SmppGateway
from activities.gateways.sms.smpp_account import SmppAccount
from demo.state.inbox import Inbox
from tests.support.waiting import free_port, listens, running, until


@asynccontextmanager
async def fake_services(state: Path, smtp_port: int, smpp_port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the fake services in a process, which is killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "demo.fake_services", "--state", str(state)],
        *["--smtp-port", str(smtp_port), "--smpp-port", str(smpp_port)],
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_it_serves_until_a_signal(tmp_path: Path, name: signal.Signals) -> None:
    """Mail and SMS reach the inbox; a signal ends the process with status 0 and no output."""
    smtp_port, smpp_port = free_port(), free_port()
    receipts: list[Receipt] = []

    async def keep(receipt: Receipt) -> None:
        receipts.append(receipt)

    account = SmppAccount("127.0.0.1", smpp_port, "reassort", "secret", "ELECTIONS", bind_wait=30.0)
    relay = SmtpAccount("127.0.0.1", smtp_port, "e@vote.exemple.fr", starttls=False)
    sms = SmppGateway(account, keep, utc_now, name="smpp")
    async with fake_services(tmp_path, smtp_port, smpp_port) as process:
        await until(lambda: listens(smtp_port) and listens(smpp_port), within=20)
        async with running(sms.run()):
            await sms.send(SmsMessage("m-1", "+33600000001", "Bonjour"))
            await SmtpGateway(relay, utc_now).send(
                MailMessage("m-2", "A@exemple.fr", "Sujet", "Texte", "<p>Texte</p>")
            )
            await until(lambda: receipts)
        process.send_signal(name)
        _, errors = await asyncio.wait_for(process.communicate(), 10)
    assert (process.returncode, errors) == (0, b"")
    inbox = Inbox.under(tmp_path)
    messages = inbox.since(0)
    received = [(message.channel, message.to, message.text.strip()) for message in messages]
    assert [html.strip() for html in inbox.html_of(messages).values()] == ["<p>Texte</p>"]
    assert received == [("sms", "+33600000001", "Bonjour"), ("email", "a@exemple.fr", "Texte")]


@pytest.mark.parametrize("taken", ["smtp", "smpp"])
async def test_a_port_in_use_is_reported_in_one_line(tmp_path: Path, taken: str) -> None:
    """The line names the port, and the status is 1."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ports = {"smtp": free_port(), "smpp": free_port()} | {taken: port}
        async with fake_services(tmp_path, ports["smtp"], ports["smpp"]) as process:
            _, errors = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert (
        errors.decode() == f"demo.fake_services: port {port} cannot be listened on: is another program using it?\n"
    )
