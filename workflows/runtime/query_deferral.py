"""Queries wait their turn: one that comes while a local activity runs is answered once that has ended.

The SDK's core (1.35) completes a workflow task with a query's answer as soon as it has one. A local activity
that ends while the answer is being made has its marker written into that task, without the commands that
follow from it: the run goes on, but can never be replayed, and is stuck with its worker's next restart. A
voter's follow-up page, or a look at the Temporal UI, in the wrong millisecond was enough.

A query left unanswered when its workflow task ends is dispatched anew by the server, so that it is answered
those milliseconds later. `tests/workflows/runtime/test_query_deferral.py` shows both on a real server.
"""

from typing import Any

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import Info

# A query that found no workflow task to go with has one of its own, in which nothing else is reported.
_ALONE = "legacy_query"


class QueryDeferringRunner(SandboxedWorkflowRunner):
    """The sandbox, for runs whose queries wait for local activities."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Return a run in a sandbox of its own."""
        return QueryDeferringInstance(super().create_instance(det))


class QueryDeferringInstance(WorkflowInstance):
    """One run, and the local activities that it waits for."""

    def __init__(self, run: WorkflowInstance) -> None:
        self._run = run
        self._awaited: set[int] = set()

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Return what the run does next; a query that has to wait is kept from it, and goes unanswered."""
        self._awaited -= {job.resolve_activity.seq for job in act.jobs if job.resolve_activity.is_local}
        completion = self._run.activate(_without_queries(act) if self._awaited else act)
        commands = completion.successful.commands
        begun = [each.schedule_local_activity for each in commands if each.HasField("schedule_local_activity")]
        self._awaited.update(each.seq for each in begun)
        return completion

    # `Any`, below: the SDK keeps the type to itself.

    def get_serialization_context(self, command_info: Any) -> SerializationContext | None:
        """Return the run's own."""
        return self._run.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> StorageDriverStoreContext:
        """Return the run's own."""
        return self._run.get_external_store_context(command_info)

    def get_info(self) -> Info:
        """Return the run's own."""
        return self._run.get_info()

    def get_thread_id(self) -> int | None:
        """Return the run's own."""
        return self._run.get_thread_id()


def _without_queries(act: WorkflowActivation) -> WorkflowActivation:
    rest = WorkflowActivation()
    rest.CopyFrom(act)
    del rest.jobs[:]
    rest.jobs.extend(
        job for job in act.jobs if not job.HasField("query_workflow") or job.query_workflow.query_id == _ALONE
    )
    return rest
