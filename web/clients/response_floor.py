"""One time for everyone: an answer that came sooner for some would tell who is on the roll, or has asked already."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")

# Whether a recovery lives already makes a difference of milliseconds.
_SAME_TIME = timedelta(milliseconds=300)


async def with_response_floor(work: Awaitable[T]) -> T:
    """Return what comes of `work`, never before 0.3 seconds; what it raises is raised at once."""
    done, _ = await asyncio.gather(work, asyncio.sleep(_SAME_TIME.total_seconds()))
    return done
