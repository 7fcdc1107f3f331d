"""The replay check names the recoveries whose history does not replay, and no others."""

from datetime import timedelta
from uuid import uuid4

from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from demo.client import replay_check
from election.procedures import Procedure, workflow_id_of
from tests.support.waiting import until
from tests.workflows.replay.recordings import RECORDINGS
from tests.workflows.scripted.changed_workflows import ChangedVotingCodeRecovery
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.runtime import sandbox


async def test_a_recovery_of_the_current_code_passes_the_check(
    env: WorkflowEnvironment, voter: VotingCodeVoter
) -> None:
    """An open recovery replays."""
    await voter.asks_and_receives_link()
    assert await _failures(env, voter.workflow_id) == []


async def test_a_recovery_that_does_not_replay_is_named(env: WorkflowEnvironment) -> None:
    """The run of a changed workflow, which has an additional timer, is reported with its run id."""
    name, queue = workflow_id_of(Procedure.VOTING_CODE, uuid4().hex), uuid4().hex
    async with Worker(
        env.client, task_queue=queue, workflows=[ChangedVotingCodeRecovery], workflow_runner=sandbox.runner()
    ):
        changed = await env.client.start_workflow(ChangedVotingCodeRecovery.run, id=name, task_queue=queue)
        await env.fast_forward(changed, timedelta(seconds=2))
        [failure] = await _failures(env, name)
        await changed.terminate("the test is over")
    assert f"{changed.result_run_id} does not replay: " in failure


def test_the_check_covers_every_recorded_workflow() -> None:
    """The check's list has every workflow that is recorded."""
    assert set(replay_check.WORKFLOWS) == {each.workflow for each in RECORDINGS}


async def _failures(env: WorkflowEnvironment, name: str) -> list[str]:
    query = f"WorkflowId = '{name}'"
    await until(lambda: _is_listed(env, query))
    return await replay_check.failures(env.client, query)


async def _is_listed(env: WorkflowEnvironment, query: str) -> bool:
    return (await env.client.count_workflows(query)).count > 0
