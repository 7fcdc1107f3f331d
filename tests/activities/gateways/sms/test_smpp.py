"""The SMPP gateway with the demo's message centre."""

import asyncio
import struct
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from activities.gateways.sms.gateway import Receipt
from activities.gateways.sms.smpp import SmppGateway
from tests.support.smpp_server import LONG, MESSAGE, SmppSetup
from tests.support.waiting import running, until

SUBMIT_SM, WRONG_VALIDITY = 0x04, 0x62


class _Operator:
    """A message centre that notes until when each message is of use, as it stands in the request, and may refuse to read it."""

    def __init__(self, *, refuses_durations: bool = False) -> None:
        self.durations: list[bytes] = []
        self._refuses_durations = refuses_durations

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer what comes until the connection ends."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length, command, _, sequence = struct.unpack(">IIII", await reader.readexactly(16))
                body, status = await reader.readexactly(length - 16), 0
                if command == SUBMIT_SM:
                    self.durations.append(_duration_in(body))
                    status = WRONG_VALIDITY if self._refuses_durations and self.durations[-1] else 0
                writer.write(struct.pack(">IIII", 18, command | 0x80000000, status, sequence) + b"7\0")
        writer.close()


def _duration_in(submitted: bytes) -> bytes:
    # After the number: three octets, then the time of a delivery that is put off, then the validity (§ 4.4.1).
    delayed, duration, _ = submitted.partition(MESSAGE.to.removeprefix("+").encode() + b"\0")[2][3:].split(
        b"\0", 2
    )
    assert delayed == b""
    return duration


async def test_a_message_reaches_the_phone_and_its_receipt_comes_back(
    smpp_setup: SmppSetup, gateway: SmppGateway
) -> None:
    """The receipt has the id that the send returned."""
    ids = await gateway.send(MESSAGE)
    assert smpp_setup.texts() == [MESSAGE.text]
    await until(lambda: smpp_setup.receipts)
    assert smpp_setup.receipts == [Receipt("smpp", ids[0], delivered=True, reason="", at=smpp_setup.clock())]


@pytest.mark.parametrize(
    ("valid_for", "written"),
    [
        (None, b""),
        (timedelta(hours=1), b"000000010000000R"),
        (timedelta(days=1, minutes=2, seconds=3), b"000001000203000R"),
    ],
)
async def test_the_operator_is_told_how_long_a_message_is_of_use(
    smpp_setup: SmppSetup, valid_for: timedelta | None, written: bytes
) -> None:
    """As a duration in SMPP's format; nothing for a message that is of use whenever it comes."""
    operator, gateway = _Operator(), smpp_setup.gateway()
    server = await asyncio.start_server(operator.serve, "127.0.0.1", smpp_setup.account.port)
    async with server, running(gateway.run()):
        assert await gateway.send(replace(MESSAGE, valid_for=valid_for)) == ("7",)
    assert operator.durations == [written]


async def test_an_operator_that_takes_no_duration_gets_each_message_without(smpp_setup: SmppSetup) -> None:
    """The one that it refused is handed over at once, and later ones are not refused first."""
    operator, gateway = _Operator(refuses_durations=True), smpp_setup.gateway()
    server = await asyncio.start_server(operator.serve, "127.0.0.1", smpp_setup.account.port)
    async with server, running(gateway.run()):
        for _ in range(2):
            assert await gateway.send(replace(MESSAGE, valid_for=timedelta(hours=1))) == ("7",)
    assert operator.durations == [b"000000010000000R", b"", b""]


