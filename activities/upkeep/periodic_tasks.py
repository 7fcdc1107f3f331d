"""What a worker does again and again beside its activities."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from temporalio.service import RPCError

from activities.config.faults import DatabaseUnavailableError

PeriodicTask = Callable[[], Awaitable[object]]
_log = structlog.stdlib.get_logger(__name__)


def every(interval: timedelta, task: PeriodicTask) -> PeriodicTask:
    """Return a chore done again and again; a fault of the database or of Temporal waits for the next time."""

    async def repeated() -> None:
        while True:
            try:
                await task()
            except (DatabaseUnavailableError, RPCError) as error:
                _log.warning("periodic_task_failed", fault=type(error).__name__)
            await asyncio.sleep(interval.total_seconds())

    return repeated
