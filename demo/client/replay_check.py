"""Whether another worker could take over every recovery: its history, replayed by the code of today."""

from collections.abc import Sequence

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from worker import RECOVERY_WORKFLOWS
from workflows.mailings.campaign import LinkCampaign
from workflows.runtime import sandbox

WORKFLOWS: Sequence[type] = (*RECOVERY_WORKFLOWS, LinkCampaign)
# The machine stood still for two seconds, which says nothing of a history.
STALLED = "TMPRL1101"
OURS = " OR ".join(f"WorkflowType = '{each.__name__}'" for each in WORKFLOWS)


def replayer(*workflows: type) -> Replayer:
    """Return what lives histories anew, as our workers would: in the same sandbox, with the same converter."""
    return Replayer(workflows=workflows, workflow_runner=sandbox.runner(), data_converter=pydantic_data_converter)


async def failures(client: Client, query: str = OURS) -> list[str]:
    """Return what no other worker could go on with, among the runs that a query lists, open and closed; or nothing."""
    found = await _failures(client, query)
    return await _failures(client, query) if STALLED in str(found) else found


async def _failures(client: Client, query: str) -> list[str]:
    histories = client.list_workflows(query).map_histories()
    results = await replayer(*WORKFLOWS).replay_workflows(histories, raise_on_replay_failure=False)
    return [f"{run} does not replay: {fault}" for run, fault in results.replay_failures.items()]
