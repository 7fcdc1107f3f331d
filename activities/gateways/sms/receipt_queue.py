"""Receipts on their way from the operator to whoever keeps them."""

import asyncio

import structlog

from activities.gateways.sms.gateway import Receipt, ReceiptListener

# About five minutes in all: longer than a database's restart.
WAITS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 60.0, 120.0)
_AT_ONCE = 500

_log = structlog.stdlib.get_logger()


class ReceiptQueue:
    """Calls the listener for each receipt, and again after `waits` when it raises.

    One receipt that is not taken does not hold up the others. Whoever waits for `room` between two
    receipts leaves the rest with the operator for as long as the listener takes none.
    """

    def __init__(self, listener: ReceiptListener, waits: tuple[float, ...] = WAITS, farewell: float = 5.0) -> None:
        self._listener = listener
        self._waits = waits
        self._farewell = farewell
        self._under_way: set[asyncio.Task[None]] = set()

    def take(self, receipt: Receipt) -> None:
        """Keep the receipt until the listener has it."""
        task = asyncio.create_task(self._hand_over(receipt))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def room(self) -> None:
        """Return when fewer than 500 receipts are in hand."""
        while len(self._under_way) >= _AT_ONCE:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)

    async def finish(self) -> None:
        """Give the receipts in hand `farewell` seconds, then let go of them."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way, timeout=self._farewell)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _hand_over(self, receipt: Receipt) -> None:
        log = _log.bind(gateway=receipt.gateway, gateway_id=receipt.gateway_id)
        try:
            for wait in self._waits:
                if await self._taken(receipt, log):
                    return
                await asyncio.sleep(wait)
            if not await self._taken(receipt, log):
                log.error("receipt_lost")
        except asyncio.CancelledError:
            log.error("receipt_lost")  # noqa: TRY400 - the stop is no fault worth a traceback
            raise

    async def _taken(self, receipt: Receipt, log: structlog.stdlib.BoundLogger) -> bool:
        try:
            await self._listener(receipt)
        except Exception as error:  # noqa: BLE001 - whatever the listener raises, the connection lives on
            # Its text may carry what the listener was working on.
            log.warning("receipt_not_taken", fault=type(error).__name__)
            return False
        return True
