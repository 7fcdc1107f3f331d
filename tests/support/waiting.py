"""Waits for a condition that another task or process will make true, instead of sleeping."""

import asyncio
import inspect
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Any, TypeVar, overload

from demo.state.free_ports import draw_ports

T = TypeVar("T")
# Between two looks, in seconds: a tenth of what was waited so far. To look costs a page of a demo, and a long wait is
# mostly for a timer; a short one ends when it can.
_SHORTEST, _LONGEST, _PART = 0.02, 0.25, 0.1


@overload
async def until(condition: Callable[[], Awaitable[T]], within: float = ...) -> T: ...
@overload
async def until(condition: Callable[[], T], within: float = ...) -> T: ...
async def until(condition: Callable[[], Any], within: float = 30.0) -> Any:
    """Call the condition until it returns a true value, and return that value.

    Raises:
        AssertionError: it returned none within `within` seconds.
    """
    never, begun = asyncio.Event(), monotonic()
    try:
        async with asyncio.timeout(within):
            while True:
                value = condition()
                if inspect.isawaitable(value):
                    value = await value
                if value:
                    return value
                pause = min(_LONGEST, max(_SHORTEST, _PART * (monotonic() - begun)))
                with suppress(TimeoutError):
                    await asyncio.wait_for(never.wait(), pause)
    except TimeoutError:
        raise AssertionError(f"not true after {within} s") from None


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    """Run a coroutine in a task until the block ends; an exception in it fails the test."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def free_port() -> int:
    """Return a TCP port of this machine that is not in use, and that nothing else takes while the tests run."""
    (port,) = draw_ports(1)
    return port


def listens(port: int) -> bool:
    """Return whether a process listens on a TCP port of this machine."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
