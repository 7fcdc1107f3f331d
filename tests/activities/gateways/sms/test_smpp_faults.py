"""The SMPP gateway with operators that refuse, are slow, or disconnect."""

import asyncio
import struct
from contextlib import suppress
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from activities.gateways.base.errors import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.mail.smtp_account import SmtpAccount
from activities.gateways.sms import smpp
from activities.gateways.sms.bind_status import bind_status
from activities.gateways.sms.gateway import SmsMessage
from activities.gateways.sms.smpp import SmppGateway
from activities.gateways.sms.smpp_account import IdBase, SmppAccount
from tests.support.http_sms import account
from tests.support.smpp_server import LONG, MESSAGE, PHONE, SmppSetup, mute_centre
from tests.support.waiting import running, until
from workflows.contracts import options


async def test_a_refusal_is_permanent_and_has_the_status(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """The reason is the SMPP status, without the phone number."""
    smpp_setup.modes.write(sms="refuse")
    with pytest.raises(GatewayRefusedError) as refusal:
        await gateway.send(MESSAGE)
    assert refusal.value.reason == "smpp-0x0000000B"
    assert smpp_setup.texts() == []


async def test_a_throttled_send_can_be_retried(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """It raises GatewayUnavailableError; sent again later, it succeeds."""
    smpp_setup.modes.write(sms="throttle")
    with pytest.raises(GatewayUnavailableError) as refusal:
        await gateway.send(MESSAGE)
    assert refusal.value.reason == "smpp-throttled"
    smpp_setup.modes.write(sms="ok")
    await gateway.send(MESSAGE)
    assert smpp_setup.texts() == [MESSAGE.text]


async def test_a_send_without_a_message_centre_fails_after_the_bind_wait(smpp_setup: SmppSetup) -> None:
    """No server listens: the send raises after a short wait for the bind."""
    gateway = smpp_setup.gateway(bind_wait=0.1)
    async with running(gateway.run()):
        with pytest.raises(GatewayUnavailableError) as fault:
            await gateway.send(MESSAGE)
    assert fault.value.reason == "smpp-unbound"


async def test_nothing_personal_is_logged_or_raised(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """Neither number nor text is in a log line or an error, for each answer of the operator."""
    faults = []
    with capture_logs() as logs:
        for mode in ("ok", "refuse", "throttle", "undelivered"):
            smpp_setup.modes.write(sms=mode)
            try:
                await gateway.send(replace(MESSAGE, message_id=mode))
            except (GatewayRefusedError, GatewayUnavailableError) as fault:
                faults.append(str(fault))
        await until(lambda: len(smpp_setup.receipts) == 2)
    assert faults == ["smpp: smpp-0x0000000B", "smpp: smpp-throttled"]
    assert PHONE.removeprefix("+") not in str(logs)
    assert "https" not in str(logs)


async def test_a_submit_without_an_answer_times_out(smpp_setup: SmppSetup) -> None:
    """The send raises GatewayUnavailableError after the submit timeout."""
    gateway = smpp_setup.gateway(submit_timeout=0.1)
    async with mute_centre(smpp_setup.account.port), running(gateway.run()):
        with pytest.raises(GatewayUnavailableError) as fault:
            await gateway.send(MESSAGE)
    assert fault.value.reason == "smpp-timeout"


async def test_the_window_limits_unanswered_submits(smpp_setup: SmppSetup) -> None:
    """A further submit is sent only when one of the allowed number has its answer."""
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


async def test_the_rate_limits_sends(smpp_setup: SmppSetup) -> None:
    """At one message in a quarter of an hour, the second is not sent with the first."""
    gateway = smpp_setup.gateway(rate=1 / 900, turn_wait=3600.0, send_timeout=3600.0)
    async with running(smpp_setup.centre().run()), running(gateway.run()):
        await gateway.send(MESSAGE)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(gateway.send(LONG), 0.3)
    assert smpp_setup.texts() == [MESSAGE.text]


async def test_a_send_whose_turn_is_too_late_fails_at_once(smpp_setup: SmppSetup) -> None:
    """A send that waited longer could overlap with Temporal's retry of it."""
    gateway = smpp_setup.gateway(rate=1 / 900)
    async with running(smpp_setup.centre().run()), running(gateway.run()):
        await gateway.send(MESSAGE)
        with pytest.raises(GatewayUnavailableError) as fault:
            await gateway.send(LONG)
    assert fault.value.reason == "smpp-busy"
    assert smpp_setup.texts() == [MESSAGE.text]


def test_a_send_ends_before_temporal_retries_it() -> None:
    """What a gateway may take for an SMS, whatever its length, or for a mail, is shorter than the activity's timeout."""
    smpp = SmppAccount("127.0.0.1", 2775, "reassort", "secret", "ELECTIONS")
    http, mail = account("ovhcloud"), SmtpAccount("127.0.0.1", 25, "e@vote.exemple.fr")
    longest = max(smpp.send_timeout, http.send_timeout, mail.timeout)
    assert longest + 2 < options.SEND_TIMEOUT.total_seconds()
    assert smpp.bind_wait + smpp.turn_wait + smpp.submit_timeout <= smpp.send_timeout


async def test_the_segments_of_a_message_share_its_time(smpp_setup: SmppSetup) -> None:
    """When the first one has taken it all, the second one is given up, as part of a message that may have been taken."""
    gateway = smpp_setup.gateway(send_timeout=1.0, submit_timeout=3600.0)
    async with mute_centre(smpp_setup.account.port) as centre, running(gateway.run()):
        await until(lambda: gateway.is_bound)
        sending = asyncio.create_task(gateway.send(LONG))
        await until(lambda: centre.held)
        centre.held.pop().accept("7")
        with pytest.raises(GatewayUnavailableError) as fault:
            await sending
    assert (fault.value.reason, fault.value.may_be_taken) == ("smpp-timeout", True)


async def test_a_full_window_is_reported(smpp_setup: SmppSetup) -> None:
    """A send that gets no place in the window in time raises `smpp-busy`."""
    gateway = smpp_setup.gateway(window=1, turn_wait=0.2, submit_timeout=0.5)
    async with mute_centre(smpp_setup.account.port) as centre, running(gateway.run()):
        first = asyncio.create_task(gateway.send(MESSAGE))
        await until(lambda: centre.held)
        results = await asyncio.gather(first, gateway.send(LONG), gateway.send(LONG), return_exceptions=True)
    assert "smpp-busy" in [getattr(result, "reason", "") for result in results]


async def test_a_disconnection_during_a_submit_can_be_retried(smpp_setup: SmppSetup) -> None:
    """The operator unbinds before it answers, so the outcome is unknown and the send is retried."""
    gateway = smpp_setup.gateway()
    async with running(gateway.run()):
        async with mute_centre(smpp_setup.account.port) as centre:
            sending = asyncio.create_task(gateway.send(MESSAGE))
            await until(lambda: centre.held)
        with pytest.raises(GatewayUnavailableError) as fault:
            await sending
    assert fault.value.reason == "smpp-disconnected"


async def test_a_bind_without_an_answer_times_out(smpp_setup: SmppSetup) -> None:
    """With a wrong password the bind gets no answer: sends fail, and the reason is logged."""

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


@pytest.mark.parametrize("status", [0x05, 0x0D, 0x0E, 0x0F, 0x53])
async def test_a_refused_bind_is_told_with_its_status(
    smpp_setup: SmppSetup, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong password, a wrong system_type, one session too many: in the log, and as the fault of what waits."""
    # smpp34 waits for its whole time after a refusal; the second question has as long as its answer takes.
    monkeypatch.setattr(smpp, "bind_status", lambda account: bind_status(replace(account, bind_timeout=5.0)))

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            length, command, _, sequence = struct.unpack(">IIII", await reader.readexactly(16))
            asked.append(await reader.readexactly(length - 16))
            writer.write(struct.pack(">IIII", 17, command | 0x80000000, status, sequence) + b"\0")
        writer.close()

    asked: list[bytes] = []
    server = await asyncio.start_server(refuse, "127.0.0.1", smpp_setup.account.port)
    gateway = smpp_setup.gateway(bind_timeout=0.3, bind_wait=0.05, system_type="SMPPGW")
    with capture_logs() as logs:
        async with server, running(gateway.run()):
            await until(lambda: logs)
            with pytest.raises(GatewayUnavailableError) as fault:
                await gateway.send(MESSAGE)
    assert (logs[0]["event"], logs[0]["fault"]) == ("smpp_not_bound", f"smpp-bind-0x{status:08X}")
    assert fault.value.reason == f"smpp-bind-0x{status:08X}"
    assert all(b"\0SMPPGW\0" in each for each in asked)
    assert "secret" not in str(logs)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (0x08, "smpp-0x00000008"),
        (0x14, "smpp-queue-full"),
        (0x58, "smpp-throttled"),
        (0x64, "smpp-0x00000064"),
    ],
)
async def test_a_message_that_is_not_taken_now_is_tried_again_on_the_same_session(
    smpp_setup: SmppSetup, status: int, reason: str
) -> None:
    """A system error, a full queue, throttling, a temporary fault of the application: neither message nor session is wrong."""
    gateway = smpp_setup.gateway()
    async with mute_centre(smpp_setup.account.port) as centre, running(gateway.run()):
        sending = asyncio.create_task(gateway.send(MESSAGE))
        await until(lambda: centre.held)
        [session] = centre.bound
        centre.held.pop().reject(status)
        with pytest.raises(GatewayUnavailableError) as fault:
            await sending
        retried = asyncio.create_task(gateway.send(MESSAGE))
        await until(lambda: centre.held)
        assert centre.bound == [session]
        centre.held.pop().accept("7")
        assert await retried == ("7",)
    assert fault.value.reason == reason


@pytest.mark.parametrize("status", [0x04, 0x0E, 0x53])
async def test_a_fault_of_the_session_is_no_refusal_of_the_message(smpp_setup: SmppSetup, status: int) -> None:
    """The session is dropped, a new one is bound, and a retry is accepted there."""
    gateway = smpp_setup.gateway()
    async with mute_centre(smpp_setup.account.port) as centre, running(gateway.run()):
        sending = asyncio.create_task(gateway.send(MESSAGE))
        await until(lambda: centre.held)
        [first] = centre.bound
        centre.held.pop().reject(status)
        with pytest.raises(GatewayUnavailableError) as fault:
            await sending
        await until(lambda: centre.bound and centre.bound[0].session_id != first.session_id)
        retried = asyncio.create_task(gateway.send(MESSAGE))
        await until(lambda: centre.held)
        centre.held.pop().accept("7")
        assert await retried == ("7",)
    assert fault.value.reason == f"smpp-0x{status:08X}"


@pytest.mark.parametrize(
    ("bases", "answer", "receipt"),
    [
        (("hexadecimal", "decimal"), "33E95179", "870928761"),
        (("decimal", "hexadecimal"), "870928761", "0x33e95179"),
        (("decimal", "decimal"), "0870928761", "870928761"),
    ],
)
async def test_an_id_in_another_base_is_the_same_id(
    smpp_setup: SmppSetup, bases: tuple[str, str], answer: str, receipt: str
) -> None:
    """The account says how the operator writes ids in answers and in receipts."""
    answers, receipts = (IdBase(each) for each in bases)
    gateway = smpp_setup.gateway(answer_ids=answers, receipt_ids=receipts)
    async with mute_centre(smpp_setup.account.port) as centre, running(gateway.run()):
        sending = asyncio.create_task(gateway.send(MESSAGE))
        await until(lambda: centre.held)
        centre.held.pop().accept(answer)
        [gateway_id] = await sending
        await centre.bound[0].deliver_sm("ELECTIONS", f"id:{receipt} stat:DELIVRD".encode(), esm_class=0x04)
        await until(lambda: smpp_setup.receipts)
    assert smpp_setup.receipts[0].gateway_id == gateway_id == "870928761"


def test_ids_are_numbers_in_both_places_or_in_neither() -> None:
    """A setting that was forgotten is told at the start."""
    with pytest.raises(ValueError, match="set both"):
        SmppAccount("127.0.0.1", 2775, "reassort", "secret", "ELECTIONS", answer_ids=IdBase.HEXADECIMAL)


async def test_a_text_of_more_than_255_segments_is_refused(smpp_setup: SmppSetup) -> None:
    """The refusal is permanent, and nothing is sent."""
    with pytest.raises(GatewayRefusedError) as refusal:
        await smpp_setup.gateway().send(SmsMessage("delivery-1", PHONE, "a" * 40_000))
    assert refusal.value.reason == "smpp-too-long"


async def test_an_operator_that_is_away_is_logged_once(smpp_setup: SmppSetup) -> None:
    """Not at each try to bind again."""
    tries = 0

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal tries
        tries += 1
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", smpp_setup.account.port)
    with capture_logs() as logs:
        async with server, running(smpp_setup.gateway(bind_timeout=1.0).run()):
            await until(lambda: tries > 3)
    assert len({line["fault"] for line in logs}) == len(logs) < tries
