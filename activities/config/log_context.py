"""What the log lines of a request and of the recovery that it causes have in common: the workflow's id."""

from typing import Any

import structlog
from temporalio import activity, client, worker
from temporalio.client import (
    OutboundInterceptor,
    StartWorkflowInput,
    StartWorkflowUpdateInput,
    StartWorkflowUpdateWithStartInput,
    WorkflowHandle,
    WorkflowUpdateHandle,
)
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

_log = structlog.stdlib.get_logger(__name__)


class LogContext(client.Interceptor, worker.Interceptor):
    """Logs each order that this process sends to Temporal, and puts the workflow's id into every line of an activity.

    An order is a start or an update. Its line has the id of the request that causes it, as every line of a request has.
    """

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002 - the SDK's name
        """Return the next interceptor, with a line for each order."""
        return _LoggedOrders(next)

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the same
        """Return the next interceptor, with the workflow's id in each line."""
        return _LoggedActivities(next)


class _LoggedOrders(OutboundInterceptor):
    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:  # noqa: A002 - the same
        _log.info("order", workflow_id=input.id)
        return await super().start_workflow(input)

    async def start_workflow_update(self, input: StartWorkflowUpdateInput) -> WorkflowUpdateHandle[Any]:  # noqa: A002 - the same
        _log.info("order", workflow_id=input.id)
        return await super().start_workflow_update(input)

    async def start_update_with_start_workflow(
        self,
        input: StartWorkflowUpdateWithStartInput,  # noqa: A002 - the same
    ) -> WorkflowUpdateHandle[Any]:
        _log.info("order", workflow_id=input.start_workflow_input.id)
        return await super().start_update_with_start_workflow(input)


class _LoggedActivities(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the same
        with structlog.contextvars.bound_contextvars(workflow_id=activity.info().workflow_id):
            return await super().execute_activity(input)
