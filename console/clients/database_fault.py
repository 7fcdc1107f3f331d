"""Asks Temporal whether the database holds a recovery up: its row cannot say so, since nothing could be written."""

from datetime import timedelta

from temporalio.client import Client, WorkflowExecutionStatus

from workflows.contracts.messages import DATABASE_FAULT
from workflows.contracts.search_attributes import FAULT
from workflows.runtime.temporal_calls import TemporalUnavailableError, WorkflowOverError, time_limit

_WITHIN = timedelta(seconds=1)


async def database_fault(client: Client, workflow_id: str) -> str:
    """Return the fault, `database:…`; empty without one, and while Temporal does not answer."""
    try:
        async with time_limit(_WITHIN):
            found = await client.get_workflow_handle(workflow_id).describe()
    except (WorkflowOverError, TemporalUnavailableError):
        return ""
    fault = found.typed_search_attributes.get(FAULT) or ""
    is_held = found.status is WorkflowExecutionStatus.RUNNING and fault.startswith(DATABASE_FAULT)
    return fault if is_held else ""
