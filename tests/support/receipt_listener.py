"""A workflow that stands in for a recovery and collects delivery receipts."""

from temporalio import workflow

from activities.sending.receipts import RECEIPT_SIGNAL, DeliveryReceipt


@workflow.defn
class ReceiptListener:
    """Collects the receipts that it is signalled, until the signal `end`."""

    def __init__(self) -> None:
        self._received: list[DeliveryReceipt] = []
        self._is_over = False

    @workflow.run
    async def run(self) -> None:
        """Run until the signal `end`."""
        await workflow.wait_condition(lambda: self._is_over)

    @workflow.signal(name=RECEIPT_SIGNAL)
    async def receipt(self, receipt: DeliveryReceipt) -> None:
        """Collect a receipt."""
        self._received.append(receipt)

    @workflow.signal
    async def end(self) -> None:
        """End the workflow."""
        self._is_over = True

    @workflow.query
    def received(self) -> list[DeliveryReceipt]:
        """Return the receipts, in the order they came."""
        return self._received
