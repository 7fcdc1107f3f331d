"""When a connection to the relay is used again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, Envelope, Session

from activities.gateways.base.faults import GatewayError, GatewayRefusedError, GatewayUnavailableError
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.mail.smtp import SmtpGateway
from activities.gateways.mail.smtp_account import SmtpAccount
from tests.support.clock import Clock
from tests.support.waiting import free_port, until

NOBODY = "nobody@exemple.fr"
HANG_UP = "hang up"


def message(number: int) -> MailMessage:
    """Return the message of a number."""
    return MailMessage(f"m-{number}", "camille.perrin@exemple.fr", "Sujet", "Texte", "<p>Texte</p>")


class Relay:
    """A relay that records by which connection each message came, the first being 1."""

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
        return "550 no such mailbox" if address == NOBODY else self._answer("RCPT", server)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        self.waiting += 1
        await self.free.wait()
        sender = str(envelope.mail_from)
        self.taken.append((self._number(server), sender.removeprefix("bounce+").partition("@")[0]))
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
        # On the first connection alone, or on whichever it is.
        answer = self.answers.get(f"{command} {self._number(server)}", self.answers.get(command, "250 OK"))
        if answer == HANG_UP and server.transport is not None:
            server.transport.close()
        return answer


@pytest_asyncio.fixture
async def relay() -> AsyncIterator[Relay]:
    """A relay that listens."""
    opened = Relay()
    async with await asyncio.get_running_loop().create_server(opened.connection, "127.0.0.1", opened.port):
        yield opened
        opened.free.set()
        opened.hang_up()
        await until(lambda: all(server.transport is None for server in opened.opened))


@pytest.fixture
def opened(relay: Relay, now: Clock) -> Callable[..., SmtpGateway]:
    """A function that returns gateways to that relay."""
    account = SmtpAccount("127.0.0.1", relay.port, "e@vote.exemple.fr", "vote.exemple.fr", starttls=False)

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
    """When it was idle for less than twenty seconds."""
    await gateway.send(message(1))
    now.advance(timedelta(seconds=19.9))
    await gateway.send(message(2))
    assert relay.taken == [(1, "m-1"), (1, "m-2")]


async def test_a_connection_that_was_idle_for_too_long_is_not_used_again(
    relay: Relay, gateway: SmtpGateway, now: Clock
) -> None:
    """The next message goes over a new one, and the old one is closed."""
    await gateway.send(message(1))
    now.advance(timedelta(seconds=20))
    await gateway.send(message(2))
    assert relay.taken == [(1, "m-1"), (2, "m-2")]
    await until(lambda: relay.opened[0].transport is None)


async def test_a_connection_that_the_relay_closed_is_replaced(relay: Relay, gateway: SmtpGateway) -> None:
    """The next message is sent once, over a new one."""
    await gateway.send(message(1))
    relay.hang_up()
    await gateway.send(message(2))
    assert relay.taken == [(1, "m-1"), (2, "m-2")]


async def test_of_two_connections_the_open_one_is_used(relay: Relay, gateway: SmtpGateway) -> None:
    """A closed one is skipped."""
    await _two_at_once(relay, gateway)
    await gateway.send(message(3))
    used = relay.taken[-1][0]
    relay.hang_up(used)
    await until(lambda: not gateway._connections._idle[-1][0].is_connected)
    await gateway.send(message(4))
    assert relay.taken[-1] == (3 - used, "m-4")


@pytest.mark.parametrize("answer", ["421 good night", HANG_UP])
@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
async def test_a_relay_that_hangs_up_at_the_next_message_gets_it_over_a_new_connection(
    relay: Relay, gateway: SmtpGateway, command: str, answer: str
) -> None:
    """Nothing of it was sent yet, so it is sent once, without a failure."""
    await gateway.send(message(1))
    relay.answers[f"{command} 1"] = answer
    await gateway.send(message(2))
    assert relay.taken == [(1, "m-1"), (2, "m-2")]


@pytest.mark.parametrize("answer", ["452 too many messages", "550 one more is one too many"])
async def test_a_relay_that_wants_no_more_on_a_connection_gets_a_new_one(
    relay: Relay, gateway: SmtpGateway, answer: str
) -> None:
    """A message is not refused because of earlier ones on its connection."""
    await gateway.send(message(1))
    relay.answers["MAIL 1"] = answer
    await gateway.send(message(2))
    assert relay.taken == [(1, "m-1"), (2, "m-2")]


async def test_the_new_connections_answer_counts(relay: Relay, gateway: SmtpGateway) -> None:
    """When the relay closes that one too, the send fails and is retryable."""
    await gateway.send(message(1))
    relay.answers["MAIL"] = "421 closing down"
    fault = await _fault_of(gateway.send(message(2)))
    assert (type(fault), fault.reason) == (GatewayUnavailableError, "smtp-421")
    assert len(relay.opened) == 2


@pytest.mark.parametrize("answer", [HANG_UP, "451 disk full"])
async def test_a_text_that_was_sent_is_not_sent_again(relay: Relay, gateway: SmtpGateway, answer: str) -> None:
    """The relay may have kept it, so the failure is reported instead."""
    await gateway.send(message(1))
    relay.answers["DATA"] = answer
    fault = await _fault_of(gateway.send(message(2)))
    assert isinstance(fault, GatewayUnavailableError)
    assert relay.taken == [(1, "m-1"), (1, "m-2")]
    assert len(relay.opened) == 1


async def test_after_a_refusal_the_next_message_goes_over_a_new_connection(
    relay: Relay, gateway: SmtpGateway
) -> None:
    """The refused one is tried once, and its connection is closed by QUIT."""
    await gateway.send(message(1))
    fault = await _fault_of(gateway.send(replace(message(2), to=NOBODY)))
    assert (type(fault), fault.reason) == (GatewayRefusedError, "smtp-550")
    assert (len(relay.opened), relay.farewells) == (1, [1])
    await gateway.send(message(3))
    assert relay.taken == [(1, "m-1"), (2, "m-3")]


async def test_an_impossible_address_opens_no_connection(relay: Relay, gateway: SmtpGateway) -> None:
    """The relay is not asked."""
    fault = await _fault_of(gateway.send(replace(message(1), to="a@exemple.fr\r\nRCPT TO:<b@exemple.fr>")))
    assert fault.reason == "smtp-address"
    assert relay.opened == []


async def test_two_messages_at_once_use_two_connections(relay: Relay, gateway: SmtpGateway) -> None:
    """Neither waits for the other, and both connections are kept."""
    await _two_at_once(relay, gateway)
    assert sorted(number for number, _ in relay.taken) == [1, 2]
    relay.waiting = 0
    await _two_at_once(relay, gateway)
    assert sorted(number for number, _ in relay.taken) == [1, 1, 2, 2]
    assert relay.farewells == []


async def test_no_more_stay_open_than_are_allowed(relay: Relay, opened: Callable[..., SmtpGateway]) -> None:
    """The others are closed by QUIT."""
    gateway = opened(kept=1)
    await _two_at_once(relay, gateway)
    assert len(relay.farewells) == 1
    await gateway.send(message(3))
    assert len(relay.opened) == 2


async def test_a_slow_quit_is_no_failure(relay: Relay, opened: Callable[..., SmtpGateway]) -> None:
    """The relay has accepted the message; a retry would send it twice."""
    relay.parted.clear()
    await opened(kept=0, timeout=0.5).send(message(1))
    assert (relay.taken, relay.farewells) == ([(1, "m-1")], [1])


async def test_a_connection_that_hangs_is_not_used_again(relay: Relay, opened: Callable[..., SmtpGateway]) -> None:
    """A late answer would be taken for the next message's."""
    gateway = opened(timeout=0.2)
    await gateway.send(message(1))
    relay.free.clear()
    fault = await _fault_of(gateway.send(message(2)))
    assert fault.reason == "smtp-timeout"
    relay.free.set()
    await gateway.send(message(3))
    assert (2, "m-3") in relay.taken


async def test_a_connection_of_a_cancelled_send_is_not_used_again(relay: Relay, gateway: SmtpGateway) -> None:
    """For the same reason."""
    relay.free.clear()
    sending = asyncio.create_task(gateway.send(message(1)))
    await until(lambda: relay.waiting)
    sending.cancel()
    await asyncio.wait({sending})
    relay.free.set()
    await gateway.send(message(2))
    assert (2, "m-2") in relay.taken


async def test_an_address_with_accents_goes_to_a_relay_with_smtputf8(relay: Relay, gateway: SmtpGateway) -> None:
    """Over a new connection and over a kept one."""
    for number in (1, 2):
        await gateway.send(replace(message(number), to="léa@école.fr"))
    assert relay.taken == [(1, "m-1"), (1, "m-2")]
