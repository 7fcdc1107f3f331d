"""The SMPP gateway against the demo's message centre."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from activities.gateways.sms.gateway import Receipt
from activities.gateways.sms.smpp import SmppGateway
from tests.support.clock import Clock
from tests.support.smpp_server import LONG, MESSAGE, SmppSetup
from tests.support.waiting import running, until


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


async def test_a_message_reaches_the_phone_and_its_receipt_comes_back(
    smpp_setup: SmppSetup, gateway: SmppGateway
) -> None:
    """The receipt has the id that the send returned."""
    ids = await gateway.send(MESSAGE)
    assert smpp_setup.texts() == [MESSAGE.text]
    await until(lambda: smpp_setup.told)
    assert smpp_setup.told == [Receipt("smpp", ids[0], delivered=True, reason="", at=smpp_setup.clock())]


async def test_a_long_message_arrives_whole(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """Each segment has an id and a receipt, and the phone shows one message."""
    ids = await gateway.send(LONG)
    assert len(set(ids)) == 4
    assert smpp_setup.texts() == [LONG.text]
    await until(lambda: len(smpp_setup.told) == 4)
    assert {receipt.gateway_id for receipt in smpp_setup.told} == set(ids)


async def test_a_repeated_send_is_known_by_its_reference(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """The operator recognises a retry: the same ids, one message, one receipt for each segment."""
    assert await gateway.send(LONG) == await gateway.send(LONG)
    (last,) = await gateway.send(MESSAGE)
    await until(lambda: [receipt for receipt in smpp_setup.told if receipt.gateway_id == last])
    assert smpp_setup.texts() == [LONG.text, MESSAGE.text]
    assert len(smpp_setup.told) == 5


async def test_the_same_text_sent_anew_arrives_again(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """Another message id is another message, even with the same text."""
    first = await gateway.send(MESSAGE)
    assert await gateway.send(replace(MESSAGE, message_id="delivery-9")) != first
    assert smpp_setup.texts() == [MESSAGE.text] * 2


async def test_the_gateway_binds_again_when_the_centre_is_back(
    smpp_setup: SmppSetup, gateway: SmppGateway
) -> None:
    """A message centre that stops cuts the bind; once it listens again, sends succeed."""
    await gateway.send(MESSAGE)
    smpp_setup.modes.write(sms="down")
    await until(lambda: gateway._session is None)
    smpp_setup.modes.write(sms="ok")
    await until(lambda: gateway._session is not None)
    await gateway.send(LONG)
    assert smpp_setup.texts() == [MESSAGE.text, LONG.text]


async def test_a_late_receipt_comes_when_it_is_due(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """The phone gets the message at once; the receipt is dated when it comes."""
    smpp_setup.modes.write(sms="late:90")
    await gateway.send(MESSAGE)
    smpp_setup.modes.write(sms="ok")
    await gateway.send(LONG)
    await until(lambda: len(smpp_setup.told) == 4)
    assert smpp_setup.texts() == [MESSAGE.text, LONG.text]
    smpp_setup.clock.advance(timedelta(seconds=90))
    await until(lambda: len(smpp_setup.told) == 5)
    assert smpp_setup.told[-1].at == smpp_setup.clock()


async def test_receipts_wait_for_a_gateway_that_was_restarted(smpp_setup: SmppSetup) -> None:
    """Receipts that became due while both sides were stopped are sent at the next bind."""
    smpp_setup.modes.write(sms="late:90")
    gateway = smpp_setup.gateway()
    async with running(smpp_setup.centre().run()), running(gateway.run()):
        ids = await gateway.send(MESSAGE)
    smpp_setup.clock.advance(timedelta(seconds=90))
    async with running(smpp_setup.centre().run()), running(smpp_setup.gateway().run()):
        await until(lambda: smpp_setup.told)
    assert [receipt.gateway_id for receipt in smpp_setup.told] == list(ids)


async def test_a_receipt_before_the_submit_s_answer_is_reported(
    smpp_setup: SmppSetup, gateway: SmppGateway
) -> None:
    """An operator may send it before the submit_sm_resp."""
    smpp_setup.modes.write(sms="early")
    ids = await gateway.send(MESSAGE)
    await until(lambda: smpp_setup.told)
    assert smpp_setup.told[0].gateway_id == ids[0]


@pytest.mark.parametrize(("mode", "receipts"), [("silent", 0), ("twice", 2), ("unknown", 2)])
async def test_receipts_that_go_wrong(
    smpp_setup: SmppSetup, gateway: SmppGateway, mode: str, receipts: int
) -> None:
    """None, two, or one too many: the listener gets each that comes, in the operator's order."""
    smpp_setup.modes.write(sms=mode)
    ids = await gateway.send(MESSAGE)
    smpp_setup.modes.write(sms="ok")
    last = await gateway.send(replace(MESSAGE, message_id="delivery-9"))
    await until(lambda: [receipt for receipt in smpp_setup.told if receipt.gateway_id == last[0]])
    assert len(smpp_setup.told) == receipts + 1
    assert [receipt.gateway_id for receipt in smpp_setup.told].count(ids[0]) == {
        "silent": 0,
        "twice": 2,
        "unknown": 1,
    }[mode]


async def test_an_undelivered_message_says_why(smpp_setup: SmppSetup, gateway: SmppGateway) -> None:
    """The operator accepted the message, and the phone never received it."""
    smpp_setup.modes.write(sms="undelivered")
    await gateway.send(MESSAGE)
    await until(lambda: smpp_setup.told)
    assert (smpp_setup.told[0].delivered, smpp_setup.told[0].reason) == (False, "smpp-undeliv-011")
    assert smpp_setup.texts() == []
