"""Queries are deferred while a local activity runs, so that the history of the run replays."""

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
from tests.workflows.scripted.query_race import RUNS, QueriedWorkflow, hold, wait_for_query
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.runtime.query_deferral import QueryDeferringRunner

if TYPE_CHECKING:
    from workflows.contracts.messages import RecoveryStatus

_PASSTHROUGH = SandboxRestrictions.default.with_passthrough_modules("tests.workflows.scripted.query_race")
_SDK_RUNNER = SandboxedWorkflowRunner(restrictions=_PASSTHROUGH)
_DEFERRING_RUNNER = QueryDeferringRunner(restrictions=_PASSTHROUGH)
_ROUND_TRIPS = 50


async def test_a_query_waits_for_a_local_activity_and_the_run_replays(env: WorkflowEnvironment) -> None:
    """The server sends it again after the workflow task, and its answer includes the activity's result."""
    had_ended, history = await _run_with_query(env, _DEFERRING_RUNNER)
    assert had_ended
    await _replay(history, _DEFERRING_RUNNER)


async def test_without_deferral_the_run_does_not_replay(env: WorkflowEnvironment) -> None:
    """When this test fails, the SDK's fault is fixed and `query_deferral` can be deleted."""
    had_ended, history = await _run_with_query(env, _SDK_RUNNER)
    assert not had_ended
    with pytest.raises(NondeterminismError):
        await _replay(history, _SDK_RUNNER)


async def test_a_query_waits_from_one_workflow_task_to_the_next(voter: VotingCodeVoter) -> None:
    """While the database holds a request, a status query waits, and then includes the request's result."""
    voter.task_timeout = timedelta(seconds=2)
    await voter.asks_and_receives_link()
    await voter.waits(seconds=61)
    async with voter.script.holding("judge_challenge"):
        asked = asyncio.create_task(voter.asks(request_id="request-2"))
        await until(lambda: len(voter.script.claims) > 1)
        query: asyncio.Task[RecoveryStatus] = asyncio.create_task(voter.status())
        done = await _tasks(voter)
        await until(lambda: _more_than(voter, done + 1))
        assert not query.done()
    await asked
    assert (await query).sends_left == voter.terms.max_sends - 2


async def _run_with_query(env: WorkflowEnvironment, runner: WorkflowRunner) -> tuple[bool, WorkflowHistory]:
    """Run a workflow whose second task begins with a request and a query; return the answer, and the history."""
    run, queue = uuid4().hex, uuid4().hex
    events = RUNS[run]
    worker = Worker(
        env.client,
        task_queue=queue,
        workflows=[QueriedWorkflow],
        activities=[hold, wait_for_query],
        workflow_runner=runner,
    )
    async with worker:
        handle = await env.client.start_workflow(QueriedWorkflow.run, run, id=run, task_queue=queue)
        await until(events.held.is_set)
        query = asyncio.create_task(handle.query(QueriedWorkflow.activity_had_ended))
        await handle.signal(QueriedWorkflow.submit)
        await _wait_for_round_trips(handle)
        events.release.set()
        await until(events.begun.is_set)
        await _wait_for_round_trips(handle)
        events.queried.set()
        had_ended = await query
        await handle.result()
    return had_ended, await handle.fetch_history()


async def _wait_for_round_trips(handle: WorkflowHandle[QueriedWorkflow, None]) -> None:
    """Return after enough calls to the server that messages sent before have arrived."""
    for _ in range(_ROUND_TRIPS):
        await handle.describe()


async def _replay(history: WorkflowHistory, runner: WorkflowRunner) -> None:
    await Replayer(workflows=[QueriedWorkflow], workflow_runner=runner).replay_workflow(history)


async def _tasks(voter: VotingCodeVoter) -> int:
    completed = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    return sum(event.event_type == completed for event in await voter.events())


async def _more_than(voter: VotingCodeVoter, tasks: int) -> bool:
    return await _tasks(voter) > tasks
