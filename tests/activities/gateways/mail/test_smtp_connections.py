"""The SMTP gateway reuses connections, and replaces those that must not be used again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, Envelope, Session

from activities.gateways.base.errors import GatewayError, GatewayRefusedError, GatewayUnavailableError
from activities.gateways.mail import smtp_connections
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.mail.smtp import SmtpGateway
from activities.gateways.mail.smtp_account import SmtpAccount
from tests.support.clock import Clock
from tests.support.waiting import free_port, until

UNKNOWN = "inconnu@exemple.fr"
HANG_UP = "hang up"


def message(number: int) -> MailMessage:
    """Return a message with that number in its id."""
    return MailMessage(f"m-{number}", "camille.perrin@exemple.fr", "Sujet", "Texte", "<p>Texte</p>")


class Relay:
    """A relay that records the connection of each message, numbered from 1."""

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: list[tuple[int, str]] = []
        self.farewells: list[int] = []
        self.answers: dict[str, str] = {}
        self.free = asyncio.Event()
        self.free.set()
        self.parted = asyncio.Event()
        self.parted.set()
        self.waiting = 0
        self.opened: list[SMTP] = []

    async def handle_MAIL(  # noqa: N802 - aiosmtpd names its hooks so
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._answer("MAIL", server)

    async def handle_RCPT(  # noqa: N802 - the same
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return "550 no such mailbox" if address == UNKNOWN else self._answer("RCPT", server)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        self.waiting += 1
        await self.free.wait()
        sender = str(envelope.mail_from)
        self.taken.append((self._number(server), sender.removeprefix("bounce+").rpartition("-")[0]))
        return self._answer("DATA", server)

    async def handle_QUIT(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 - the same
        self.farewells.append(self._number(server))
        await self.parted.wait()
        return "221 bye"

    def connection(self) -> SMTP:
        self.opened.append(SMTP(self, hostname="relay", enable_SMTPUTF8=True))
        return self.opened[-1]

    def hang_up(self, only: int | None = None) -> None:
        for number, server in enumerate(self.opened, 1):
            if server.transport is not None and only in {None, number}:
                server.transport.close()

    def _number(self, server: SMTP) -> int:
        return self.opened.index(server) + 1

    def _answer(self, command: str, server: SMTP) -> str:
        # `answers` has answers for one connection ("MAIL 1") or for all ("MAIL").
        answer = self.answers.get(f"{command} {self._number(server)}", self.answers.get(command, "250 OK"))
        if answer == HANG_UP and server.transport is not None:
            server.transport.close()
        return answer


@pytest_asyncio.fixture
async def relay() -> AsyncIterator[Relay]:
    """A running relay."""
    opened = Relay()
    async with await asyncio.get_running_loop().create_server(opened.connection, "127.0.0.1", opened.port):
        yield opened
        opened.free.set()
        opened.hang_up()
        await until(lambda: all(server.transport is None for server in opened.opened))


@pytest.fixture
def opened(relay: Relay, now: Clock) -> Callable[..., SmtpGateway]:
    """A function that makes gateways to that relay, with some settings of the account changed."""
    account = SmtpAccount("127.0.0.1", relay.port, "e@vote.exemple.fr", starttls=False)

    def make(**changes: Any) -> SmtpGateway:
        return SmtpGateway(replace(account, **changes), now)

    return make


@pytest.fixture
def gateway(opened: Callable[..., SmtpGateway]) -> SmtpGateway:
    """A gateway to that relay."""
    return opened()


async def _fault_of(sending: Any) -> GatewayError:
    with pytest.raises(GatewayError) as fault:
        await sending
    assert fault.value.__context__ is None
    return fault.value


async def _two_at_once(relay: Relay, gateway: SmtpGateway) -> None:
    relay.free.clear()
    async with asyncio.TaskGroup() as tasks:
        for number in (1, 2):
            tasks.create_task(gateway.send(message(number)))
        await until(lambda: relay.waiting == 2)
        relay.free.set()


async def test_a_second_message_goes_over_the_same_connection(
    relay: Relay, gateway: SmtpGateway, now: Clock
) -> None:
    """If the connection was idle for less than twenty seconds."""
    await gateway.send(message(1))
    now.advance(timedelta(seconds=19.9))
    await gateway.send(message(2))
    assert relay.taken == [(1, "m-1"), (1, "m-2")]


async def test_a_connection_that_was_idle_for_too_long_is_not_used_again(
    relay: Relay, gateway: SmtpGateway, now: Clock
) -> None:
    """After twenty idle seconds the next message gets a new connection, and the old one is closed."""
    await gateway.send(message(1))
    now.advance(timedelta(seconds=20))
    await gateway.send(message(2))
    assert relay.taken == [(1, "m-1"), (2, "m-2")]
    await until(lambda: relay.opened[0].transport is None)


async def test_a_connection_that_the_relay_closed_is_replaced(relay: Relay, gateway: SmtpGateway) -> None:
    """The next message is sent once, over a new connection."""
    await gateway.send(message(1))
    relay.hang_up()
    await gateway.send(message(2))
    assert relay.taken == [(1, "m-1"), (2, "m-2")]


async def test_a_closed_connection_is_skipped_for_an_open_one(relay: Relay, gateway: SmtpGateway) -> None:
    """Of two idle connections, the one that the relay has not closed is used."""
    await _two_at_once(relay, gateway)
    await gateway.send(message(3))
    used = relay.taken[-1][0]
    relay.hang_up(used)
    await until(lambda: not gateway._connections._idle[-1][0].is_connected)
    await gateway.send(message(4))
    assert relay.taken[-1] == (3 - used, "m-4")


@pytest.mark.parametrize("answer", ["421 good night", HANG_UP])
@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
async def test_a_message_is_sent_over_a_new_connection_if_a_reused_one_fails(
    relay: Relay, gateway: SmtpGateway, command: str, answer: str
) -> None:
    """If the relay closes before the text was sent, the message is sent once and the caller gets no error."""
    await gateway.send(message(1))
    relay.answers[f"{command} 1"] = answer
    await gateway.send(message(2))
    assert relay.taken == [(1, "m-1"), (2, "m-2")]


@pytest.mark.parametrize("answer", ["452 too many messages", "550 one more is one too many"])
async def test_a_refusal_of_more_messages_opens_a_new_connection(
    relay: Relay, gateway: SmtpGateway, answer: str
) -> None:
    """An error to MAIL on a reused connection is not taken for a refusal of the message."""
    await gateway.send(message(1))
    relay.answers["MAIL 1"] = answer
    await gateway.send(message(2))
    assert relay.taken == [(1, "m-1"), (2, "m-2")]


async def test_an_error_on_the_new_connection_is_raised(relay: Relay, gateway: SmtpGateway) -> None:
    """If the relay refuses on the new connection too, the send raises GatewayUnavailableError."""
    await gateway.send(message(1))
    relay.answers["MAIL"] = "421 closing down"
    fault = await _fault_of(gateway.send(message(2)))
    assert (type(fault), fault.reason) == (GatewayUnavailableError, "smtp-421")
    assert len(relay.opened) == 2


@pytest.mark.parametrize("answer", [HANG_UP, "451 disk full"])
async def test_a_message_whose_text_was_sent_is_not_sent_again(
    relay: Relay, gateway: SmtpGateway, answer: str
) -> None:
    """The relay may have accepted it, so the gateway raises instead of using another connection."""
    await gateway.send(message(1))
    relay.answers["DATA"] = answer
    fault = await _fault_of(gateway.send(message(2)))
    assert isinstance(fault, GatewayUnavailableError)
    assert relay.taken == [(1, "m-1"), (1, "m-2")]
    assert len(relay.opened) == 1


async def test_a_new_connection_is_used_after_a_refusal(relay: Relay, gateway: SmtpGateway) -> None:
    """The refused message is sent once, its connection is closed, and the next message gets a new one."""
    await gateway.send(message(1))
    fault = await _fault_of(gateway.send(replace(message(2), to=UNKNOWN)))
    assert (type(fault), fault.reason) == (GatewayRefusedError, "smtp-550")
    assert (len(relay.opened), relay.farewells) == (1, [1])
    await gateway.send(message(3))
    assert relay.taken == [(1, "m-1"), (2, "m-3")]


async def test_an_invalid_address_opens_no_connection(relay: Relay, gateway: SmtpGateway) -> None:
    """An address with a line break is refused before the relay is contacted."""
    fault = await _fault_of(gateway.send(replace(message(1), to="a@exemple.fr\r\nRCPT TO:<b@exemple.fr>")))
    assert fault.reason == "smtp-address"
    assert relay.opened == []


async def test_two_messages_at_once_use_two_connections(relay: Relay, gateway: SmtpGateway) -> None:
    """Neither waits for the other; afterwards both connections are reused."""
    await _two_at_once(relay, gateway)
    assert sorted(number for number, _ in relay.taken) == [1, 2]
    relay.waiting = 0
    await _two_at_once(relay, gateway)
    assert sorted(number for number, _ in relay.taken) == [1, 1, 2, 2]
    assert relay.farewells == []


async def test_only_the_allowed_number_of_connections_is_kept(
    relay: Relay, opened: Callable[..., SmtpGateway]
) -> None:
    """The others are closed with QUIT."""
    gateway = opened(kept=1)
    await _two_at_once(relay, gateway)
    assert len(relay.farewells) == 1
    await gateway.send(message(3))
    assert len(relay.opened) == 2


async def test_a_slow_quit_does_not_fail_the_send(
    relay: Relay, opened: Callable[..., SmtpGateway], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The relay has accepted the message, so an error would have it sent twice: QUIT may take longer than a send."""
    monkeypatch.setattr(smtp_connections, "_QUIT_TIMEOUT", 2.5)
    relay.parted.clear()
    await opened(kept=0, timeout=2.0).send(message(1))
    assert (relay.taken, relay.farewells) == ([(1, "m-1")], [1])


