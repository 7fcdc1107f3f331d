"""The workflow sandbox, with pass-through for modules that are safe to share.

The election's rules and the activities' signatures are passed through, because a second import would make `is` fail
between an enum of the workflow and the same enum of an activity. Messages, options and texts are passed through too:
importing them again for each workflow took 30 % of the processor time of a recovery. The workflows themselves are
re-imported in the sandbox, which blocks clocks and random numbers.
"""

from temporalio.worker.workflow_sandbox import SandboxRestrictions

from workflows.runtime.query_deferral import QueryDeferringRunner

_PASSTHROUGH_MODULES = (
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
    """Return the workflow runner of workers, tests and replays."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*_PASSTHROUGH_MODULES)
    return QueryDeferringRunner(restrictions=restrictions)
