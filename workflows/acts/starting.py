"""Starts and controls acts on many recoveries, for the console and the command line."""

from datetime import datetime, timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from activities.acts.bulk_order import TITLES, BulkOrder
from activities.acts.bulk_orders import ActCounts, act_workflow_id
from activities.security.signatures import SigningKey
from activities.security.signed_orders import OrderT, signed
from workflows.acts.bulk_retry import BulkRetry
from workflows.acts.messages import ActProgress, BulkInput
from workflows.contracts import options
from workflows.contracts.orders import Control

ANSWERED_WITHIN = timedelta(seconds=10)


def signed_for_act(key: SigningKey, act_id: str, order: OrderT, now: datetime) -> OrderT:
    """Return an act's order, or one to a running act, with the console's signature."""
    return signed(key, act_workflow_id(act_id), order, now)


async def start_bulk_retry(client: Client, order: BulkOrder) -> str:
    """Start an act, and return its id; an order that is sent twice, as by a second click, is done once.

    Raises:
        RPCError: Temporal does not answer.
        WorkflowAlreadyStartedError: an act of this id is over.
    """
    await client.start_workflow(
        BulkRetry.run,
        BulkInput(order),
        id=act_workflow_id(order.id),
        task_queue=options.ACTS,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        static_summary=TITLES[order.kind],
        rpc_timeout=ANSWERED_WITHIN,
    )
    return order.id


def act_handle(client: Client, act_id: str) -> WorkflowHandle[BulkRetry, ActCounts]:
    """Return the handle of an act's workflow, whether it was started or not."""
    return client.get_workflow_handle_for(BulkRetry.run, act_workflow_id(act_id))


async def control_act(client: Client, act_id: str, order: Control) -> ActProgress:
    """Give an order to a running act, and return its progress.

    Raises:
        WorkflowUpdateFailedError: the act refuses; the cause's message is a French sentence.
        RPCError: the act is over, or Temporal or the worker does not answer.
    """
    handle: WorkflowHandle[Any, Any] = act_handle(client, act_id)
    answer: ActProgress = await handle.execute_update(
        order.act, order, result_type=ActProgress, rpc_timeout=ANSWERED_WITHIN
    )
    return answer
