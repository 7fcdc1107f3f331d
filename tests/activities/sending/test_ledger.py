"""The ledger assigns receipts to messages, in whatever order they come."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from activities.gateways.sms.gateway import Receipt
from activities.sending.ledger import DeliveryOutcome, Ledger, Outgoing
from activities.store.database import Database
from activities.store.tables import messages, segments
from tests.support.clock import Clock
from tests.support.database_dump import rows

SMS = Outgoing("message", "code-de-vote/elector", "link", "sms", "smpp", "RE")
DELIVERED = DeliveryOutcome(SMS.id, SMS.workflow_id, SMS.delivery_id, delivered=True, reason="")
FAILED = DeliveryOutcome(SMS.id, SMS.workflow_id, SMS.delivery_id, delivered=False, reason="undeliv")


def _receipt(gateway_id: str, reason: str = "", gateway: str = "smpp", at: datetime | None = None) -> Receipt:
    return Receipt(gateway, gateway_id, delivered=not reason, reason=reason, at=at or Clock()())


async def _send(ledger: Ledger, *gateway_ids: str) -> datetime:
    await ledger.begin(SMS)
    return await ledger.accepted(SMS, gateway_ids)


async def _send_other(ledger: Ledger, gateway_id: str) -> str:
    other = replace(SMS, id="other")
    await ledger.begin(other)
    await ledger.accepted(other, (gateway_id,))
    return other.id


async def test_a_message_that_was_not_accepted_can_be_sent(ledger: Ledger) -> None:
    """`begin` returns None each time, however often a send was begun without an answer."""
    assert [await ledger.begin(SMS) for _ in range(3)] == [None, None, None]


async def test_an_accepted_message_has_its_instant_of_acceptance(
    ledger: Ledger, now: Clock, database: Database
) -> None:
    """`begin` returns it, so that the message is not sent again; `started_at` is unchanged."""
    accepted_at = await _send(ledger, "1")
    now.advance(timedelta(minutes=5))
    assert await ledger.begin(SMS) == accepted_at == Clock()()
    assert [row["started_at"] for row in await rows(database, messages)] == [Clock()()]


async def test_concurrent_sends_of_a_message_share_a_row(ledger: Ledger, database: Database) -> None:
    """Twenty concurrent calls of `begin` leave one row."""
    assert set(await asyncio.gather(*(ledger.begin(SMS) for _ in range(20)))) == {None}
    assert len(await rows(database, messages)) == 1


async def test_a_message_without_all_receipts_has_no_outcome(ledger: Ledger) -> None:
    """An accepted message with one of two receipts is not reported."""
    await _send(ledger, "1", "2")
    await ledger.received(_receipt("1"))
    assert await ledger.unreported() == []


async def test_a_receipt_is_assigned_to_its_message(ledger: Ledger) -> None:
    """After the gateway's answer, `received` returns the message's id, and its outcome is known."""
    await _send(ledger, "1")
    assert await ledger.received(_receipt("1")) == SMS.id
    assert await ledger.unreported() == await ledger.unreported(SMS.id) == [DELIVERED]


@pytest.mark.parametrize(("reason", "fate"), [("", DELIVERED), ("undeliv", FAILED)])
async def test_a_receipt_may_come_before_the_gateway_s_answer(
    ledger: Ledger, reason: str, fate: DeliveryOutcome
) -> None:
    """`received` returns None; once the answer is recorded, the outcome is known."""
    await ledger.begin(SMS)
    assert await ledger.received(_receipt("1", reason)) is None
    assert await ledger.unreported() == []
    await ledger.accepted(SMS, ("1",))
    assert await ledger.unreported(SMS.id) == [fate]


async def test_a_receipt_waits_for_an_answer_that_an_outage_keeps_back(ledger: Ledger, now: Clock) -> None:
    """The database was away for two hours, and the receipt is noted first. One from before the first try is another message's."""
    early, of_another = (
        _receipt("1", at=now() + timedelta(seconds=5)),
        _receipt("1", "undeliv", at=now() - timedelta(hours=1)),
    )
    await ledger.begin(SMS)
    for receipt in (early, of_another):
        assert await ledger.received(receipt) is None
    now.advance(timedelta(hours=2))
    await ledger.accepted(SMS, ("1",))
    assert await ledger.unreported() == [DELIVERED]


async def test_a_repeated_receipt_changes_nothing(ledger: Ledger, database: Database) -> None:
    """Also after the outcome was reported."""
    await _send(ledger, "1")
    for _ in range(2):
        assert await ledger.received(_receipt("1")) == SMS.id
    assert await ledger.unreported() == [DELIVERED]
    await ledger.mark_reported(DELIVERED)
    await ledger.received(_receipt("1"))
    assert await ledger.unreported() == []
    assert len(await rows(database, segments)) == 1


async def test_an_unknown_receipt_is_assigned_to_no_message(ledger: Ledger) -> None:
    """An unknown id, or the same id of another gateway, gives no outcome."""
    await _send(ledger, "1")
    assert await ledger.received(_receipt("2")) is None
    assert await ledger.received(_receipt("1", gateway="other")) is None
    assert await ledger.unreported() == []


async def test_a_long_message_is_delivered_with_its_last_segment(ledger: Ledger) -> None:
    """Two receipts of three segments give no outcome; the third one does."""
    await _send(ledger, "1", "2", "3")
    for gateway_id in ("3", "1"):
        await ledger.received(_receipt(gateway_id))
        assert await ledger.unreported() == []
    await ledger.received(_receipt("2"))
    assert await ledger.unreported() == [DELIVERED]


