"""The follow-up page's event stream, held open as a browser does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx2

from demo.client.voter import Voter

PATH = "/reassort/suivi/evenements"
_RECONNECTS_AFTER = 2.0  # seconds
_DATA = "data:"


@asynccontextmanager
async def followed(voter: Voter) -> AsyncIterator[list[str]]:
    """Keep the stream open while the context lasts, and yield the list of the stages that it has told so far.

    Raises:
        AssertionError: the stream was refused.
    """
    stages: list[str] = []
    reading = asyncio.create_task(_read(voter, stages))
    try:
        yield stages
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading


async def _read(voter: Voter, stages: list[str]) -> None:
    while True:
        with suppress(httpx2.TransportError):  # a web process that stops: the browser connects again
            async with voter.http.stream("GET", PATH, timeout=None) as answer:
                if answer.status_code == httpx2.codes.NO_CONTENT:
                    return
                assert answer.status_code == httpx2.codes.OK, answer.status_code
                async for line in answer.aiter_lines():
                    if line.startswith(_DATA):
                        stages.append(json.loads(line.removeprefix(_DATA))["stage"])  # noqa: PERF401 - told as they come
        await asyncio.sleep(_RECONNECTS_AFTER)
