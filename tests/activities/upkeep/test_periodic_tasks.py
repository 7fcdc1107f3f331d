"""A periodic task goes on when the database or Temporal is away, and logs that once."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from activities.config.errors import DatabaseUnavailableError
from activities.upkeep.periodic_tasks import every


async def test_an_outage_is_logged_once() -> None:
    """A line when it begins, one when it ends, and the next outage is another one."""
    outcomes = iter([True, False, False, False, True, True, False])

    async def task() -> None:
        if not next(outcomes):  # ends the test with StopIteration, which a coroutine turns into RuntimeError
            raise DatabaseUnavailableError

    with capture_logs() as logs, pytest.raises(RuntimeError):
        await every(timedelta(0), task)()
    expected = ["periodic_task_failed", "periodic_task_works_again", "periodic_task_failed"]
    assert [line["event"] for line in logs] == expected


async def test_a_fault_of_the_program_is_survived_where_that_is_asked_for() -> None:
    """It is logged once with its traceback, and the task goes on; an outage of the database has none."""
    outcomes: list[type[Exception]] = [DatabaseUnavailableError, ValueError, ValueError]

    async def task() -> None:
        if not outcomes:
            raise asyncio.CancelledError
        raise outcomes.pop(0)

    with capture_logs() as logs, pytest.raises(asyncio.CancelledError):
        await every(timedelta(0), task, survives=(Exception,))()
    faults = [(line["fault"], line["exc_info"] is not None) for line in logs]
    assert faults == [("DatabaseUnavailableError", False), ("ValueError", True)]
