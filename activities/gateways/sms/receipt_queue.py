"""Hands receipts from the operator to the listener, and again when the listener raises."""

import asyncio
from itertools import chain, repeat

import structlog

from activities.config.errors import DatabaseUnavailableError
from activities.gateways.sms.gateway import Receipt, ReceiptListener

# Seconds between attempts; about five minutes in all. The last one is repeated while the database is away.
WAITS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 60.0, 120.0)
_MOST_PENDING = 500

_log = structlog.stdlib.get_logger()


class ReceiptQueue:
    """Calls the listener for each receipt, and again after `waits` when it raises.

    A receipt is lost after the last of them, but not for an outage of the database: the operator, who was told that it was
    taken, does not send it again. One whose listener raises does not delay the others. Waiting for `room` between two
    receipts leaves the next ones with the operator while the listener accepts none.
    """

    def __init__(
        self, listener: ReceiptListener, waits: tuple[float, ...] = WAITS, stop_timeout: float = 5.0
    ) -> None:
        self._listener = listener
        self._waits = waits
        self._stop_timeout = stop_timeout
        self._pending: dict[tuple[str, str, bool], asyncio.Task[None]] = {}

    def take(self, receipt: Receipt) -> None:
        """Keep a receipt until the listener has accepted it; one that the operator repeats meanwhile is the same."""
        key = (receipt.gateway, receipt.gateway_id, receipt.delivered)
        if key not in self._pending:
            self._pending[key] = asyncio.create_task(self._hand_over(receipt))
            self._pending[key].add_done_callback(lambda _: self._pending.pop(key))

    async def room(self) -> None:
        """Return when fewer than 500 receipts are pending."""
        while len(self._pending) >= _MOST_PENDING:
            await asyncio.wait(self._pending.values(), return_when=asyncio.FIRST_COMPLETED)

    async def finish(self) -> None:
        """Wait at most `stop_timeout` seconds for the pending receipts, then drop them."""
        if not self._pending:
            return
        _, late = await asyncio.wait(self._pending.values(), timeout=self._stop_timeout)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _hand_over(self, receipt: Receipt) -> None:
        log = _log.bind(gateway=receipt.gateway, gateway_id=receipt.gateway_id)
        failures = 0
        try:
            for wait in chain(self._waits, repeat(self._waits[-1])):
                fault = await self._fault(receipt)
                if fault is None:
                    return
                # The error's text may hold what the listener was working on.
                log.warning("receipt_not_taken", fault=type(fault).__name__)
                failures += not isinstance(fault, DatabaseUnavailableError)
                if failures > len(self._waits):
                    break
                await asyncio.sleep(wait)
            log.error("receipt_lost")
        except asyncio.CancelledError:
            log.error("receipt_lost")  # noqa: TRY400 - a stop needs no traceback
            raise

    async def _fault(self, receipt: Receipt) -> Exception | None:
        try:
            await self._listener(receipt)
        except Exception as error:  # noqa: BLE001 - whatever the listener raises, the connection stays open
            return error
        return None
