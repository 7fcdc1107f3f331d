"""The base of the scripted people who have one workflow each."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any, Generic, TypeVar

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

_TIMEOUT_SECONDS = 20.0
_R = TypeVar("_R")


class WorkflowActor(Generic[_R]):
    """Somebody with one workflow, whose clock can be moved on."""

    def __init__(self, environment: WorkflowEnvironment, handle: WorkflowHandle[Any, _R]) -> None:
        self._environment = environment
        self.handle = handle

    async def waits(self, **time: float) -> None:
        """Fast-forward the workflow's clock; the arguments are those of `timedelta`.

        Not to the very instant of a timer (`late_after` is two minutes): the server may then skip to the next one too.
        """
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            await self._environment.fast_forward(self.handle, timedelta(**time))

    async def ends(self) -> _R:
        """Return the workflow's result, once it has ended.

        Raises:
            WorkflowFailureError: it has failed.
        """
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            return await self.handle.result()

    async def terminate(self) -> None:
        """Terminate the workflow, if it runs, so that it does not disturb other tests."""
        with suppress(RPCError):
            await self.handle.terminate("the test is over")
