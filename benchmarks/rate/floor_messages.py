"""Messages of the floor: nothing is sent, and each is reported as received after the delay of the demo's receipts."""

import asyncio

from temporalio.client import Client

from activities.sending.receipts import RECEIPT_SIGNAL, DeliveryReceipt
from benchmarks.rate.floor_terms import MESSAGING
from election.stages import Channel

# The interval at which the demo's message centre sends receipts. Without it the link would be opened before the
# recovery has noted that its message was accepted, and histories would be shorter than those of voters.
_DELAY = 0.05  # seconds


class FloorMessages:
    """Reports each message to the driver, on the standard output, and to its recovery, by the receipt's signal."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._deliveries: set[asyncio.Task[None]] = set()

    def deliver(self, workflow_id: str, message_id: str, channel: Channel, delivery_id: str) -> None:
        """Report a message after the delay; the driver reads the workflow's id and the link's or delivery's id."""
        task = asyncio.create_task(self._deliver(workflow_id, message_id, channel, delivery_id))
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    async def _deliver(self, workflow_id: str, message_id: str, channel: Channel, delivery_id: str) -> None:
        await asyncio.sleep(_DELAY)
        if channel is Channel.SMS:
            handle = self._client.get_workflow_handle(workflow_id)
            receipt = DeliveryReceipt(message_id, delivered=True)
            await handle.signal(RECEIPT_SIGNAL, receipt.signed(MESSAGING, workflow_id))
        print(workflow_id, delivery_id, flush=True)
