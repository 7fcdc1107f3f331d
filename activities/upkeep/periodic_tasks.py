"""Runs tasks at regular intervals beside a worker's activities."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from temporalio.service import RPCError

from activities.config.errors import DatabaseUnavailableError

PeriodicTask = Callable[[], Awaitable[object]]
_log = structlog.stdlib.get_logger(__name__)


def every(interval: timedelta, task: PeriodicTask) -> PeriodicTask:
    """Return a task that runs forever; an unavailable database or Temporal is logged, and the next run tries again."""

    async def repeated() -> None:
        while True:
            try:
                await task()
            except (DatabaseUnavailableError, RPCError) as error:
                _log.warning("periodic_task_failed", fault=type(error).__name__)
            await asyncio.sleep(interval.total_seconds())

    return repeated
