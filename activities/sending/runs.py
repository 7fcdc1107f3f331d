"""Runs of activities that must not be cut off between what a gateway answers and what is noted of it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_AT_THE_END = 10.0  # seconds; less than the containers' stop_grace_period has left after the worker's own shutdown


class Runs(Generic[T]):
    """One run at a time for each id; a run goes on when its caller is cancelled."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[T]] = {}

    async def run(self, of: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return what `work` returns, or raise what it raises; while an earlier run of the same id goes on, that one's."""
        task = self._tasks.get(of)
        if task is None:
            task = self._tasks[of] = asyncio.create_task(work())
            task.add_done_callback(lambda ended: self._end(of, ended))
        return await asyncio.shield(task)

    async def finish(self) -> None:
        """Wait until this is cancelled, as a process ends, then for the runs that go on, for some seconds at most."""
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            if self._tasks:
                await asyncio.wait(self._tasks.values(), timeout=_AT_THE_END)

    def _end(self, of: str, ended: asyncio.Task[T]) -> None:
        del self._tasks[of]
        if not ended.cancelled():
            ended.exception()  # nobody may wait for it any more
