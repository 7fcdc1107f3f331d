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


_OUTAGES = (DatabaseUnavailableError, RPCError)


def every(
    interval: timedelta, task: PeriodicTask, survives: tuple[type[Exception], ...] = _OUTAGES
) -> PeriodicTask:
    """Return a task that runs forever: a fault that it `survives` is logged once, and the next run tries again.

    Any other ends it, and with it a worker, which its supervisor starts anew.
    """
    state = LastState()

    async def repeated() -> None:
        while True:
            try:
                await task()
            except survives as error:
                if state.changes_to(type(error).__name__):
                    trace = None if isinstance(error, _OUTAGES) else error
                    _log.warning("periodic_task_failed", fault=type(error).__name__, exc_info=trace)
            else:
                if state.changes_to(""):
                    _log.info("periodic_task_works_again")
            await asyncio.sleep(interval.total_seconds())

    return repeated
