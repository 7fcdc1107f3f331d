"""The results of slow readings, kept for all who ask for them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The result of a reading, which many pages get for the cost of one.

    It is read again once its reading has ended `fresh_for` ago. Whoever asks then is given the old one, while the new one is read
    `in_background`; only after twice that time, or when it was never read, does the asker wait, with all who ask meanwhile. A reading
    goes on when nobody waits for it any longer: one that takes longer than a page waits would else never be there.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[T]],
        fresh_for: timedelta,
        now: Callable[[], datetime],
        in_background: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._read = read
        self._fresh_for = fresh_for
        self._now = now
        self._in_background = in_background
        self._reading: asyncio.Task[T] | None = None
        self._last: tuple[datetime, T] | None = None

    async def current(self) -> T:
        """Return the result of a reading that has ended less than twice `fresh_for` ago; what it raises, if one had to wait for it."""
        last = self._last
        if last is None or self._age(last) >= 2 * self._fresh_for:
            return await asyncio.shield(self._renewal())
        if self._age(last) >= self._fresh_for:
            self._renewal()
        return last[1]

    def _renewal(self) -> asyncio.Task[T]:
        """Return the reading that is under way, or begin one."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._renewed())
            self._in_background(_end_of(self._reading))
        return self._reading

    async def _renewed(self) -> T:
        result = await self._read()
        # Stamped at its begin, a slow one would be too old for each of those who have waited for it.
        self._last = (self._now(), result)
        return result

    def _age(self, last: tuple[datetime, T]) -> timedelta:
        return self._now() - last[0]


async def _end_of(reading: asyncio.Task[Any]) -> None:
    await reading
