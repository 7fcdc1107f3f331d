"""Readings of the database for a page that must not wait for it."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError

T = TypeVar("T")


async def in_time(reading: Awaitable[T], within: float) -> T | None:
    """Return what a reading gives, or None when the database does not answer within so many seconds."""
    try:
        async with asyncio.timeout(within):
            return await reading
    except (DatabaseUnavailableError, DatabaseNotReadyError, TimeoutError):
        return None
