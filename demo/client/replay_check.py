"""Replays histories with today's code: whether another worker could continue each workflow."""

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from worker import ACT_WORKFLOWS, MAILING_WORKFLOWS, RECOVERY_WORKFLOWS, ROLL_WORKFLOWS
from workflows.runtime import sandbox

WORKFLOWS: tuple[type, ...] = (*RECOVERY_WORKFLOWS, *MAILING_WORKFLOWS, *ACT_WORKFLOWS, *ROLL_WORKFLOWS)
# The SDK's deadlock detector: the machine was stalled for two seconds, which is no fault of the history.
STALLED = "TMPRL1101"
ALL_WORKFLOWS = " OR ".join(f"WorkflowType = '{each.__name__}'" for each in WORKFLOWS)


def replayer(*workflows: type) -> Replayer:
    """Return a replayer with the sandbox and the data converter of our workers."""
    return Replayer(workflows=workflows, workflow_runner=sandbox.runner(), data_converter=pydantic_data_converter)


async def failures(client: Client, query: str = ALL_WORKFLOWS) -> list[str]:
    """Return a line for each run that a query lists, open or closed, whose history does not replay; empty if all do."""
    found = await _replay(client, query)
    return await _replay(client, query) if STALLED in str(found) else found


async def _replay(client: Client, query: str) -> list[str]:
    histories = client.list_workflows(query).map_histories()
    results = await replayer(*WORKFLOWS).replay_workflows(histories, raise_on_replay_failure=False)
    return [f"{run} does not replay: {fault}" for run, fault in results.replay_failures.items()]
