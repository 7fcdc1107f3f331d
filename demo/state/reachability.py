"""Whether a server of the demo can be reached, as the gateways' modes say."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

_LOOK_EVERY = 0.2


class PortInUseError(Exception):
    """Raised when a port cannot be listened on; the text is one line for whoever started the demo."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} cannot be listened on: is another program using it?")


async def keep_open(serve: Callable[[], Coroutine[Any, Any, None]], is_down: Callable[[], bool]) -> None:
    """Serve whenever the mode does not say that nobody listens, until cancelled.

    Raises:
        PortInUseError: `serve` raised it.
    """
    while True:
        if not is_down():
            await _serve_until(serve(), is_down)
        await asyncio.sleep(_LOOK_EVERY)


async def _serve_until(serving: Coroutine[Any, Any, None], is_down: Callable[[], bool]) -> None:
    task = asyncio.create_task(serving)
    try:
        while not is_down():
            done, _ = await asyncio.wait({task}, timeout=_LOOK_EVERY)
            if done:
                return task.result()
    finally:
        task.cancel()
        await asyncio.wait({task})
