"""Receipts are passed to their listener, or their loss is logged."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from activities.config.errors import DatabaseUnavailableError
from activities.gateways.sms.gateway import Receipt
from activities.gateways.sms.receipt_queue import ReceiptQueue
from tests.support.clock import Clock
from tests.support.waiting import until

PHONE = "+33600000001"


@pytest.fixture
def receipt(now: Clock) -> Receipt:
    """The receipt of a delivered message."""
    return Receipt("smpp", "id-1", delivered=True, reason="", at=now())


async def test_a_receipt_is_passed_again_after_a_failure(receipt: Receipt) -> None:
    """If the listener raises, it gets the same receipt again until it succeeds."""
    failures = [ConnectionError("the database is away"), ConnectionError("still")]
    passed: list[Receipt] = []

    async def fail_twice(receipt: Receipt) -> None:
        if failures:
            raise failures.pop()
        passed.append(receipt)

    queue = ReceiptQueue(fail_twice, waits=(0.01, 0.01))
    with capture_logs() as logs:
        queue.take(receipt)
        await queue.finish()
    assert passed == [receipt]
    assert [entry["event"] for entry in logs] == ["receipt_not_taken"] * 2


async def test_receipts_are_passed_concurrently(receipt: Receipt, now: Clock) -> None:
    """While the listener is busy with one receipt, it gets the next."""
    passed: list[str] = []
    released = asyncio.Event()

    async def keep(receipt: Receipt) -> None:
        if receipt.gateway_id == "id-1":
            await released.wait()
        passed.append(receipt.gateway_id)

    queue = ReceiptQueue(keep)
    queue.take(receipt)
    queue.take(Receipt("smpp", "id-2", delivered=True, reason="", at=now()))
    await until(lambda: passed)
    released.set()
    await queue.finish()
    assert passed == ["id-2", "id-1"]


async def test_a_receipt_that_always_fails_is_logged_as_lost(receipt: Receipt) -> None:
    """After the last attempt an error is logged with the receipt's id, and without the exception's text."""

    async def fail(_receipt: Receipt) -> None:
        raise ConnectionError(PHONE)

    queue = ReceiptQueue(fail, waits=(0.01,))
    with capture_logs() as logs:
        queue.take(receipt)
        await queue.finish()
    assert logs[-1] == {"event": "receipt_lost", "gateway": "smpp", "gateway_id": "id-1", "log_level": "error"}
    assert PHONE not in str(logs)


async def test_a_receipt_outlasts_an_outage_of_the_database(receipt: Receipt) -> None:
    """However long it is: the operator was told that the receipt was taken. Other faults are counted as before."""
    faults: list[Exception] = [*[DatabaseUnavailableError()] * 50, ConnectionError()]
    passed: list[Receipt] = []

    async def fail_long(receipt: Receipt) -> None:
        if faults:
            raise faults.pop(0)
        passed.append(receipt)

    queue = ReceiptQueue(fail_long, waits=(0.0, 0.0))
    queue.take(receipt)
    await queue.finish()
    assert passed == [receipt]


async def test_a_receipt_that_the_operator_repeats_meanwhile_is_kept_once(receipt: Receipt, now: Clock) -> None:
    """It is told that a receipt could not be stored, and sends it again and again; another fate of that SMS is another receipt."""
    passed: list[Receipt] = []
    released = asyncio.Event()

    async def keep(receipt: Receipt) -> None:
        await released.wait()
        passed.append(receipt)

    queue = ReceiptQueue(keep)
    failed = replace(receipt, delivered=False, reason="expired")
    now.advance(timedelta(seconds=10))
    for each in (receipt, replace(receipt, at=now()), failed):
        queue.take(each)
    released.set()
    await queue.finish()
    assert passed == [receipt, failed]


async def test_receipts_that_are_lost_at_a_stop_are_logged(receipt: Receipt) -> None:
    """A receipt that the listener has not finished within the stop timeout is logged."""

    async def never_end(_receipt: Receipt) -> None:
        await asyncio.Event().wait()

    queue = ReceiptQueue(never_end, stop_timeout=0.01)
    with capture_logs() as logs:
        queue.take(receipt)
        await queue.finish()
    assert [entry["event"] for entry in logs] == ["receipt_lost"]


async def test_the_queue_is_locked_out_at_500_receipts(receipt: Receipt) -> None:
    """With 500 unfinished receipts `room` waits until one of them is finished."""
    released = asyncio.Event()

    async def keep(_receipt: Receipt) -> None:
        await released.wait()

    queue = ReceiptQueue(keep)
    for number in range(499):
        queue.take(replace(receipt, gateway_id=str(number)))
    await queue.room()
    queue.take(receipt)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(queue.room(), 0.05)
    released.set()
    await queue.room()
    await queue.finish()
