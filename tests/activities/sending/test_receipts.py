"""Receipts reach the recovery whose message it is, through the ledger alone."""

import pytest
from temporalio.client import WorkflowHandle

from activities.gateways.sms.gateway import Receipt
from activities.sending.ledger import Ledger, Outgoing
from activities.sending.receipts import DeliveryReceipt, Receipts
from activities.store.database import Database
from activities.store.tables import messages
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.receipt_listener import Listening

Recovery = WorkflowHandle[Listening, None]


def _receipt(gateway_id: str, reason: str = "") -> Receipt:
    return Receipt("smpp", gateway_id, delivered=not reason, reason=reason, at=Clock()())


async def _send(ledger: Ledger, workflow_id: str, *gateway_ids: str, message_id: str = "message") -> None:
    outgoing = Outgoing(message_id, workflow_id, "link", "sms", "smpp")
    await ledger.begin(outgoing)
    await ledger.accepted(outgoing, gateway_ids)


@pytest.mark.parametrize("reason", ["", "smpp-undeliv-011"])
async def test_a_recovery_is_told_what_became_of_its_message(
    receipts: Receipts, ledger: Ledger, recovery: Recovery, reason: str
) -> None:
    """Delivered, or failed and why: a gateway's code, and nothing else."""
    await _send(ledger, recovery.id, "1")
    await receipts.receive(_receipt("1", reason))
    assert await recovery.query(Listening.told) == [DeliveryReceipt("message", not reason, reason)]


async def test_a_recovery_is_told_once(receipts: Receipts, ledger: Ledger, recovery: Recovery) -> None:
    """Neither a receipt that comes twice nor a start of the worker tells it again."""
    await _send(ledger, recovery.id, "1")
    for _ in range(2):
        await receipts.receive(_receipt("1"))
    await receipts.report()
    assert len(await recovery.query(Listening.told)) == 1


async def test_a_recovery_is_told_of_whole_messages(
    receipts: Receipts, ledger: Ledger, recovery: Recovery
) -> None:
    """Of a message in three segments it hears with the last."""
    await _send(ledger, recovery.id, "1", "2", "3")
    for gateway_id in ("1", "2"):
        await receipts.receive(_receipt(gateway_id))
    assert await recovery.query(Listening.told) == []
    await receipts.receive(_receipt("3"))
    assert await recovery.query(Listening.told) == [DeliveryReceipt("message", delivered=True)]


async def test_a_receipt_noted_before_a_crash_is_told_at_the_next_start(
    receipts: Receipts, ledger: Ledger, recovery: Recovery
) -> None:
    """What the ledger knows and no recovery was told, is told when the worker starts."""
    await _send(ledger, recovery.id, "1")
    await _send(ledger, recovery.id, "2", message_id="on its way")
    await ledger.received(_receipt("1"))
    await receipts.report()
    assert await recovery.query(Listening.told) == [DeliveryReceipt("message", delivered=True)]


async def test_a_receipt_of_nobody_s_tells_nobody(receipts: Receipts, ledger: Ledger, recovery: Recovery) -> None:
    """An id that was never ours is noted, and that is all."""
    await _send(ledger, recovery.id, "1")
    await receipts.receive(_receipt("2"))
    assert await recovery.query(Listening.told) == []


async def test_a_receipt_after_the_end_is_noted(
    receipts: Receipts, ledger: Ledger, database: Database, recovery: Recovery
) -> None:
    """A recovery that is over, or whose history is gone, is no fault: the ledger has the outcome."""
    await recovery.signal(Listening.end)
    await recovery.result()
    await _send(ledger, recovery.id, "1")
    await _send(ledger, "voting-code/never", "2", message_id="other")
    await receipts.receive(_receipt("1"))
    await receipts.receive(_receipt("2", "smpp-expired"))
    outcomes = {row["id"]: row["outcome"] for row in await rows(database, messages)}
    assert outcomes == {"message": "delivered", "other": "smpp-expired"}
    assert await ledger.unreported() == []
