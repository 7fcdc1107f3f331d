"""Reports delivery receipts to the recovery whose message they are for, also after a restart."""

from dataclasses import dataclass

import structlog
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.gateways.sms.gateway import Receipt
from activities.sending.ledger import DeliveryOutcome, Ledger

RECEIPT_SIGNAL = "receipt"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class DeliveryReceipt:
    """The signal of a message's outcome; `reason` is a gateway's code, empty when it was delivered."""

    message_id: str
    delivered: bool
    reason: str = ""


class Receipts:
    """Listens to a gateway, and signals recoveries."""

    def __init__(self, ledger: Ledger, client: Client) -> None:
        self._ledger = ledger
        self._client = client

    async def receive(self, receipt: Receipt) -> None:
        """Record a receipt, then report the outcome that it completes, if any."""
        message_id = await self._ledger.received(receipt)
        if message_id is not None:
            await self.report(message_id)

    async def report(self, message_id: str | None = None) -> None:
        """Signal the recovery of one message, or of every message, whose outcome was not reported yet.

        Without an id it runs at regular intervals, for receipts that were recorded just before a crash.
        """
        for outcome in await self._ledger.unreported(message_id):
            await self._signal(outcome)
            await self._ledger.mark_reported(outcome)

    async def _signal(self, outcome: DeliveryOutcome) -> None:
        handle = self._client.get_workflow_handle(outcome.workflow_id)
        try:
            await handle.signal(
                RECEIPT_SIGNAL, DeliveryReceipt(outcome.message_id, outcome.delivered, outcome.reason)
            )
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            _log.info("receipt_after_the_end", message=outcome.message_id)
