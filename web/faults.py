"""When the recoveries do not answer, told apart from a recovery that is over."""

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.client import WorkflowQueryFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode


class RecoveriesAway(Exception):  # noqa: N818 - it says where the recoveries are
    """Raised when Temporal or its workers do not answer in time; asking again is safe."""


class RecoveryGone(Exception):  # noqa: N818 - it says where the recovery is
    """Raised when a recovery is over, or never was."""


@contextmanager
def answered() -> Iterator[None]:
    """Run a call to Temporal.

    Raises:
        RecoveriesAway: no answer in time.
        RecoveryGone: there is no such recovery, or it has ended.
    """
    try:
        yield
    except (WorkflowUpdateRPCTimeoutOrCancelledError, WorkflowQueryFailedError) as error:
        raise RecoveriesAway from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise RecoveryGone from error
        raise RecoveriesAway from error
