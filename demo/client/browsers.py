"""Many voters at once, each with a browser of its own."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache

import httpx2

from demo.client.voter import Person, Voter

Job = Callable[[], Awaitable[object]]
_PATIENCE = 60.0
_SIGNING_IN = 8  # at once: enough to keep the machine busy


@cache
def _trust() -> ssl.SSLContext:
    # Reading the machine's certificates takes 60 ms: once is enough.
    return ssl.create_default_context()


def browser(url: str, **headers: str) -> httpx2.AsyncClient:
    """Return a browser with no cookies yet; its headers go with every request."""
    return httpx2.AsyncClient(base_url=url, timeout=_PATIENCE, verify=_trust(), headers=headers)


@asynccontextmanager
async def crowd(url: str, people: list[Person], **headers: str) -> AsyncIterator[list[Voter]]:
    """Give every person a browser, for as long as the context lasts."""
    voters = [Voter(browser(url, **headers), person) for person in people]
    try:
        yield voters
    finally:
        await asyncio.gather(*(voter.http.aclose() for voter in voters))


@asynccontextmanager
async def signed_in(url: str, people: list[Person], **headers: str) -> AsyncIterator[list[Voter]]:
    """Give every person a browser in which they have signed in.

    Raises:
        AssertionError: the door does not let somebody in.
    """
    async with crowd(url, people, **headers) as voters:
        await at_once([_let_in(voter) for voter in voters], _SIGNING_IN)
        yield voters


async def at_once(jobs: list[Job], width: int) -> float:
    """Run jobs, so many at once, and return the seconds that they took together."""
    places = asyncio.Semaphore(width)

    async def placed(job: Job) -> None:
        async with places:
            await job()

    begun = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:  # when one fails, the others are let go
        for job in jobs:
            tasks.create_task(placed(job))
    return time.perf_counter() - begun


def _let_in(voter: Voter) -> Job:
    async def run() -> None:
        answer = await voter.sign_in()
        assert answer.status_code == httpx2.codes.SEE_OTHER, (answer.status_code, answer.text[:2000])

    return run