async def test_a_long_message_arrives_whole(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """Each segment has an id and a receipt, and the phone shows one message."""
    ids = await gateway.send(LONG)
    assert len(set(ids)) == 4
    assert smpp_setup.texts() == [LONG.text]
    await until(lambda: len(smpp_setup.receipts) == 4)
    assert {receipt.gateway_id for receipt in smpp_setup.receipts} == set(ids)


async def test_a_repeated_send_is_delivered_once(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """The operator recognises the reference: same ids, one message, one receipt for each segment."""
    assert await gateway.send(LONG) == await gateway.send(LONG)
    (last,) = await gateway.send(MESSAGE)
    await until(lambda: [receipt for receipt in smpp_setup.receipts if receipt.gateway_id == last])
    assert smpp_setup.texts() == [LONG.text, MESSAGE.text]
    assert len(smpp_setup.receipts) == 5


async def test_the_same_text_in_another_message_is_delivered_again(
    smpp_setup: SmppSetup, gateway: SmppGateway
) -> None:
    """A message with another id is another message, even with the same text."""
    first = await gateway.send(MESSAGE)
    assert await gateway.send(replace(MESSAGE, message_id="delivery-9")) != first
    assert smpp_setup.texts() == [MESSAGE.text] * 2


async def test_the_gateway_binds_again_after_an_outage(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """When the message centre stops the session ends; when it listens again, sends succeed."""
    await gateway.send(MESSAGE)
    smpp_setup.modes.write(sms="down")
    await until(lambda: gateway._session is None)
    smpp_setup.modes.write(sms="ok")
    await until(lambda: gateway._session is not None)
    await gateway.send(LONG)
    assert smpp_setup.texts() == [MESSAGE.text, LONG.text]


async def test_a_late_receipt_comes_when_it_is_due(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """The phone has the message at once; the receipt comes later and has the instant when it came."""
    smpp_setup.modes.write(sms="late:90")
    await gateway.send(MESSAGE)
    smpp_setup.modes.write(sms="ok")
    await gateway.send(LONG)
    await until(lambda: len(smpp_setup.receipts) == 4)
    assert smpp_setup.texts() == [MESSAGE.text, LONG.text]
    smpp_setup.clock.advance(timedelta(seconds=90))
    await until(lambda: len(smpp_setup.receipts) == 5)
    assert smpp_setup.receipts[-1].at == smpp_setup.clock()


async def test_receipts_wait_for_a_gateway_that_was_restarted(smpp_setup: SmppSetup) -> None:
    """Receipts that became due while both sides were stopped are passed to the next gateway that binds."""
    smpp_setup.modes.write(sms="late:90")
    gateway = smpp_setup.gateway()
    async with running(smpp_setup.centre().run()), running(gateway.run()):
        ids = await gateway.send(MESSAGE)
    smpp_setup.clock.advance(timedelta(seconds=90))
    async with running(smpp_setup.centre().run()), running(smpp_setup.gateway().run()):
        await until(lambda: smpp_setup.receipts)
    assert [receipt.gateway_id for receipt in smpp_setup.receipts] == list(ids)


async def test_a_receipt_before_the_submit_s_answer_is_reported(
    smpp_setup: SmppSetup, gateway: SmppGateway
) -> None:
    """Its id is the one that the send returns afterwards."""
    smpp_setup.modes.write(sms="early")
    ids = await gateway.send(MESSAGE)
    await until(lambda: smpp_setup.receipts)
    assert smpp_setup.receipts[0].gateway_id == ids[0]


@pytest.mark.parametrize(("mode", "receipts"), [("silent", 0), ("twice", 2), ("unknown", 2)])
async def test_every_receipt_that_comes_is_reported(
    smpp_setup: SmppSetup, gateway: SmppGateway, mode: str, receipts: int
) -> None:
    """None, a repeated one, or one for an unknown message: each is reported, in the operator's order."""
    smpp_setup.modes.write(sms=mode)
    ids = await gateway.send(MESSAGE)
    smpp_setup.modes.write(sms="ok")
    last = await gateway.send(replace(MESSAGE, message_id="delivery-9"))
    await until(lambda: [receipt for receipt in smpp_setup.receipts if receipt.gateway_id == last[0]])
    assert len(smpp_setup.receipts) == receipts + 1
    assert [receipt.gateway_id for receipt in smpp_setup.receipts].count(ids[0]) == {
        "silent": 0,
        "twice": 2,
        "unknown": 1,
    }[mode]


async def test_a_receipt_of_a_failure_has_its_reason(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """The operator accepted the message and did not deliver it."""
    smpp_setup.modes.write(sms="undelivered")
    await gateway.send(MESSAGE)
    await until(lambda: smpp_setup.receipts)
    assert (smpp_setup.receipts[0].delivered, smpp_setup.receipts[0].reason) == (False, "smpp-undeliv-011")
    assert smpp_setup.texts() == []
