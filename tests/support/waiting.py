"""Waiting for what another task or process will do: never for a time."""

import asyncio
import inspect
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
async def until(condition: Callable[[], Awaitable[T]], within: float = ...) -> T: ...
@overload
async def until(condition: Callable[[], T], within: float = ...) -> T: ...
async def until(condition: Callable[[], Any], within: float = 30.0) -> Any:
    """Return the condition's first true value.

    Raises:
        AssertionError: it had none after `within` seconds.
    """
    never = asyncio.Event()
    try:
        async with asyncio.timeout(within):
            while True:
                value = condition()
                if inspect.isawaitable(value):
                    value = await value
                if value:
                    return value
                with suppress(TimeoutError):
                    await asyncio.wait_for(never.wait(), 0.02)
    except TimeoutError:
        raise AssertionError(f"not true after {within} s") from None


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    """Run something beside the test, until the block ends; what it raises fails the test."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def listens(port: int) -> bool:
    """Say whether somebody listens on a port of this machine."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
