"""What operators should look at: recoveries that are stuck or not judged, and sends that wait for a gateway."""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio.client import Client
from temporalio.service import RPCError

from activities.config.errors import DatabaseUnavailableError
from activities.metrics.definitions import STUCK
from activities.progress.reader import ProgressReader
from workflows.contracts import search_attributes

_TIMEOUT = timedelta(seconds=2)
# Anybody may ask for the health check: Temporal is asked less often.
_KEPT_FOR = timedelta(seconds=10)
# What only Temporal knows; the rest is in the rows of the recoveries.
_LINES = {
    search_attributes.STUCK: "recoveries: {} stuck",
    search_attributes.HELD_UP: "database: {} recoveries held up",
}


class RecoveryWarnings:
    """Counts the running recoveries that need somebody, at most once in ten seconds."""

    def __init__(self, client: Client, reader: ProgressReader, now: Callable[[], datetime]) -> None:
        self._client = client
        self._reader = reader
        self._now = now
        self._counted_at: datetime | None = None
        self._last: list[str] = []

    async def current(self) -> list[str]:
        """Return a line for each kind of them, with their number; none while Temporal or the database do not answer."""
        now = self._now()
        if self._counted_at is None or now - self._counted_at >= _KEPT_FOR:
            self._counted_at = now
            try:
                self._last = await self._count()
            except (RPCError, DatabaseUnavailableError):
                self._last = []
        return self._last

    async def _count(self) -> list[str]:
        lines = []
        for query, line in _LINES.items():
            found = (await self._client.count_workflows(query, rpc_timeout=_TIMEOUT)).count
            lines += [line.format(found)] * bool(found)
            if query == search_attributes.STUCK:
                STUCK.set(found)
        return lines + await self._reader.warnings()
