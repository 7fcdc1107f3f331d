"""Delivery receipts find their workflow through the message ledger, also after a restart."""

from dataclasses import dataclass

import structlog
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.gateways.sms.gateway import Receipt
from activities.sending.ledger import Fate, Ledger

RECEIPT_SIGNAL = "receipt"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class DeliveryReceipt:
    """What a recovery is told of its message; `reason` is a gateway's code, empty when delivered."""

    message_id: str
    delivered: bool
    reason: str = ""


class Receipts:
    """Listens to a gateway, and signals the recovery whose message it is."""

    def __init__(self, ledger: Ledger, client: Client) -> None:
        self._ledger = ledger
        self._client = client

    async def receive(self, receipt: Receipt) -> None:
        """Note a receipt, then tell whoever waits for it."""
        message_id = await self._ledger.received(receipt)
        if message_id is not None:
            await self.tell(message_id)

    async def tell(self, message_id: str | None = None) -> None:
        """Signal the recovery of a message, or of every one, whose fate is known and was not told.

        Without a message it is called at start: a receipt noted just before a crash is told after it.
        """
        for fate in await self._ledger.untold(message_id):
            await self._signal(fate)
            await self._ledger.told(fate)

    async def _signal(self, fate: Fate) -> None:
        handle = self._client.get_workflow_handle(fate.workflow_id)
        try:
            await handle.signal(RECEIPT_SIGNAL, DeliveryReceipt(fate.message_id, fate.delivered, fate.reason))
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            _log.info("receipt_after_the_end", message=fate.message_id)
