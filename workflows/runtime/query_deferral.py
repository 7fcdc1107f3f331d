"""A workflow runner that defers queries while a local activity runs. It works around a fault of the SDK's core (1.35).

The fault: core completes a workflow task as soon as it has a query's answer. When a local activity ends while the
answer is computed, its marker is written into that task without the commands that follow from its result. The run
continues, but its history no longer replays, so it is stuck after its worker restarts. Any query at the wrong
millisecond, from a page or the Temporal UI, can cause this.

The workaround: this runner removes such a query from the activation. The server sends a query that was not answered
again with the next workflow task. `tests/workflows/runtime/test_query_deferral.py` shows both on a real server.
"""

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from workflows.runtime.wrapped_instance import WrappedInstance

# The id of a query that comes in a workflow task of its own; no local activity can complete in that task.
_LEGACY_QUERY_ID = "legacy_query"


class QueryDeferringRunner(SandboxedWorkflowRunner):
    """The sandboxed runner, with deferred queries."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Return a sandboxed workflow instance that defers queries."""
        return QueryDeferringInstance(super().create_instance(det))


class QueryDeferringInstance(WrappedInstance):
    """Wraps one workflow instance, and tracks its running local activities."""

    def __init__(self, instance: WorkflowInstance) -> None:
        super().__init__(instance)
        self._running: set[int] = set()

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Return the instance's completion; while a local activity runs, queries are removed and stay unanswered."""
        self._running -= {job.resolve_activity.seq for job in act.jobs if job.resolve_activity.is_local}
        completion = super().activate(_without_queries(act) if self._running else act)
        commands = completion.successful.commands
        scheduled = [each.schedule_local_activity for each in commands if each.HasField("schedule_local_activity")]
        self._running.update(each.seq for each in scheduled)
        return completion


def _without_queries(act: WorkflowActivation) -> WorkflowActivation:
    rest = WorkflowActivation()
    rest.CopyFrom(act)
    del rest.jobs[:]
    rest.jobs.extend(
        job
        for job in act.jobs
        if not job.HasField("query_workflow") or job.query_workflow.query_id == _LEGACY_QUERY_ID
    )
    return rest
