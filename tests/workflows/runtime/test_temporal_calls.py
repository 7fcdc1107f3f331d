"""Which calls to Temporal are sent again, and which are not."""

from dataclasses import dataclass

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from workflows.runtime.temporal_calls import (
    TemporalUnavailableError,
    WorkflowOverError,
    request_while_ending,
    retry_while_busy,
    retry_while_ending,
)

_BUSY = RPCError("busy", RPCStatusCode.FAILED_PRECONDITION, b"")
_NOT_FOUND = RPCError("not found", RPCStatusCode.NOT_FOUND, b"")


def _failed(kind: str) -> WorkflowUpdateFailedError:
    return WorkflowUpdateFailedError(ApplicationError("failed", type=kind))


@dataclass
class FailingUpdate:
    """An update that fails a number of times, and then is answered."""

    error: Exception
    failures: int
    calls: int = 0

    async def send(self) -> str:
        """Return the answer, or fail."""
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error
        return "taken"


async def test_an_update_that_temporal_dropped_is_sent_again() -> None:
    """Temporal drops an update when a signal arrives while it is being answered."""
    update = FailingUpdate(_BUSY, failures=2)
    assert await retry_while_busy(update.send) == "taken"
    assert update.calls == 3


async def test_an_update_that_is_always_dropped_ends_as_unavailable() -> None:
    """After 1.3 seconds the voter reads that the service does not answer."""
    update = FailingUpdate(_BUSY, failures=100)
    with pytest.raises(TemporalUnavailableError):
        await retry_while_busy(update.send)
    assert update.calls == 4


@pytest.mark.parametrize("error", [_NOT_FOUND, _failed("AcceptedUpdateCompletedWorkflow")])
async def test_an_update_to_a_recovery_that_has_ended_is_not_sent_again(error: Exception) -> None:
    """Whether the server does not find it, or it ended between the update and its answer."""
    update = FailingUpdate(error, failures=1)
    with pytest.raises(WorkflowOverError):
        await retry_while_busy(update.send)
    assert update.calls == 1


@pytest.mark.parametrize("error", [_NOT_FOUND, _failed("AcceptedUpdateCompletedWorkflow")])
async def test_an_update_with_start_is_sent_again_when_its_recovery_has_just_ended(error: Exception) -> None:
    """The next try starts a new recovery."""
    update = FailingUpdate(error, failures=1)
    assert await retry_while_ending(update.send) == "taken"
    assert update.calls == 2


async def test_an_update_with_start_that_failed_is_not_sent_again() -> None:
    """A failure in the recovery itself would be the same the next time."""
    update = FailingUpdate(_failed("LookupError"), failures=1)
    with pytest.raises(TemporalUnavailableError):
        await request_while_ending(update.send)
    assert update.calls == 1
