"""Starts and controls acts on many recoveries, signed with the console's key."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus

from activities.acts.bulk_order import BulkOrder
from activities.acts.bulk_orders import act_workflow_id
from activities.security.signatures import SigningKey
from console.clients.order_answer import OrderAnswer, answered
from workflows.acts.starting import act_handle, control_act, signed_for_act, start_bulk_retry
from workflows.contracts.orders import Control
from workflows.runtime.temporal_calls import (
    UPDATE_TIMEOUT,
    WorkflowOverError,
    time_limit,
)

_LISTED_WITHIN = timedelta(seconds=2)
_UNENDED = "WorkflowType = 'BulkRetry' AND ExecutionStatus = 'Running'"
_OVER = "Cet acte est terminé."
_UNTITLED = "Acte en nombre"


def new_act_id() -> str:
    """Return the id of a new act."""
    return secrets.token_hex(16)


@dataclass(frozen=True)
class OrderedAct:
    """An act that no worker has begun: what it does, when it was ordered, and whether it still waits for one, or was refused."""

    id: str
    title: str
    at: datetime
    waits: bool


class BulkOrders:
    """Gives the orders of the operator who has signed in."""

    def __init__(self, client: Client, signing_key: SigningKey, now: Callable[[], datetime]) -> None:
        self._client = client
        self._signing_key = signing_key
        self._now = now

    async def start(self, order: BulkOrder) -> str:
        """Start an act, which goes on without the console, and return its id.

        Raises:
            TemporalUnavailableError: Temporal does not answer.
        """
        given = signed_for_act(self._signing_key, order.id, order, self._now())
        async with time_limit(UPDATE_TIMEOUT):
            return await start_bulk_retry(self._client, given)

    async def ordered(self, act_id: str) -> OrderedAct | None:
        """Return an act of this id as Temporal has it, also before a worker has begun it; None when there is none.

        Raises:
            TemporalUnavailableError: Temporal does not answer.
        """
        try:
            async with time_limit(UPDATE_TIMEOUT):
                found = await act_handle(self._client, act_id).describe()
        except WorkflowOverError:
            return None
        title = await found.static_summary() or _UNTITLED
        return OrderedAct(act_id, title, found.start_time, found.status is WorkflowExecutionStatus.RUNNING)

    async def unended(self) -> list[str]:
        """Return the ids of the acts that have not ended, also of those that no worker has begun.

        Raises:
            TemporalUnavailableError: Temporal does not answer.
        """
        prefix = act_workflow_id("")
        async with time_limit(_LISTED_WITHIN):
            found = [each async for each in self._client.list_workflows(_UNENDED)]
        return [each.id.removeprefix(prefix) for each in found]

    async def control(self, act_id: str, order: Control) -> OrderAnswer:
        """Pause, resume, slow or stop an act, and return what came of it."""
        given = signed_for_act(self._signing_key, act_id, order, self._now())
        return await answered(lambda: control_act(self._client, act_id, given), over=_OVER)
