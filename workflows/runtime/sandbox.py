"""The workflow sandbox: our own rules and the activities' signatures are the process's, not copies.

Copies would make `is` fail between an enum of the workflow and the same one of an activity. What the
workflows say and name is not copied either: making those classes anew for each recovery took 30 % of
its processor time in here. The workflows themselves stay inside, where no clock or draw can be reached.
"""

from temporalio.worker.workflow_sandbox import SandboxRestrictions

from workflows.runtime.query_deferral import QueryDeferringRunner

_NOT_COPIED = (
    "election",
    "activities",
    "workflows.mailings.ui_details",
    "workflows.mailings.messages",
    "workflows.parts.ui_details",
    "workflows.parts.ui_texts",
    "workflows.contracts.messages",
    "workflows.parts.operators",
    "workflows.contracts.options",
    "workflows.contracts.search_attributes",
)


def runner() -> QueryDeferringRunner:
    """Return the runner that workers, tests and replays share."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*_NOT_COPIED)
    return QueryDeferringRunner(restrictions=restrictions)
