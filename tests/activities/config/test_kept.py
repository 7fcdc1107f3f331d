"""Slow readings are done once for all who ask, and nobody waits for one whose last result is recent."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from activities.config.errors import DatabaseUnavailableError
from activities.config.kept import Kept
from tests.support.clock import Clock

_FRESH = timedelta(seconds=10)


class _Reading:
    """Counts its readings, the result of each being its number; it runs in the background what it is given."""

    def __init__(self, now: Clock) -> None:
        self.kept = Kept(self._read, _FRESH, now, self._in_background)
        self.duration = timedelta(0)
        self._now = now
        self.number = 0
        self.fault: Exception | None = None
        self._tasks = set[asyncio.Task[None]]()

    async def finish(self) -> None:
        await asyncio.gather(*self._tasks)

    async def _read(self) -> int:
        self.number += 1
        number = self.number
        await asyncio.sleep(0)  # the others run meanwhile
        self._now.advance(self.duration)
        if self.fault is not None:
            raise self.fault
        return number

    def _in_background(self, reading: Coroutine[Any, Any, None]) -> None:
        self._tasks.add(asyncio.create_task(_unheard(reading)))


async def _unheard(reading: Coroutine[Any, Any, None]) -> None:
    with suppress(DatabaseUnavailableError):
        await reading


async def test_all_who_ask_at_once_are_given_one_reading(now: Clock) -> None:
    """Also those who ask again while it is fresh."""
    reading = _Reading(now)
    assert await asyncio.gather(*(reading.kept.current() for _ in range(3))) == [1, 1, 1]
    now.advance(_FRESH - timedelta(seconds=1))
    assert await reading.kept.current() == 1
    assert reading.number == 1


async def test_all_who_wait_for_a_slow_reading_are_given_it(now: Clock) -> None:
    """It takes longer than its result is kept: in an outage they would else read one after the other."""
    reading = _Reading(now)
    reading.duration = 3 * _FRESH
    assert await asyncio.gather(*(reading.kept.current() for _ in range(3))) == [1, 1, 1]
    assert reading.number == 1


async def test_a_reading_goes_on_when_nobody_waits_for_it_any_longer(now: Clock) -> None:
    """The next to ask is given its result, however little time a page gives it."""
    reading = _Reading(now)
    asker = asyncio.create_task(reading.kept.current())
    await asyncio.sleep(0)
    asker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asker
    assert await reading.kept.current() == 1
    assert reading.number == 1


async def test_nobody_waits_for_what_is_read_again(now: Clock) -> None:
    """Whoever asks meanwhile is given the old result, and one reading is enough for all of them."""
    reading = _Reading(now)
    await reading.kept.current()
    now.advance(_FRESH)
    assert await asyncio.gather(*(reading.kept.current() for _ in range(3))) == [1, 1, 1]
    await reading.finish()
    assert await reading.kept.current() == 2
    assert reading.number == 2


async def test_a_result_that_is_too_old_is_given_to_nobody(now: Clock) -> None:
    """The first to look after a while waits, and sees how things are."""
    reading = _Reading(now)
    await reading.kept.current()
    now.advance(2 * _FRESH)
    assert await reading.kept.current() == 2


async def test_a_reading_that_fails_is_told_to_who_waits_for_it(now: Clock) -> None:
    """The last result is told no longer than before; the next reading may succeed."""
    reading = _Reading(now)
    await reading.kept.current()
    now.advance(2 * _FRESH)
    reading.fault = DatabaseUnavailableError()
    with pytest.raises(DatabaseUnavailableError):
        await reading.kept.current()
    reading.fault = None
    assert await reading.kept.current() == 3
