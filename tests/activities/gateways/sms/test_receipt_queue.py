"""Receipts reach their listener, or the log says that they did not."""

import asyncio

import pytest
from structlog.testing import capture_logs

from activities.gateways.sms.gateway import Receipt
from activities.gateways.sms.receipt_queue import ReceiptQueue
from tests.support.clock import Clock
from tests.support.waiting import until

PHONE = "+33600000001"


@pytest.fixture
def receipt(now: Clock) -> Receipt:
    """A receipt of delivery."""
    return Receipt("smpp", "id-1", delivered=True, reason="", at=now())


async def test_a_receipt_is_given_again_to_a_listener_that_raised(receipt: Receipt) -> None:
    """Until it is accepted."""
    failures = [ConnectionError("the database is away"), ConnectionError("still")]
    told: list[Receipt] = []

    async def fail_twice(receipt: Receipt) -> None:
        if failures:
            raise failures.pop()
        told.append(receipt)

    hand_over = ReceiptQueue(fail_twice, waits=(0.01, 0.01))
    with capture_logs() as logs:
        hand_over.take(receipt)
        await hand_over.finish()
    assert told == [receipt]
    assert [entry["event"] for entry in logs] == ["receipt_not_taken"] * 2


async def test_a_receipt_does_not_wait_for_another(receipt: Receipt, now: Clock) -> None:
    """While the listener handles one receipt, it gets the next."""
    told: list[str] = []
    released = asyncio.Event()

    async def keep(receipt: Receipt) -> None:
        if receipt.gateway_id == "id-1":
            await released.wait()
        told.append(receipt.gateway_id)

    hand_over = ReceiptQueue(keep)
    hand_over.take(receipt)
    hand_over.take(Receipt("smpp", "id-2", delivered=True, reason="", at=now()))
    await until(lambda: told)
    released.set()
    await hand_over.finish()
    assert told == ["id-2", "id-1"]


async def test_a_receipt_that_is_never_accepted_is_logged_as_lost(receipt: Receipt) -> None:
    """After the last wait, with its id and without the text of the error."""

    async def fail(_receipt: Receipt) -> None:
        raise ConnectionError(PHONE)

    hand_over = ReceiptQueue(fail, waits=(0.01,))
    with capture_logs() as logs:
        hand_over.take(receipt)
        await hand_over.finish()
    assert logs[-1] == {"event": "receipt_lost", "gateway": "smpp", "gateway_id": "id-1", "log_level": "error"}
    assert PHONE not in str(logs)


async def test_a_stop_logs_which_receipts_it_loses(receipt: Receipt) -> None:
    """Those that the listener still handles when the process must stop."""

    async def never_end(_receipt: Receipt) -> None:
        await asyncio.Event().wait()

    hand_over = ReceiptQueue(never_end, stop_timeout=0.01)
    with capture_logs() as logs:
        hand_over.take(receipt)
        await hand_over.finish()
    assert [entry["event"] for entry in logs] == ["receipt_lost"]


async def test_there_is_no_room_with_500_receipts_pending(receipt: Receipt) -> None:
    """The operator keeps the next ones, until one of these is accepted."""
    released = asyncio.Event()

    async def keep(_receipt: Receipt) -> None:
        await released.wait()

    hand_over = ReceiptQueue(keep)
    for _ in range(499):
        hand_over.take(receipt)
    await hand_over.room()
    hand_over.take(receipt)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(hand_over.room(), 0.05)
    released.set()
    await hand_over.room()
    await hand_over.finish()
