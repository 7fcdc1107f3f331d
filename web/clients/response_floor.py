"""A shortest time for an answer, the same for every identifier: see `with_response_floor`."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")

# Starting a recovery and signalling one that is running differ by some milliseconds.
_FLOOR = timedelta(milliseconds=300)


async def with_response_floor(work: Awaitable[T]) -> T:
    """Return the result of `work`, after 0.3 seconds at the earliest; an exception is raised at once.

    A faster answer for some identifiers would tell which are on the roll, or which have a recovery running.
    """
    result, _ = await asyncio.gather(work, asyncio.sleep(_FLOOR.total_seconds()))
    return result
