"""The ledger joins receipts to messages, in whatever order they come."""

import asyncio
from datetime import datetime, timedelta

import pytest

from activities.gateways.sms.gateway import Receipt
from activities.sending.ledger import DeliveryOutcome, Ledger, Outgoing
from activities.store.database import Database
from activities.store.tables import messages, segments
from tests.support.clock import Clock
from tests.support.database_dump import rows

SMS = Outgoing("message", "voting-code/elector", "link", "sms", "smpp", "RE")
DELIVERED = DeliveryOutcome(SMS.id, SMS.workflow_id, delivered=True, reason="")
FAILED = DeliveryOutcome(SMS.id, SMS.workflow_id, delivered=False, reason="undeliv")


def _receipt(gateway_id: str, reason: str = "", gateway: str = "smpp") -> Receipt:
    return Receipt(gateway, gateway_id, delivered=not reason, reason=reason, at=Clock()())


async def _send(ledger: Ledger, *gateway_ids: str) -> datetime:
    await ledger.begin(SMS)
    return await ledger.accepted(SMS, gateway_ids)


async def test_a_message_that_was_not_accepted_may_be_sent(ledger: Ledger) -> None:
    """However often its send was begun and died before the gateway's answer."""
    assert [await ledger.begin(SMS) for _ in range(3)] == [None, None, None]


async def test_a_message_that_was_accepted_says_since_when(ledger: Ledger, now: Clock, database: Database) -> None:
    """Begun again later, it tells when the gateway took it: it need not be sent, and was begun when it was."""
    accepted_at = await _send(ledger, "1")
    now.advance(timedelta(minutes=5))
    assert await ledger.begin(SMS) == accepted_at == Clock()()
    assert [row["begun_at"] for row in await rows(database, messages)] == [Clock()()]


async def test_a_message_that_is_begun_twenty_times_at_once_is_one(ledger: Ledger, database: Database) -> None:
    """Racing runs of one send share its row."""
    assert set(await asyncio.gather(*(ledger.begin(SMS) for _ in range(20)))) == {None}
    assert len(await rows(database, messages)) == 1


async def test_a_message_on_its_way_has_no_fate(ledger: Ledger) -> None:
    """Accepted is not delivered."""
    await _send(ledger, "1", "2")
    await ledger.received(_receipt("1"))
    assert await ledger.unreported() == []


async def test_a_receipt_finds_its_message(ledger: Ledger) -> None:
    """After the gateway's answer a receipt leads to the message, and the message's fate is known."""
    await _send(ledger, "1")
    assert await ledger.received(_receipt("1")) == SMS.id
    assert await ledger.unreported() == await ledger.unreported(SMS.id) == [DELIVERED]


@pytest.mark.parametrize(("reason", "fate"), [("", DELIVERED), ("undeliv", FAILED)])
async def test_a_receipt_may_come_before_the_gateway_s_answer(
    ledger: Ledger, reason: str, fate: DeliveryOutcome
) -> None:
    """It leads to no message yet; once the answer is noted, the fate is known."""
    await ledger.begin(SMS)
    assert await ledger.received(_receipt("1", reason)) is None
    assert await ledger.unreported() == []
    await ledger.accepted(SMS, ("1",))
    assert await ledger.unreported(SMS.id) == [fate]


async def test_a_receipt_that_comes_twice_changes_nothing(ledger: Ledger, database: Database) -> None:
    """The operator may repeat itself, also once the recovery knows."""
    await _send(ledger, "1")
    for _ in range(2):
        assert await ledger.received(_receipt("1")) == SMS.id
    assert await ledger.unreported() == [DELIVERED]
    await ledger.mark_reported(DELIVERED)
    await ledger.received(_receipt("1"))
    assert await ledger.unreported() == []
    assert len(await rows(database, segments)) == 1


async def test_a_receipt_of_nobody_s_is_kept_apart(ledger: Ledger) -> None:
    """An id that no message of ours has, or another gateway's same id, decides no fate."""
    await _send(ledger, "1")
    assert await ledger.received(_receipt("2")) is None
    assert await ledger.received(_receipt("1", gateway="other")) is None
    assert await ledger.unreported() == []


async def test_a_long_message_is_delivered_with_its_last_segment(ledger: Ledger) -> None:
    """Two segments of three are not a message."""
    await _send(ledger, "1", "2", "3")
    for gateway_id in ("3", "1"):
        await ledger.received(_receipt(gateway_id))
        assert await ledger.unreported() == []
    await ledger.received(_receipt("2"))
    assert await ledger.unreported() == [DELIVERED]


async def test_a_long_message_fails_with_its_first_failed_segment(ledger: Ledger) -> None:
    """What cannot be whole any more has failed, and the others' deliveries do not mend it."""
    await _send(ledger, "1", "2", "3")
    await ledger.received(_receipt("1"))
    await ledger.received(_receipt("2", "undeliv"))
    assert await ledger.unreported() == [FAILED]
    await ledger.received(_receipt("3"))
    assert await ledger.unreported() == [FAILED]


async def test_a_failure_without_a_reason_is_a_failure(ledger: Ledger) -> None:
    """A gateway that gives no code does not turn a failure into a delivery, nor a code a delivery into a failure."""
    await _send(ledger, "1")
    await ledger.received(Receipt("smpp", "1", delivered=False, reason="", at=Clock()()))
    [fate] = await ledger.unreported()
    assert not fate.delivered
    assert fate.reason
    await ledger.received(Receipt("smpp", "1", delivered=True, reason="000", at=Clock()()))
    assert await ledger.unreported() == [DELIVERED]


async def test_what_was_told_is_not_told_again(ledger: Ledger, database: Database, now: Clock) -> None:
    """The ledger keeps when a message ended, and how."""
    await _send(ledger, "1")
    await ledger.received(_receipt("1", "undeliv"))
    await ledger.mark_reported(FAILED)
    assert await ledger.unreported() == []
    [row] = await rows(database, messages)
    assert (row["ended_at"], row["outcome"]) == (now(), "undeliv")


async def test_a_mail_awaits_no_receipt(ledger: Ledger) -> None:
    """A message without segments has no fate to be told."""
    await _send(ledger)
    assert await ledger.unreported() == []


async def test_receipts_and_answer_at_once_are_joined(ledger: Ledger) -> None:
    """Whether a receipt or the answer is first, one of the two finds the other: none is lost."""
    await ledger.begin(SMS)
    ids = tuple(map(str, range(10)))
    receiving = [ledger.received(_receipt(each)) for each in ids]
    await asyncio.gather(*receiving[:5], ledger.accepted(SMS, ids), *receiving[5:])
    assert await ledger.unreported() == [DELIVERED]
