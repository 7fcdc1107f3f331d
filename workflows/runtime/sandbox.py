"""The workflow sandbox, with pass-through for modules that are safe to share.

The election's rules and the activities' signatures are passed through, because a second import would make `is` fail
between an enum of the workflow and the same enum of an activity. What recoveries are composed of is passed through too:
importing it again for each run took five of the eight milliseconds in which a run begins. The recoveries themselves are
re-imported in the sandbox, which blocks clocks and random numbers; elsewhere `test_passthrough.py` finds them.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import PayloadConverter
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workflows.runtime.handler_arguments import HandlerArguments
from workflows.runtime.query_deferral import QueryDeferringInstance, QueryDeferringRunner

PASSTHROUGH_MODULES = (
    "election",
    "activities",
    "workflows.contracts",
    "workflows.parts",
    "workflows.acts.messages",
    "workflows.acts.ui_details",
    "workflows.mailings.messages",
    "workflows.mailings.ui_details",
)


class InputlessInstance(QueryDeferringInstance):
    """An instance of a workflow whose `run` takes no input.

    Any input is removed before the SDK decodes it. A starter may add some, and what cannot be decoded would make the
    first workflow task fail for ever.
    """

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Return the instance's completion."""
        for job in act.jobs:
            if job.HasField("initialize_workflow"):
                del job.initialize_workflow.arguments[:]
        return super().activate(act)


class Runner(QueryDeferringRunner):
    """The sandboxed runner; it checks the inputs of workflows and handlers in workers and replays alike."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Return a workflow instance with `HandlerArguments` as its innermost interceptor, and the shared converter."""
        converter = _converter(det.payload_converter_factory)
        checked = replace(
            det,
            interceptor_classes=[*det.interceptor_classes, HandlerArguments],
            payload_converter_factory=lambda: converter,
        )
        if det.defn.arg_types:
            return super().create_instance(checked)
        return InputlessInstance(SandboxedWorkflowRunner.create_instance(self, checked))


@cache
def _converter(new: Callable[[], PayloadConverter]) -> PayloadConverter:
    """Return one payload converter for all runs of a worker.

    The SDK makes one for each run, and with it each type's validator anew, which is slow.
    """
    return new()


def runner() -> Runner:
    """Return the workflow runner of workers, tests and replays."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSTHROUGH_MODULES)
    return Runner(restrictions=restrictions)
