"""Receipts are reported to the recovery of their message, through the ledger."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowHandle

from activities.gateways.sms.gateway import Receipt
from activities.progress import rows as progress
from activities.progress.rows import LinkOf
from activities.sending.ledger import Ledger, Outgoing
from activities.sending.receipts import DeliveryReceipt, Receipts
from activities.store.database import Database
from activities.store.tables import messages
from election.stages import Channel
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.receipt_listener import ReceiptListener
from tests.support.signing import KEYS, MESSAGING

Recovery = WorkflowHandle[ReceiptListener, None]


def _delivered(recovery: Recovery) -> DeliveryReceipt:
    return DeliveryReceipt("message", delivered=True).signed(MESSAGING, recovery.id)


def _receipt(gateway_id: str, reason: str = "") -> Receipt:
    return Receipt("smpp", gateway_id, delivered=not reason, reason=reason, at=Clock()())


async def _send(ledger: Ledger, workflow_id: str, *gateway_ids: str, message_id: str = "message") -> None:
    outgoing = Outgoing(message_id, workflow_id, "link", "sms", "smpp")
    await ledger.begin(outgoing)
    await ledger.accepted(outgoing, gateway_ids)


@pytest.mark.parametrize("reason", ["", "smpp-undeliv-011"])
async def test_an_outcome_is_reported_to_the_recovery(
    receipts: Receipts, ledger: Ledger, recovery: Recovery, reason: str
) -> None:
    """Delivered, or failed with the gateway's code."""
    await _send(ledger, recovery.id, "1")
    await receipts.receive(_receipt("1", reason))
    expected = DeliveryReceipt("message", not reason, reason).signed(MESSAGING, recovery.id)
    assert await recovery.query(ReceiptListener.received) == [expected]
    assert expected.is_genuine(KEYS.messaging, recovery.id)
    assert not expected.is_genuine(KEYS.messaging, "code-de-vote/another")
    assert not replace(expected, delivered=not expected.delivered).is_genuine(KEYS.messaging, recovery.id)


async def test_an_outcome_is_reported_once(receipts: Receipts, ledger: Ledger, recovery: Recovery) -> None:
    """Neither a repeated receipt nor a start of the worker reports it again."""
    await _send(ledger, recovery.id, "1")
    for _ in range(2):
        await receipts.receive(_receipt("1"))
    await receipts.report()
    assert len(await recovery.query(ReceiptListener.received)) == 1


async def test_a_long_message_is_reported_with_its_last_segment(
    receipts: Receipts, ledger: Ledger, recovery: Recovery
) -> None:
    """A message in three segments is reported after its third receipt."""
    await _send(ledger, recovery.id, "1", "2", "3")
    for gateway_id in ("1", "2"):
        await receipts.receive(_receipt(gateway_id))
    assert await recovery.query(ReceiptListener.received) == []
    await receipts.receive(_receipt("3"))
    assert await recovery.query(ReceiptListener.received) == [_delivered(recovery)]


async def test_unreported_outcomes_are_reported_at_the_next_start(
    receipts: Receipts, ledger: Ledger, recovery: Recovery
) -> None:
    """After a crash, the worker reports outcomes that the ledger has and no recovery got."""
    await _send(ledger, recovery.id, "1")
    await _send(ledger, recovery.id, "2", message_id="without receipt")
    await ledger.received(_receipt("1"))
    await receipts.report()
    assert await recovery.query(ReceiptListener.received) == [_delivered(recovery)]


async def test_an_unknown_receipt_is_not_reported(receipts: Receipts, ledger: Ledger, recovery: Recovery) -> None:
    """A receipt with an unknown id is stored and reported to no recovery."""
    await _send(ledger, recovery.id, "1")
    await receipts.receive(_receipt("2"))
    assert await recovery.query(ReceiptListener.received) == []


async def test_a_receipt_after_a_recovery_s_end_is_recorded(
    receipts: Receipts, ledger: Ledger, database: Database, recovery: Recovery
) -> None:
    """If the recovery has ended or does not exist, nothing is raised and the ledger has the outcome."""
    await recovery.signal(ReceiptListener.end)
    await recovery.result()
    await _send(ledger, recovery.id, "1")
    await _send(ledger, "code-de-vote/never", "2", message_id="other")
    await receipts.receive(_receipt("1"))
    await receipts.receive(_receipt("2", "smpp-expired"))
    outcomes = {row["id"]: row["outcome"] for row in await rows(database, messages)}
    assert outcomes == {"message": "delivered", "other": "smpp-expired"}
    assert await ledger.unreported() == []


@pytest.mark.parametrize("reason", ["", "smpp-undeliv"])
async def test_a_receipt_after_the_link_was_used_is_recorded_alone(
    receipts: Receipts, ledger: Ledger, database: Database, recovery: Recovery, reason: str
) -> None:
    """The recovery would do nothing with it, and each signal is a task of a workflow."""
    link, dies_at = LinkOf(recovery.id, "link"), datetime(2031, 1, 1, tzinfo=UTC)
    async with database.writing() as connection:
        await progress.begin(connection, link, Channel.SMS, hint="", sends_left=1, dies_at=dies_at)
        await progress.display(connection, link, timedelta(seconds=120))
    await _send(ledger, recovery.id, "1")
    await receipts.receive(_receipt("1", reason))
    assert await recovery.query(ReceiptListener.received) == []
    assert [row["outcome"] for row in await rows(database, messages)] == [reason or "delivered"]
    assert await ledger.unreported() == []
