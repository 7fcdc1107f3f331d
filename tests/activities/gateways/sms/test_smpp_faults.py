"""The SMPP gateway against operators that refuse, are slow or unavailable."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from activities.gateways.base.faults import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.mail.smtp_account import SmtpAccount
from activities.gateways.sms.gateway import SmsMessage
from activities.gateways.sms.smpp import SmppGateway
from activities.gateways.sms.smpp_account import SmppAccount
from tests.support.clock import Clock
from tests.support.smpp_server import LONG, MESSAGE, PHONE, SmppSetup, mute_centre
from tests.support.waiting import running, until
from workflows.contracts import options


@pytest.fixture
def smpp_setup(tmp_path: Path, now: Clock) -> SmppSetup:
    """A message centre that does not run yet."""
    return SmppSetup(tmp_path, now)


@pytest_asyncio.fixture
async def gateway(smpp_setup: SmppSetup) -> AsyncIterator[SmppGateway]:
    """A gateway and a message centre, both running."""
    gateway = smpp_setup.gateway()
    async with running(smpp_setup.centre().run()), running(gateway.run()):
        yield gateway


async def test_a_refusal_is_final_and_names_the_status(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """The error has the operator's status, without the phone number."""
    smpp_setup.modes.write(sms="refuse")
    with pytest.raises(GatewayRefusedError) as refusal:
        await gateway.send(MESSAGE)
    assert refusal.value.reason == "smpp-0x0000000B"
    assert smpp_setup.texts() == []


