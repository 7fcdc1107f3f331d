"""`python -m benchmarks.rate.floor_worker ADDRESS`: the real workflows with activities that do nothing."""

import asyncio
import sys
from datetime import timedelta

from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from activities.config import event_loop
from benchmarks.rate.floor_activities import FloorActivities
from benchmarks.rate.floor_messages import FloorMessages
from workflows.contracts import options, search_attributes
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.password import PasswordRecovery
from workflows.recoveries.voting_code import VotingCodeRecovery
from workflows.runtime import sandbox
from workflows.runtime.registration import register_search_attributes

_NAMESPACE = "floor"


async def create_namespace(address: str) -> None:
    """Create the floor's namespace if there is none, and return when it can be used."""
    default = await Client.connect(address)
    request = RegisterNamespaceRequest(namespace=_NAMESPACE)
    request.workflow_execution_retention_period.FromTimedelta(timedelta(days=1))
    try:
        await default.workflow_service.register_namespace(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
    client = await connect(address)
    while not await _is_ready(client):  # noqa: ASYNC110 - it is the server that becomes ready
        await asyncio.sleep(0.5)


async def connect(address: str) -> Client:
    """Return a client of the floor's namespace."""
    return await Client.connect(address, namespace=_NAMESPACE, data_converter=pydantic_data_converter)


async def _is_ready(client: Client) -> bool:
    """Return whether the namespace exists, and its search attributes too: services that run apart learn of them later."""
    try:
        await register_search_attributes(client)
        for key in search_attributes.ALL:
            await client.count_workflows(f"{key.name} = 'none'")
    except RPCError:
        return False
    return True


async def _run(address: str) -> None:
    client = await connect(address)
    activities = FloorActivities(FloorMessages(client))
    recoveries = Worker(
        client,
        task_queue=options.RECOVERIES,
        workflows=[VotingCodeRecovery, IdentifierRecovery, PasswordRecovery, IdentifierAndPasswordRecovery],
        activities=activities.recoveries,
        workflow_runner=sandbox.runner(),
        sticky_queue_schedule_to_start_timeout=options.STICKY_TASK_TIMEOUT,
    )
    sends = [
        Worker(client, task_queue=queue, activities=activities.messaging)
        for queue in (options.SMS_SENDS, options.EMAIL_SENDS)
    ]
    await asyncio.gather(recoveries.run(), *(worker.run() for worker in sends))


if __name__ == "__main__":
    event_loop.run(_run(sys.argv[1]))
