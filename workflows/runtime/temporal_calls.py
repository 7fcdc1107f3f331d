"""Calls of web and console to Temporal: their time limits, their retries, and what their errors mean."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import TypeVar

from temporalio.client import (
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

T = TypeVar("T")

UPDATE_TIMEOUT = timedelta(seconds=10)
QUERY_TIMEOUT = timedelta(seconds=4)  # shorter: a page that shows a status is easily loaded again
_PAUSES_WHILE_BUSY = (0.1, 0.3, 0.9)  # seconds
_ATTEMPTS_WHILE_ENDING = 4
_PAUSE_WHILE_ENDING = 0.25  # seconds: a recovery that is about to end has ended by then


class TemporalUnavailableError(Exception):
    """Raised when Temporal or its workers do not answer in time; the call can be repeated safely."""


class WorkflowOverError(Exception):
    """Raised when a workflow has ended, or never existed."""


class WorkflowBusyError(TemporalUnavailableError):
    """Raised when Temporal dropped an update because a signal arrived while it was being answered."""


@contextmanager
def translate_errors() -> Iterator[None]:
    """Run a call to Temporal, and raise the errors of this module in place of the SDK's.

    A `WorkflowUpdateFailedError` is raised as it is, unless it says that the workflow ended before it answered.

    Raises:
        TemporalUnavailableError: no answer in time, or no connection.
        WorkflowOverError: there is no such workflow, or it has ended.
        WorkflowBusyError: the update can be sent again at once.
    """
    try:
        yield
    except (WorkflowUpdateRPCTimeoutOrCancelledError, WorkflowQueryFailedError, TimeoutError) as error:
        raise TemporalUnavailableError from error
    except WorkflowUpdateFailedError as error:
        if _has_ended(error):
            raise WorkflowOverError from error
        raise
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise WorkflowOverError from error
        if error.status is RPCStatusCode.FAILED_PRECONDITION:
            raise WorkflowBusyError from error
        raise TemporalUnavailableError from error
    except RuntimeError as error:  # a client that connects with its first call, while Temporal is away
        raise TemporalUnavailableError from error


@asynccontextmanager
async def time_limit(limit: timedelta) -> AsyncIterator[None]:
    """Run a call to Temporal within a time limit that includes the SDK's own retries.

    `rpc_timeout` alone limits each attempt: with a server that is down, the SDK would retry for ten seconds.

    Raises:
        TemporalUnavailableError: no answer in time.
        WorkflowOverError: there is no such workflow, or it has ended.
    """
    with translate_errors():
        async with asyncio.timeout(limit.total_seconds()):
            yield


async def retry_while_busy(update: Callable[[], Awaitable[T]]) -> T:
    """Return the answer to an update, sent again while its workflow is busy.

    Temporal drops an update whose answer would end the workflow when a signal arrives at that moment.

    Raises:
        TemporalUnavailableError: no answer in time.
        WorkflowOverError: there is no such workflow, or it has ended.
    """
    for pause in _PAUSES_WHILE_BUSY:
        try:
            with translate_errors():
                return await update()
        except WorkflowBusyError:
            await asyncio.sleep(pause)
    with translate_errors():
        return await update()


async def retry_while_ending(update_with_start: Callable[[], Awaitable[T]]) -> T:
    """Return the answer to an update-with-start, sent again while the recovery that it reaches is ending.

    Once that recovery has ended, the next attempt starts a new one.

    Raises:
        TemporalUnavailableError: no answer in time.
        WorkflowUpdateFailedError: the update failed for another reason.
    """
    for _ in range(_ATTEMPTS_WHILE_ENDING):
        try:
            return await retry_while_busy(update_with_start)
        except WorkflowOverError:
            await asyncio.sleep(_PAUSE_WHILE_ENDING)
    raise TemporalUnavailableError


async def request_while_ending(update_with_start: Callable[[], Awaitable[T]]) -> T:
    """Do as `retry_while_ending` with a request, which is answered by a verdict and does not fail.

    Raises:
        TemporalUnavailableError: no answer in time, or the update failed.
    """
    try:
        return await retry_while_ending(update_with_start)
    except WorkflowUpdateFailedError as error:
        raise TemporalUnavailableError from error


def _has_ended(error: WorkflowUpdateFailedError) -> bool:
    return isinstance(error.cause, ApplicationError) and error.cause.type == "AcceptedUpdateCompletedWorkflow"
