"""Whether another worker could take over every recovery: its history, replayed by the code of today."""

from collections.abc import Sequence

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from workflows import sandbox
from workflows.both_codes import BothCodesRecovery
from workflows.campaign import LinkCampaign
from workflows.identifier import IdentifierRecovery
from workflows.password import PasswordRecovery
from workflows.support_request import SupportRequest
from workflows.voting_code import VotingCodeRecovery

WORKFLOWS: Sequence[type] = (
    VotingCodeRecovery,
    IdentifierRecovery,
    PasswordRecovery,
    BothCodesRecovery,
    LinkCampaign,
    SupportRequest,
)
OURS = " OR ".join(f"WorkflowType = '{each.__name__}'" for each in WORKFLOWS)


async def failures(client: Client, query: str = OURS) -> list[str]:
    """Return what no other worker could go on with, among the runs that a query lists, open and closed; or nothing."""
    runner, converter = sandbox.runner(), pydantic_data_converter
    replayer = Replayer(workflows=WORKFLOWS, workflow_runner=runner, data_converter=converter)
    histories = client.list_workflows(query).map_histories()
    results = await replayer.replay_workflows(histories, raise_on_replay_failure=False)
    return [f"{run} does not replay: {fault}" for run, fault in results.replay_failures.items()]
