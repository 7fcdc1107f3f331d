"""Replays histories: after each test, its recovery's history must replay with the current code."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Protocol

from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import WorkflowReplayResult

from tests.workflows.scripted.changed_workflows import CHANGED
from workflows import replay_check
from workflows.registered import WORKFLOWS

Given = asyncio.Queue[WorkflowHistory | None]
Results = AsyncIterator[WorkflowReplayResult]


class Actor(Protocol):
    """A scripted person with one workflow."""

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """The workflow's handle."""

    async def terminate(self) -> None:
        """Terminate the workflow, if it runs."""


class ReplayWorkers:
    """Two replay workers, of the workflows and of the changed ones: they stay open, since to start one takes longer than a replay."""

    def __init__(self) -> None:
        self._workers: dict[tuple[type, ...], tuple[Given, Results]] = {}
        self._stack = AsyncExitStack()

    async def replay(self, workflow: type, history: WorkflowHistory) -> Exception | None:
        """Return why the current code of a workflow does not replay a history, or None if it does."""
        [workflows] = [each for each in (WORKFLOWS, CHANGED) if workflow in each]
        if workflows not in self._workers:
            self._workers[workflows] = await self._started(workflows)
        given, results = self._workers[workflows]
        given.put_nowait(history)
        return (await anext(results)).replay_failure

    async def _started(self, workflows: tuple[type, ...]) -> tuple[Given, Results]:
        given: Given = asyncio.Queue()

        async def histories() -> AsyncIterator[WorkflowHistory]:
            while (history := await given.get()) is not None:
                yield history

        worker = replay_check.replayer(*workflows).workflow_replay_iterator(histories())
        return given, await self._stack.enter_async_context(worker)

    async def stop(self) -> None:
        """Stop the workers."""
        self._workers.clear()
        await self._stack.aclose()


replay_workers = ReplayWorkers()


async def replay(workflow: type, history: WorkflowHistory) -> None:
    """Replay a history with the current code.

    Raises:
        NondeterminismError: the current code produces other commands.
    """
    failure = await replay_workers.replay(workflow, history)
    if replay_check.STALLED in str(failure):
        failure = await replay_workers.replay(workflow, history)
    if failure is not None:
        raise failure


@asynccontextmanager
async def replayed(actor: Actor, workflow: type) -> AsyncIterator[None]:
    """When the block ends, terminate the actor's workflow and replay its history, if it was started."""
    yield
    history = await _history(actor)
    await actor.terminate()
    if history is not None:
        await replay(workflow, history)


async def _history(actor: Actor) -> WorkflowHistory | None:
    try:
        return await actor.handle.fetch_history()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None
