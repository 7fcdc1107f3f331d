"""Closes a server's port while the gateway's mode is `down`, and opens it again afterwards."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

_POLL_INTERVAL = 0.2  # seconds


class PortInUseError(Exception):
    """Raised when a port cannot be listened on; the text is one line that names the port."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} cannot be listened on: is another program using it?")


async def keep_open(serve: Callable[[], Coroutine[Any, Any, None]], is_down: Callable[[], bool]) -> None:
    """Run `serve` while `is_down` returns False, until cancelled.

    Raises:
        PortInUseError: `serve` raised it.
    """
    while True:
        if not is_down():
            await _serve_until(serve(), is_down)
        await asyncio.sleep(_POLL_INTERVAL)


async def _serve_until(serving: Coroutine[Any, Any, None], is_down: Callable[[], bool]) -> None:
    task = asyncio.create_task(serving)
    try:
        while not is_down():
            done, _ = await asyncio.wait({task}, timeout=_POLL_INTERVAL)
            if done:
                return task.result()
    finally:
        task.cancel()
        await asyncio.wait({task})
