"""Phones and mailboxes of the floor: what nothing sent arrives once its send was answered, as in the demo."""

import asyncio

from temporalio.client import Client

from activities.sending.receipts import RECEIPT_SIGNAL, DeliveryReceipt
from election.stages import Channel

# The demo's message centre looks as often for the receipts that it owes. Told at once, a click would come
# before the recovery knows that its message was taken: that recovery would be shorter than any voter's.
_LATER = 0.05  # seconds


class Post:
    """Tells the driver that a message is there, and its recovery that the phone has it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._under_way: set[asyncio.Task[None]] = set()

    def deliver(self, workflow_id: str, message_id: str, channel: Channel, what: str) -> None:
        """Let a message arrive soon; the driver is told of `what` came."""
        task = asyncio.create_task(self._deliver(workflow_id, message_id, channel, what))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _deliver(self, workflow_id: str, message_id: str, channel: Channel, what: str) -> None:
        await asyncio.sleep(_LATER)
        if channel is Channel.SMS:
            handle = self._client.get_workflow_handle(workflow_id)
            await handle.signal(RECEIPT_SIGNAL, DeliveryReceipt(message_id, delivered=True))
        print(workflow_id, what, flush=True)
