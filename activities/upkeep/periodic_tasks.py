"""Runs tasks at regular intervals beside a worker's activities."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from temporalio.service import RPCError

from activities.config.errors import DatabaseUnavailableError
from activities.config.last_state import LastState

PeriodicTask = Callable[[], Awaitable[object]]
_log = structlog.stdlib.get_logger(__name__)


def every(interval: timedelta, task: PeriodicTask) -> PeriodicTask:
    """Return a task that runs forever; an unavailable database or Temporal is logged once, and the next run tries again."""
    state = LastState()

    async def repeated() -> None:
        while True:
            try:
                await task()
            except (DatabaseUnavailableError, RPCError) as error:
                if state.changes_to(type(error).__name__):
                    _log.warning("periodic_task_failed", fault=type(error).__name__)
            else:
                if state.changes_to(""):
                    _log.info("periodic_task_works_again")
            await asyncio.sleep(interval.total_seconds())

    return repeated
