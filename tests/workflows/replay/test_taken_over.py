"""The replay check names the recoveries whose history does not replay, and no others."""

import re
from datetime import timedelta
from subprocess import CompletedProcess
from uuid import uuid4

from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from election.procedures import Procedure, workflow_id_of
from tests.support.commands import run_command
from tests.support.waiting import until
from tests.workflows.replay.recordings import RECORDINGS
from tests.workflows.scripted.changed_workflows import ChangedVotingCodeRecovery
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows import replay_check
from workflows.registered import WORKFLOWS
from workflows.runtime import sandbox

_COMMAND = "workflows.replay_check"


async def test_a_recovery_of_the_current_code_passes_the_check(
    env: WorkflowEnvironment, voter: VotingCodeVoter
) -> None:
    """An open recovery replays."""
    await voter.asks_and_receives_link()
    assert await _failures(env, voter.workflow_id) == []


async def test_a_recovery_that_does_not_replay_is_named(env: WorkflowEnvironment) -> None:
    """The run of a changed workflow, which has an additional timer, is reported with its run id; the command ends with 1 meanwhile."""
    name, queue = workflow_id_of(Procedure.VOTING_CODE, uuid4().hex), uuid4().hex
    async with Worker(
        env.client, task_queue=queue, workflows=[ChangedVotingCodeRecovery], workflow_runner=sandbox.runner()
    ):
        changed = await env.client.start_workflow(ChangedVotingCodeRecovery.run, id=name, task_queue=queue)
        await env.fast_forward(changed, timedelta(seconds=2))
        [failure] = await _failures(env, name)
        checked = _check(env)
        await changed.terminate("the test is over")
    assert f"{changed.result_run_id} does not replay: " in failure
    assert (checked.returncode, failure.partition("\n")[0] in checked.stdout) == (1, True)


async def test_the_command_says_that_what_runs_can_be_continued(
    env: WorkflowEnvironment, voter: VotingCodeVoter
) -> None:
    """It counts what it has replayed, and ends with 0; without a server with 2."""
    await voter.asks_and_receives_link()
    await until(lambda: _is_listed(env, f"WorkflowId = '{voter.workflow_id}'"))
    checked: list[CompletedProcess[str]] = []

    async def passes() -> (
        bool
    ):  # the changed recovery of another test is listed as running for a moment after its end
        checked.append(_check(env))
        return checked[-1].returncode == 0

    await until(passes)
    said = r"Rejoués\u00a0: [1-9][0-9]*. Que cette version ne pourrait pas continuer\u00a0: 0.\n"
    assert re.fullmatch(said, checked[-1].stdout)
    assert run_command(_COMMAND, variables={"TEMPORAL_ADDRESS": "127.0.0.1:9"}).returncode == 2


def test_the_check_covers_every_recorded_workflow() -> None:
    """The check's list has every workflow that is recorded."""
    assert set(WORKFLOWS) == {each.workflow for each in RECORDINGS}


def _check(env: WorkflowEnvironment) -> CompletedProcess[str]:
    return run_command(_COMMAND, variables={"TEMPORAL_ADDRESS": env.client.service_client.config.target_host})


async def _failures(env: WorkflowEnvironment, name: str) -> list[str]:
    query = f"WorkflowId = '{name}'"
    await until(lambda: _is_listed(env, query))
    return await replay_check.failures(env.client, query)


async def _is_listed(env: WorkflowEnvironment, query: str) -> bool:
    return (await env.client.count_workflows(query)).count > 0
