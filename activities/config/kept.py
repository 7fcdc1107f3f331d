"""The results of slow readings, kept for all who ask for them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The result of a reading, which many pages get for the cost of one.

    It is read again once its reading has ended `fresh_for` ago. Whoever asks then is given the old one, while the new one is read
    `in_background`; only after twice that time, or when it was never read, does the asker wait, with all who ask meanwhile.
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
        self._reading = asyncio.Lock()
        self._last: tuple[datetime, T] | None = None

    async def current(self) -> T:
        """Return the result of a reading that has ended less than twice `fresh_for` ago; what it raises, if one had to wait for it."""
        last = self._last
        if last is not None and self._age(last) < 2 * self._fresh_for:
            if self._age(last) >= self._fresh_for and not self._reading.locked():
                self._in_background(self._renew())
            return last[1]
        return await self._renewed()

    async def _renew(self) -> None:
        await self._renewed()

    async def _renewed(self) -> T:
        """Return the result, read anew unless somebody has just done it."""
        async with self._reading:
            if self._last is None or self._age(self._last) >= self._fresh_for:
                result = await self._read()
                # Stamped at its begin, a slow one would be too old for each of those who have waited for it.
                self._last = (self._now(), result)
            return self._last[1]

    def _age(self, last: tuple[datetime, T]) -> timedelta:
        return self._now() - last[0]