async def test_a_long_message_fails_with_its_first_failed_segment(ledger: Ledger) -> None:
    """Later receipts of delivery do not change the failure."""
    await _send(ledger, "1", "2", "3")
    await ledger.received(_receipt("1"))
    await ledger.received(_receipt("2", "undeliv"))
    assert await ledger.unreported() == [FAILED]
    await ledger.received(_receipt("3"))
    assert await ledger.unreported() == [FAILED]


async def test_a_failure_without_a_reason_is_a_failure(ledger: Ledger) -> None:
    """`delivered` decides, whether or not the receipt has a code."""
    await _send(ledger, "1")
    await ledger.received(Receipt("smpp", "1", delivered=False, reason="", at=Clock()()))
    [fate] = await ledger.unreported()
    assert not fate.delivered
    assert fate.reason
    await ledger.received(Receipt("smpp", "1", delivered=True, reason="000", at=Clock()()))
    assert await ledger.unreported() == [DELIVERED]


async def test_a_reported_outcome_is_not_reported_again(ledger: Ledger, database: Database, now: Clock) -> None:
    """The message's row has the instant of its end and the outcome."""
    await _send(ledger, "1")
    await ledger.received(_receipt("1", "undeliv"))
    await ledger.mark_reported(FAILED)
    assert await ledger.unreported() == []
    [row] = await rows(database, messages)
    assert (row["ended_at"], row["outcome"]) == (now(), "undeliv")


async def test_a_mail_awaits_no_receipt(ledger: Ledger) -> None:
    """A message without segments has no outcome to report."""
    await _send(ledger)
    assert await ledger.unreported() == []


async def test_concurrent_receipts_and_answer_are_joined(ledger: Ledger) -> None:
    """Whether a receipt or the answer is committed first, no receipt is lost."""
    await ledger.begin(SMS)
    ids = tuple(map(str, range(10)))
    receiving = [ledger.received(_receipt(each)) for each in ids]
    await asyncio.gather(*receiving[:5], ledger.accepted(SMS, ids), *receiving[5:])
    assert await ledger.unreported() == [DELIVERED]


@pytest.mark.parametrize(
    ("answer", "receipt"),
    [
        ("00B8BE19", "b8be19"),
        ("B8BE19", "00b8be19"),
        ("0e999f21-81ef-4974-a414-3de98174e3c7", "E999F21-81EF-4974-A414-3DE98174E3C7"),
        ("0000029095", "29095"),
    ],
)
async def test_an_id_in_another_spelling_is_the_same_id(ledger: Ledger, answer: str, receipt: str) -> None:
    """With or without leading zeros, in small letters or capitals."""
    await _send(ledger, answer)
    assert await ledger.received(_receipt(receipt)) == SMS.id
    assert await ledger.unreported() == [DELIVERED]


async def test_an_exact_id_comes_before_another_spelling(ledger: Ledger) -> None:
    """Whichever was sent last."""
    await _send(ledger, "7")
    other = await _send_other(ledger, "007")
    assert await ledger.received(_receipt("7")) == SMS.id
    assert await ledger.received(_receipt("007")) == other


async def test_an_id_that_is_given_again_is_that_of_the_newest_message(ledger: Ledger, now: Clock) -> None:
    """An operator's counter restarts: the old receipt is not taken for the new message, nor the new one for the old."""
    await _send(ledger, "1")
    await ledger.received(_receipt("1"))
    await ledger.mark_reported(DELIVERED)
    now.advance(timedelta(hours=1))
    other = await _send_other(ledger, "1")
    assert await ledger.unreported() == []
    assert await ledger.received(_receipt("1", "undeliv", at=now())) == other
    assert [(each.message_id, each.delivered) for each in await ledger.unreported()] == [(other, False)]


async def test_an_early_receipt_of_an_id_that_is_given_again_waits_for_its_answer(
    ledger: Ledger, now: Clock
) -> None:
    """Though the earlier message with that id had the same outcome."""
    await _send(ledger, "1")
    await ledger.received(_receipt("1"))
    await ledger.mark_reported(DELIVERED)
    now.advance(timedelta(hours=1))
    assert await ledger.received(_receipt("1", at=now())) is None
    other = await _send_other(ledger, "1")
    assert [(each.message_id, each.delivered) for each in await ledger.unreported()] == [(other, True)]


async def test_an_id_of_last_week_is_no_longer_that_message_s(ledger: Ledger, now: Clock) -> None:
    """An operator does not try for so long."""
    await _send(ledger, "1")
    now.advance(timedelta(days=7))
    assert await ledger.received(_receipt("1", at=now())) is None
    assert await ledger.unreported() == []


async def test_a_delivery_after_a_reported_failure_is_reported(ledger: Ledger) -> None:
    """The phone has the SMS; a failure after the delivery changes nothing."""
    await _send(ledger, "1")
    await ledger.received(_receipt("1", "undeliv"))
    await ledger.mark_reported(FAILED)
    assert await ledger.received(_receipt("1")) == SMS.id
    assert await ledger.unreported() == [DELIVERED]
    await ledger.mark_reported(DELIVERED)
    await ledger.received(_receipt("1", "undeliv"))
    assert await ledger.unreported() == []


async def test_an_acceptance_that_is_recorded_twice_has_each_segment_once(ledger: Ledger) -> None:
    """The database may go away between its commit and our knowing of it."""
    await ledger.begin(SMS)
    for _ in range(2):
        await ledger.accepted(SMS, ("1", "2"))
    for gateway_id in ("1", "2"):
        await ledger.received(_receipt(gateway_id))
    assert await ledger.unreported() == [DELIVERED]
