"""A recovery that no other worker could take over is named, and only that."""

from datetime import timedelta
from uuid import uuid4

from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from demo.client import replay_check
from tests.support.waiting import until
from tests.workflows.replay.changed_workflows import RestlessRecovery
from tests.workflows.replay.recordings import RECORDINGS
from tests.workflows.scripted.voting_code_voter import Voter
from workflows.runtime import sandbox


async def test_a_recovery_of_today_s_code_could_be_taken_over(env: WorkflowEnvironment, voter: Voter) -> None:
    """Open as it is."""
    await voter.asks_and_is_sent()
    assert await _failures(env, voter.workflow_id) == []


async def test_a_recovery_that_does_not_replay_is_named(env: WorkflowEnvironment, voter: Voter) -> None:
    """One that was lived by other code, which waited where today's does not."""
    name, queue = f"voting-code/{uuid4().hex}", uuid4().hex
    async with Worker(
        env.client, task_queue=queue, workflows=[RestlessRecovery], workflow_runner=sandbox.runner()
    ):
        lived = await env.client.start_workflow(RestlessRecovery.run, voter.terms, id=name, task_queue=queue)
        await env.fast_forward(lived, timedelta(seconds=2))
        [failure] = await _failures(env, name)
        await lived.terminate("the test is over")
    assert f"{lived.result_run_id} does not replay: " in failure


def test_every_recovery_that_is_recorded_is_looked_at() -> None:
    """A workflow that the list forgot would never be replayed after a storm."""
    assert set(replay_check.WORKFLOWS) == {each.workflow for each in RECORDINGS}


async def _failures(env: WorkflowEnvironment, name: str) -> list[str]:
    query = f"WorkflowId = '{name}'"
    await until(lambda: _is_listed(env, query))
    return await replay_check.failures(env.client, query)


async def _is_listed(env: WorkflowEnvironment, query: str) -> bool:
    return (await env.client.count_workflows(query)).count > 0
