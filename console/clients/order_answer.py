"""What came of an operator's order, in a sentence when it was not carried out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from workflows.runtime.temporal_calls import (
    UPDATE_TIMEOUT,
    TemporalUnavailableError,
    WorkflowOverError,
    retry_while_busy,
    time_limit,
)

NO_WORKER = "Aucun worker ne répond\u00a0: l’ordre n’a peut-être pas été reçu. Regardez où cela en est avant de le redonner."


@dataclass(frozen=True)
class OrderAnswer:
    """What came of an order: whether it was carried out, and a sentence when it was not."""

    is_done: bool
    sentence: str = ""


async def answered(
    update: Callable[[], Awaitable[object]],
    *,
    over: str,
    no_worker: str = NO_WORKER,
    within: timedelta = UPDATE_TIMEOUT,
) -> OrderAnswer:
    """Return what came of an order; `over` is said of a workflow that has ended, `no_worker` when nobody answers."""
    try:
        async with time_limit(within):
            await retry_while_busy(update)
    except WorkflowOverError:
        return OrderAnswer(is_done=False, sentence=over)
    except TemporalUnavailableError:
        return OrderAnswer(is_done=False, sentence=no_worker)
    except WorkflowUpdateFailedError as error:
        cause = error.cause
        said = cause.message if isinstance(cause, ApplicationError) else "L’ordre a échoué."
        return OrderAnswer(is_done=False, sentence=said)
    return OrderAnswer(is_done=True)
