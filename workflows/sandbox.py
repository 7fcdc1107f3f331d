"""The workflow sandbox: our own rules and the activities' signatures are the process's, not copies.

Copies would make `is` fail between an enum of the workflow and the same one of an activity.
"""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions


def runner() -> SandboxedWorkflowRunner:
    """Return the runner that workers, tests and replays share."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules("election", "activities")
    return SandboxedWorkflowRunner(restrictions=restrictions)
