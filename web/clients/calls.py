"""When the recoveries do not answer, told apart from a recovery that is over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import TypeVar

from temporalio.client import WorkflowQueryFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

T = TypeVar("T")
_PAUSES = (0.1, 0.3, 0.9)  # seconds


class TemporalUnavailableError(Exception):
    """Raised when Temporal or its workers do not answer in time; asking again is safe."""


class RecoveryNotFoundError(Exception):
    """Raised when a recovery is over, or never was."""


class RecoveryBusyError(TemporalUnavailableError):
    """Raised when an update was not looked at, since a receipt came in as it was being answered."""


@contextmanager
def answered() -> Iterator[None]:
    """Run a call to Temporal.

    Raises:
        TemporalUnavailableError: no answer in time.
        RecoveryNotFoundError: there is no such recovery, or it has ended.
        RecoveryBusyError: it can be asked again at once.
    """
    try:
        yield
    except (WorkflowUpdateRPCTimeoutOrCancelledError, WorkflowQueryFailedError, TimeoutError) as error:
        raise TemporalUnavailableError from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise RecoveryNotFoundError from error
        if error.status is RPCStatusCode.FAILED_PRECONDITION:
            raise RecoveryBusyError from error
        raise TemporalUnavailableError from error


@asynccontextmanager
async def within(patience: timedelta) -> AsyncIterator[None]:
    """Run a call to Temporal that takes no longer, all its tries together: one server that is gone takes ten seconds.

    Raises:
        TemporalUnavailableError: no answer in time.
        RecoveryNotFoundError: there is no such recovery, or it has ended.
    """
    with answered():
        async with asyncio.timeout(patience.total_seconds()):
            yield


async def handed_in(update: Callable[[], Awaitable[T]]) -> T:
    """Return the answer to an update, handed in again while its recovery is busy.

    Temporal drops an update whose answer would end the recovery when a signal reaches it at that moment.

    Raises:
        TemporalUnavailableError: no answer in time.
        RecoveryNotFoundError: there is no such recovery, or it has ended.
    """
    for pause in _PAUSES:
        try:
            with answered():
                return await update()
        except RecoveryBusyError:
            await asyncio.sleep(pause)
    with answered():
        return await update()
