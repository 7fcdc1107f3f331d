"""Calls to Temporal: their time limit, and what their errors mean for an operator."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeVar

from temporalio.client import WorkflowQueryFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

T = TypeVar("T")

UPDATE_TIMEOUT = timedelta(seconds=10)
_PAUSES_WHILE_BUSY = (0.1, 0.3, 0.9)  # seconds


class TemporalUnavailableError(Exception):
    """Raised when Temporal or its workers do not answer in time; the call can be repeated."""


class WorkflowOverError(Exception):
    """Raised when a workflow has ended, or never existed."""


@asynccontextmanager
async def time_limit(limit: timedelta) -> AsyncIterator[None]:
    """Run a call to Temporal within a time limit, and raise the errors of this module in place of the SDK's.

    A `WorkflowUpdateFailedError` is raised as it is: its cause says why an order was refused.

    Raises:
        TemporalUnavailableError: no answer in time, or no connection.
        WorkflowOverError: there is no such workflow, or it has ended.
    """
    try:
        async with asyncio.timeout(limit.total_seconds()):
            yield
    except (WorkflowUpdateRPCTimeoutOrCancelledError, WorkflowQueryFailedError, TimeoutError) as error:
        raise TemporalUnavailableError from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise WorkflowOverError from error
        raise TemporalUnavailableError from error
    except RuntimeError as error:  # a client that connects with its first call, while Temporal is away
        raise TemporalUnavailableError from error


async def retry_while_busy(update: Callable[[], Awaitable[T]]) -> T:
    """Return the answer to an update; Temporal drops one at the moment at which a signal arrives."""
    for pause in _PAUSES_WHILE_BUSY:
        try:
            return await update()
        except RPCError as error:
            if error.status is not RPCStatusCode.FAILED_PRECONDITION:
                raise
            await asyncio.sleep(pause)
    return await update()


def refusal_of(cause: BaseException | None) -> str:
    """Return why a workflow has refused an order, in its own words, by the cause of a `WorkflowUpdateFailedError`."""
    return cause.message if isinstance(cause, ApplicationError) else "L’ordre a échoué."


def has_ended(cause: BaseException | None) -> bool:
    """Return whether the workflow has ended before it answered an order."""
    return isinstance(cause, ApplicationError) and cause.type == "AcceptedUpdateCompletedWorkflow"