async def test_a_connection_that_timed_out_is_not_used_again(
    relay: Relay, gateway: SmtpGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its late answer would be taken for the answer to the next message."""
    await gateway.send(message(1))
    relay.free.clear()
    with monkeypatch.context() as impatient:
        impatient.setattr(gateway, "_account", replace(gateway._account, timeout=0.2))
        fault = await _fault_of(gateway.send(message(2)))
    assert fault.reason == "smtp-timeout"
    relay.free.set()
    await gateway.send(message(3))
    assert (2, "m-3") in relay.taken


async def test_a_connection_whose_send_was_cancelled_is_not_used_again(relay: Relay, gateway: SmtpGateway) -> None:
    """Its late answer would be taken for the answer to the next message."""
    relay.free.clear()
    sending = asyncio.create_task(gateway.send(message(1)))
    await until(lambda: relay.waiting)
    sending.cancel()
    await asyncio.wait({sending})
    relay.free.set()
    await gateway.send(message(2))
    assert (2, "m-2") in relay.taken


async def test_an_address_with_accents_is_sent_with_smtputf8(relay: Relay, gateway: SmtpGateway) -> None:
    """Over a new connection and over a reused one."""
    for number in (1, 2):
        await gateway.send(replace(message(number), to="léa@école.fr"))
    assert relay.taken == [(1, "m-1"), (1, "m-2")]
