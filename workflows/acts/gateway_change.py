"""An operator's order about a gateway, which the console signs and may not carry out itself."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from temporalio import workflow
from temporalio.client import Client

from activities.routing.console_orders import GatewayClaim, GatewayOrders
from activities.routing.orders import GatewayOrder
from activities.security.signed_orders import VALID_FOR
from workflows.contracts.options import ACTS, DATABASE_ACTIVITY

_RPC_TIMEOUT = timedelta(seconds=10)
_ANSWERED_WITHIN = 5.0  # seconds


@workflow.defn
class GatewayChange:
    """One order; it survives outages of database, worker and server."""

    @workflow.run
    async def run(self, order: GatewayOrder) -> bool:
        """Return whether the order has changed anything; the workflow fails when the console has not signed it."""
        claim = GatewayClaim(workflow.info().workflow_id, order)
        return await workflow.execute_local_activity_method(
            GatewayOrders.change_gateway, claim, **DATABASE_ACTIVITY
        )


def new_id(gateway: str) -> str:
    """Return the id of a new order about a gateway."""
    return f"gateway/{gateway[:32]}/{uuid4().hex}"


async def change_gateway(client: Client, workflow_id: str, order: GatewayOrder) -> bool | None:
    """Return whether a signed order has changed anything, or None when nobody has carried it out within seconds.

    Raises:
        RPCError: Temporal does not answer; a RuntimeError while the client has never reached it.
        WorkflowFailureError: the order is refused.
    """
    handle = await client.start_workflow(
        GatewayChange.run,
        order,
        id=workflow_id,
        task_queue=ACTS,
        execution_timeout=VALID_FOR,  # an order that nobody could carry out must not surprise anybody later
        rpc_timeout=_RPC_TIMEOUT,
    )
    try:
        async with asyncio.timeout(_ANSWERED_WITHIN):
            return await handle.result()
    except TimeoutError:
        return None
