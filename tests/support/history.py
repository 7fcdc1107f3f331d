"""What a workflow's history has: how many events, for tests that nothing is added to it, and which tasks have failed."""

from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from tests.support.waiting import until
from workflows.replay_check import STALLED


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


async def failed_tasks(workflow: WorkflowHandle[Any, Any]) -> list[str]:
    """Return why workflow tasks have failed, except those that the SDK gave up on a busy machine: it tries them again."""
    events = [each async for each in workflow.fetch_history_events()]
    failed = [each for each in events if each.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED]
    faults = [str(each.workflow_task_failed_event_attributes.failure) for each in failed]
    return [fault for fault in faults if STALLED not in fault]
