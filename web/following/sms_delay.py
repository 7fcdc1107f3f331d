"""How long SMS take at the moment, read once for all who look."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError
from activities.sending.ledger import Ledger
from election.following.delays import DelayPercentiles
from election.stages import Channel

_KEPT_FOR = timedelta(seconds=30)


class SmsDelay:
    """Asks the ledger once in half a minute, however many pages are open."""

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._now = now
        self._read_at: datetime | None = None
        self._known: DelayPercentiles | None = None
        self._reading = asyncio.Lock()

    async def current(self) -> DelayPercentiles | None:
        """Return how long the last SMS took, or None when none has arrived for an hour.

        While the database does not answer, it is what was last known: open pages go on.
        """
        async with self._reading:
            now = self._now()
            if self._read_at is None or now - self._read_at >= _KEPT_FOR:
                self._read_at = now
                with suppress(DatabaseUnavailableError, DatabaseNotReadyError):
                    self._known = await self._ledger.recent_delay(Channel.SMS)
            return self._known
