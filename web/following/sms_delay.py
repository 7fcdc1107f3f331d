"""How long SMS take at the moment, read once for all who look."""

from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError
from activities.config.kept import Kept
from election.following.delays import DelayPercentiles

_FRESH = timedelta(seconds=15)


class SmsDelay:
    """Asks `read` about twice a minute, however many pages are open."""

    def __init__(
        self,
        read: Callable[[], Awaitable[DelayPercentiles | None]],
        now: Callable[[], datetime],
        in_background: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._kept = Kept(read, _FRESH, now, in_background)
        self._known: DelayPercentiles | None = None

    async def current(self) -> DelayPercentiles | None:
        """Return how long the last SMS took, or None when none has arrived for an hour.

        While the database does not answer, it is what was last known: open pages go on.
        """
        with suppress(DatabaseUnavailableError, DatabaseNotReadyError):
            self._known = await self._kept.current()
        return self._known
