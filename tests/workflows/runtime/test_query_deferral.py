"""A query never meets a local activity: runs that are looked at all the while can be taken over."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import NondeterminismError

from tests.support.waiting import until
from tests.workflows.scripted.query_race import MOMENTS, LookedAt, hold, wait_to_be_looked_at
from tests.workflows.scripted.voting_code_voter import Voter
from workflows.runtime.query_deferral import QueryDeferringRunner

if TYPE_CHECKING:
    from workflows.contracts.messages import RecoveryStatus

_IN_THIS_PROCESS = SandboxRestrictions.default.with_passthrough_modules("tests.workflows.scripted.query_race")
_SDK_S_OWN = SandboxedWorkflowRunner(restrictions=_IN_THIS_PROCESS)
_TURN_TAKING = QueryDeferringRunner(restrictions=_IN_THIS_PROCESS)
_ROUND_TRIPS = 50


async def test_a_query_waits_for_a_local_activity_and_the_run_replays(env: WorkflowEnvironment) -> None:
    """It is dispatched anew when the workflow task is done, and tells what came of the activity."""
    had_ended, history = await _is_looked_at(env, _TURN_TAKING)
    assert had_ended
    await _replay(history, _TURN_TAKING)


async def test_the_sdk_lets_them_meet_and_the_run_does_not_replay(env: WorkflowEnvironment) -> None:
    """When this fails, the SDK is mended, and `query_turns` can go."""
    had_ended, history = await _is_looked_at(env, _SDK_S_OWN)
    assert not had_ended
    with pytest.raises(NondeterminismError):
        await _replay(history, _SDK_S_OWN)


async def test_a_query_waits_from_one_workflow_task_to_the_next(voter: Voter) -> None:
    """While the roll database keeps a request waiting: whoever looks is told what came of it."""
    voter.task_timeout = timedelta(seconds=1)
    await voter.asks_and_is_sent()
    async with voter.script.hanging("judge_challenge"):
        asked = asyncio.create_task(voter.asks(request="request-2"))
        await until(lambda: len(voter.script.claims) > 1)
        looks: asyncio.Task[RecoveryStatus] = asyncio.create_task(voter.status())
        done = await _tasks(voter)
        await until(lambda: _more_than(voter, done + 1))
        assert not looks.done()
    await asked
    assert (await looks).sends_left == voter.terms.sends - 2


async def _is_looked_at(env: WorkflowEnvironment, runner: WorkflowRunner) -> tuple[bool, WorkflowHistory]:
    """Run a workflow whose second task begins with a request and a query; return the answer, and the history."""
    run, queue = uuid4().hex, uuid4().hex
    moment = MOMENTS[run]
    worker = Worker(
        env.client,
        task_queue=queue,
        workflows=[LookedAt],
        activities=[hold, wait_to_be_looked_at],
        workflow_runner=runner,
    )
    async with worker:
        handle = await env.client.start_workflow(LookedAt.run, run, id=run, task_queue=queue)
        await until(moment.held.is_set)
        looks = asyncio.create_task(handle.query(LookedAt.look))
        await handle.signal(LookedAt.ask)
        await _has_its_chance(handle)
        moment.abandon.set()
        await until(moment.begun.is_set)
        await _has_its_chance(handle)
        moment.looked_at.set()
        had_ended = await looks
        await handle.result()
    return had_ended, await handle.fetch_history()


async def _has_its_chance(handle: WorkflowHandle[LookedAt, None]) -> None:
    """Return once the server has answered so often that it has long had what was sent before."""
    for _ in range(_ROUND_TRIPS):
        await handle.describe()


async def _replay(history: WorkflowHistory, runner: WorkflowRunner) -> None:
    await Replayer(workflows=[LookedAt], workflow_runner=runner).replay_workflow(history)


async def _tasks(voter: Voter) -> int:
    completed = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    return sum(event.event_type == completed for event in await voter.events())


async def _more_than(voter: Voter, tasks: int) -> bool:
    return await _tasks(voter) > tasks