async def test_throttling_is_retryable(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """A throttled submit succeeds later."""
    smpp_setup.modes.write(sms="throttle")
    with pytest.raises(GatewayUnavailableError) as refusal:
        await gateway.send(MESSAGE)
    assert refusal.value.reason == "smpp-throttled"
    smpp_setup.modes.write(sms="ok")
    await gateway.send(MESSAGE)
    assert smpp_setup.texts() == [MESSAGE.text]


async def test_without_a_message_centre_a_send_fails_soon(smpp_setup: SmppSetup) -> None:
    """After a short wait for the bind."""
    gateway = smpp_setup.gateway(bind_wait=0.1)
    async with running(gateway.run()):
        with pytest.raises(GatewayUnavailableError) as fault:
            await gateway.send(MESSAGE)
    assert fault.value.reason == "smpp-unbound"


async def test_nothing_personal_is_logged_or_raised(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """Neither number nor text is in a log line or an error, whatever the operator answers."""
    faults = []
    with capture_logs() as logs:
        for mode in ("ok", "refuse", "throttle", "undelivered"):
            smpp_setup.modes.write(sms=mode)
            try:
                await gateway.send(replace(MESSAGE, message_id=mode))
            except (GatewayRefusedError, GatewayUnavailableError) as fault:
                faults.append(str(fault))
        await until(lambda: len(smpp_setup.told) == 2)
    assert faults == ["smpp: smpp-0x0000000B", "smpp: smpp-throttled"]
    assert PHONE.removeprefix("+") not in str(logs)
    assert "https" not in str(logs)


async def test_a_submit_without_an_answer_is_a_time_out(smpp_setup: SmppSetup) -> None:
    """It is retryable."""
    gateway = smpp_setup.gateway(submit_timeout=0.1)
    async with mute_centre(smpp_setup.account.port), running(gateway.run()):
        with pytest.raises(GatewayUnavailableError) as fault:
            await gateway.send(MESSAGE)
    assert fault.value.reason == "smpp-timeout"


async def test_the_window_is_kept(smpp_setup: SmppSetup) -> None:
    """While as many submits as the operator allows are unanswered, no further one is sent."""
    gateway = smpp_setup.gateway(window=3)
    async with mute_centre(smpp_setup.account.port) as centre, running(gateway.run()):

        async def answer(number: int, *, of: int) -> None:
            await until(lambda: len(centre.held) == of)
            centre.held[number].accept(f"id-{number}")

        sends = [asyncio.create_task(gateway.send(MESSAGE)) for _ in range(7)]
        for number in range(7):
            await answer(number, of=min(number + 3, 7))
        ids = await asyncio.gather(*sends)
    assert sorted(ids) == [(f"id-{number}",) for number in range(7)]


async def test_the_rate_is_kept(smpp_setup: SmppSetup) -> None:
    """At one message in a quarter of an hour, the second does not leave with the first."""
    gateway = smpp_setup.gateway(rate=1 / 900, turn_wait=3600.0)
    async with running(smpp_setup.centre().run()), running(gateway.run()):
        await gateway.send(MESSAGE)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(gateway.send(LONG), 0.3)
    assert smpp_setup.texts() == [MESSAGE.text]


async def test_a_turn_that_is_far_away_is_refused_at_once(smpp_setup: SmppSetup) -> None:
    """Otherwise the send could outlast the activity's time-out."""
    gateway = smpp_setup.gateway(rate=1 / 900)
    async with running(smpp_setup.centre().run()), running(gateway.run()):
        await gateway.send(MESSAGE)
        with pytest.raises(GatewayUnavailableError) as fault:
            await gateway.send(LONG)
    assert fault.value.reason == "smpp-busy"
    assert smpp_setup.texts() == [MESSAGE.text]


def test_a_send_is_over_before_another_one_begins() -> None:
    """The waits for bind, turn and answer together are shorter than an activity's time-out; so is a mail's."""
    sms = SmppAccount("127.0.0.1", 2775, "reassort", "secret", "ELECTIONS")
    mail = SmtpAccount("127.0.0.1", 25, "e@vote.exemple.fr", "vote.exemple.fr")
    longest = max(sms.bind_wait + sms.turn_wait + sms.submit_timeout, mail.timeout)
    assert longest + 2 < options.SEND_TIMEOUT.total_seconds()


async def test_a_full_window_is_retryable(smpp_setup: SmppSetup) -> None:
    """For a send that finds no place in time."""
    gateway = smpp_setup.gateway(window=1, turn_wait=0.2, submit_timeout=0.5)
    async with mute_centre(smpp_setup.account.port) as centre, running(gateway.run()):
        first = asyncio.create_task(gateway.send(MESSAGE))
        await until(lambda: centre.held)
        results = await asyncio.gather(first, gateway.send(LONG), gateway.send(LONG), return_exceptions=True)
    assert "smpp-busy" in [getattr(result, "reason", "") for result in results]


async def test_a_connection_lost_during_a_submit_is_retryable(smpp_setup: SmppSetup) -> None:
    """It is not known whether the operator accepted it."""
    gateway = smpp_setup.gateway()
    async with running(gateway.run()):
        async with mute_centre(smpp_setup.account.port) as centre:
            sending = asyncio.create_task(gateway.send(MESSAGE))
            await until(lambda: centre.held)
        with pytest.raises(GatewayUnavailableError) as fault:
            await sending
    assert fault.value.reason == "smpp-disconnected"


async def test_a_bind_without_an_answer_fails(smpp_setup: SmppSetup) -> None:
    """This is how a wrong password shows; sends fail, and the log says why."""

    async def never_answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    held = asyncio.Event()
    server = await asyncio.start_server(never_answer, "127.0.0.1", smpp_setup.account.port)
    gateway = smpp_setup.gateway(bind_timeout=0.1, bind_wait=0.05)
    with capture_logs() as logs:
        async with server, running(gateway.run()):
            with pytest.raises(GatewayUnavailableError):
                await gateway.send(MESSAGE)
            await until(lambda: logs)
            held.set()
    assert logs[0] == {
        "event": "smpp_not_bound",
        "gateway": "smpp",
        "fault": "bind timed out",
        "log_level": "warning",
    }


async def test_a_text_of_more_than_255_segments_is_refused(smpp_setup: SmppSetup) -> None:
    """Nothing of it is sent."""
    with pytest.raises(GatewayRefusedError) as refusal:
        await smpp_setup.gateway().send(SmsMessage("delivery-1", PHONE, "a" * 40_000))
    assert refusal.value.reason == "smpp-too-long"
