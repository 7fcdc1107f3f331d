"""A recovery that only listens: what waits, in Temporal, for a receipt."""

from temporalio import workflow

from activities.sending.receipts import RECEIPT_SIGNAL, DeliveryReceipt


@workflow.defn
class Listening:
    """Keeps the receipts that it is told of, until it is told to end."""

    def __init__(self) -> None:
        self._told: list[DeliveryReceipt] = []
        self._over = False

    @workflow.run
    async def run(self) -> None:
        """Listen until `end`."""
        await workflow.wait_condition(lambda: self._over)

    @workflow.signal(name=RECEIPT_SIGNAL)
    async def receipt(self, receipt: DeliveryReceipt) -> None:
        """Keep a receipt."""
        self._told.append(receipt)

    @workflow.signal
    async def end(self) -> None:
        """End the listening."""
        self._over = True

    @workflow.query
    def told(self) -> list[DeliveryReceipt]:
        """Return the receipts, in the order they came."""
        return self._told
