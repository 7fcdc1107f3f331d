"""Replays histories: after each test, its recovery's history must replay with the current code."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from demo.client import replay_check


class Actor(Protocol):
    """A scripted person with one workflow."""

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """The workflow's handle."""

    async def terminate(self) -> None:
        """Terminate the workflow, if it runs."""


async def replay(workflow: type, history: WorkflowHistory) -> None:
    """Replay a history with the current code.

    Raises:
        NondeterminismError: the current code produces other commands.
    """
    try:
        await replay_check.replayer(workflow).replay_workflow(history)
    except RuntimeError as error:
        if replay_check.STALLED not in str(error):
            raise
        await replay_check.replayer(workflow).replay_workflow(history)


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
