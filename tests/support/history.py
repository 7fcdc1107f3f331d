"""The number of events of a workflow's history, for tests that nothing is added to it."""

from typing import Any

from temporalio.client import WorkflowHandle

from tests.support.waiting import until


async def events_at_rest(workflow: WorkflowHandle[Any, Any]) -> int:
    """Return how many events the history has once no activity and no workflow task runs.

    A page can show a stage before that: its row is written by the activity, before the activity's end is an event.
    """

    async def at_rest() -> int:
        description = await workflow.describe()
        raw = description.raw_description
        busy = raw.pending_activities or raw.HasField("pending_workflow_task")
        return 0 if busy else description.history_length

    return await until(at_rest)
