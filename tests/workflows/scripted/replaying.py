"""Whatever a recovery has lived through, another worker can take it over: its history replays."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from demo.client import replay_check


class Player(Protocol):
    """Somebody with a recovery, which can be looked at and ended."""

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """The recovery."""

    async def leaves(self) -> None:
        """End it, if it lives."""


async def replay(workflow: type, history: WorkflowHistory) -> None:
    """Let today's workflow live a history anew.

    Raises:
        NondeterminismError: it would have lived otherwise.
    """
    try:
        await replay_check.replayer(workflow).replay_workflow(history)
    except RuntimeError as error:
        if replay_check.STALLED not in str(error):
            raise
        await replay_check.replayer(workflow).replay_workflow(history)


@asynccontextmanager
async def replayed(player: Player, workflow: type) -> AsyncIterator[None]:
    """Replay, when a test has done with a recovery, what it has lived through, if it has begun."""
    yield
    history = await _history(player)
    await player.leaves()
    if history is not None:
        await replay(workflow, history)


async def _history(player: Player) -> WorkflowHistory | None:
    try:
        return await player.handle.fetch_history()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None
