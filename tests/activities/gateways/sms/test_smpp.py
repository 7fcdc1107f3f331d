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
from tests.support.smpp_server import LONG, MESSAGE, Town
from tests.support.waiting import running, until


@pytest.fixture
def town(tmp_path: Path, now: Clock) -> Town:
    """A message centre that does not run yet."""
    return Town(tmp_path, now)


@pytest_asyncio.fixture
async def gateway(town: Town) -> AsyncIterator[SmppGateway]:
    """A gateway and a message centre, both running."""
    gateway = town.gateway()
    async with running(town.centre().run()), running(gateway.run()):
        yield gateway


async def test_a_message_reaches_the_phone_and_its_receipt_comes_back(town: Town, gateway: SmppGateway) -> None:
    """The receipt has the id that the send returned."""
    ids = await gateway.send(MESSAGE)
    assert town.texts() == [MESSAGE.text]
    await until(lambda: town.told)
    assert town.told == [Receipt("smpp", ids[0], delivered=True, reason="", at=town.clock())]


async def test_a_long_message_arrives_whole(town: Town, gateway: SmppGateway) -> None:
    """Each segment has an id and a receipt, and the phone shows one message."""
    ids = await gateway.send(LONG)
    assert len(set(ids)) == 4
    assert town.texts() == [LONG.text]
    await until(lambda: len(town.told) == 4)
    assert {receipt.gateway_id for receipt in town.told} == set(ids)


async def test_a_repeated_send_is_known_by_its_reference(town: Town, gateway: SmppGateway) -> None:
    """The operator recognises a retry: the same ids, one message, one receipt for each segment."""
    assert await gateway.send(LONG) == await gateway.send(LONG)
    (last,) = await gateway.send(MESSAGE)
    await until(lambda: [receipt for receipt in town.told if receipt.gateway_id == last])
    assert town.texts() == [LONG.text, MESSAGE.text]
    assert len(town.told) == 5


async def test_the_same_text_sent_anew_arrives_again(town: Town, gateway: SmppGateway) -> None:
    """Another message id is another message, even with the same text."""
    first = await gateway.send(MESSAGE)
    assert await gateway.send(replace(MESSAGE, message_id="delivery-9")) != first
    assert town.texts() == [MESSAGE.text] * 2


async def test_the_gateway_binds_again_when_the_centre_is_back(town: Town, gateway: SmppGateway) -> None:
    """A message centre that stops cuts the bind; once it listens again, sends succeed."""
    await gateway.send(MESSAGE)
    town.modes.write(sms="down")
    await until(lambda: gateway._session is None)
    town.modes.write(sms="ok")
    await until(lambda: gateway._session is not None)
    await gateway.send(LONG)
    assert town.texts() == [MESSAGE.text, LONG.text]


async def test_a_late_receipt_comes_when_it_is_due(town: Town, gateway: SmppGateway) -> None:
    """The phone gets the message at once; the receipt is dated when it comes."""
    town.modes.write(sms="late:90")
    await gateway.send(MESSAGE)
    town.modes.write(sms="ok")
    await gateway.send(LONG)
    await until(lambda: len(town.told) == 4)
    assert town.texts() == [MESSAGE.text, LONG.text]
    town.clock.advance(timedelta(seconds=90))
    await until(lambda: len(town.told) == 5)
    assert town.told[-1].at == town.clock()


async def test_receipts_wait_for_a_gateway_that_was_restarted(town: Town) -> None:
    """Receipts that became due while both sides were stopped are sent at the next bind."""
    town.modes.write(sms="late:90")
    gateway = town.gateway()
    async with running(town.centre().run()), running(gateway.run()):
        ids = await gateway.send(MESSAGE)
    town.clock.advance(timedelta(seconds=90))
    async with running(town.centre().run()), running(town.gateway().run()):
        await until(lambda: town.told)
    assert [receipt.gateway_id for receipt in town.told] == list(ids)


async def test_a_receipt_before_the_submit_s_answer_is_reported(town: Town, gateway: SmppGateway) -> None:
    """An operator may send it before the submit_sm_resp."""
    town.modes.write(sms="early")
    ids = await gateway.send(MESSAGE)
    await until(lambda: town.told)
    assert town.told[0].gateway_id == ids[0]


@pytest.mark.parametrize(("mode", "receipts"), [("silent", 0), ("twice", 2), ("unknown", 2)])
async def test_receipts_that_go_wrong(town: Town, gateway: SmppGateway, mode: str, receipts: int) -> None:
    """None, two, or one too many: the listener gets each that comes, in the operator's order."""
    town.modes.write(sms=mode)
    ids = await gateway.send(MESSAGE)
    town.modes.write(sms="ok")
    last = await gateway.send(replace(MESSAGE, message_id="delivery-9"))
    await until(lambda: [receipt for receipt in town.told if receipt.gateway_id == last[0]])
    assert len(town.told) == receipts + 1
    assert [receipt.gateway_id for receipt in town.told].count(ids[0]) == {"silent": 0, "twice": 2, "unknown": 1}[
        mode
    ]


async def test_an_undelivered_message_says_why(town: Town, gateway: SmppGateway) -> None:
    """The operator accepted the message, and the phone never received it."""
    town.modes.write(sms="undelivered")
    await gateway.send(MESSAGE)
    await until(lambda: town.told)
    assert (town.told[0].delivered, town.told[0].reason) == (False, "smpp-undeliv-011")
    assert town.texts() == []
