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


class RecoveriesAway(Exception):  # noqa: N818 - it says where the recoveries are
    """Raised when Temporal or its workers do not answer in time; asking again is safe."""


class RecoveryGone(Exception):  # noqa: N818 - it says where the recovery is
    """Raised when a recovery is over, or never was."""


class RecoveryBusy(RecoveriesAway):
    """Raised when an update was not looked at, since a receipt came in as it was being answered."""


@contextmanager
def answered() -> Iterator[None]:
    """Run a call to Temporal.

    Raises:
        RecoveriesAway: no answer in time.
        RecoveryGone: there is no such recovery, or it has ended.
        RecoveryBusy: it can be asked again at once.
    """
    try:
        yield
    except (WorkflowUpdateRPCTimeoutOrCancelledError, WorkflowQueryFailedError, TimeoutError) as error:
        raise RecoveriesAway from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise RecoveryGone from error
        if error.status is RPCStatusCode.FAILED_PRECONDITION:
            raise RecoveryBusy from error
        raise RecoveriesAway from error


@asynccontextmanager
async def within(patience: timedelta) -> AsyncIterator[None]:
    """Run a call to Temporal that takes no longer, all its tries together: one server that is gone takes ten seconds.

    Raises:
        RecoveriesAway: no answer in time.
        RecoveryGone: there is no such recovery, or it has ended.
    """
    with answered():
        async with asyncio.timeout(patience.total_seconds()):
            yield


async def handed_in(update: Callable[[], Awaitable[T]]) -> T:
    """Return the answer to an update, handed in again while its recovery is busy.

    Temporal drops an update whose answer would end the recovery when a signal reaches it at that moment.

    Raises:
        RecoveriesAway: no answer in time.
        RecoveryGone: there is no such recovery, or it has ended.
    """
    for pause in _PAUSES:
        try:
            with answered():
                return await update()
        except RecoveryBusy:
            await asyncio.sleep(pause)
    with answered():
        return await update()
