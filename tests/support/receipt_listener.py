"""A recovery that only records the receipts that it is signalled."""

from temporalio import workflow

from activities.sending.receipts import RECEIPT_SIGNAL, DeliveryReceipt


@workflow.defn
class Listening:
    """Records receipts until it is told to end."""

    def __init__(self) -> None:
        self._told: list[DeliveryReceipt] = []
        self._over = False

    @workflow.run
    async def run(self) -> None:
        """Wait until `end`."""
        await workflow.wait_condition(lambda: self._over)

    @workflow.signal(name=RECEIPT_SIGNAL)
    async def receipt(self, receipt: DeliveryReceipt) -> None:
        """Record a receipt."""
        self._told.append(receipt)

    @workflow.signal
    async def end(self) -> None:
        """End the workflow."""
        self._over = True

    @workflow.query
    def told(self) -> list[DeliveryReceipt]:
        """Return the receipts, in the order they came."""
        return self._told
