"""HTTP clients for many voters at once: each has cookies of its own."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from itertools import cycle

import httpx2

from demo.client.voter import Person, Voter

Job = Callable[[], Awaitable[object]]
_TIMEOUT = 60.0
_SIGN_INS = 8  # concurrent: enough to keep the machine busy


@cache
def _tls_context() -> ssl.SSLContext:
    # Loading the machine's certificates takes 60 ms: once for all clients.
    return ssl.create_default_context()


def browser(url: str, **headers: str) -> httpx2.AsyncClient:
    """Return an HTTP client without cookies; it sends these headers with every request."""
    return httpx2.AsyncClient(base_url=url, timeout=_TIMEOUT, verify=_tls_context(), headers=headers)


@asynccontextmanager
async def voters_for(
    url: str | tuple[str, ...], people: list[Person], **headers: str
) -> AsyncIterator[list[Voter]]:
    """Yield a voter with a new HTTP client for each person; the clients are closed at the end.

    Of several addresses each voter has one, in turn.
    """
    urls = cycle((url,) if isinstance(url, str) else url)
    voters = [Voter(browser(next(urls), **headers), person) for person in people]
    try:
        yield voters
    finally:
        await asyncio.gather(*(voter.http.aclose() for voter in voters))


@asynccontextmanager
async def signed_in_voters(
    url: str | tuple[str, ...], people: list[Person], **headers: str
) -> AsyncIterator[list[Voter]]:
    """Yield a voter who has signed in for each person.

    Raises:
        AssertionError: a sign-in was refused.
    """
    async with voters_for(url, people, **headers) as voters:
        await run_concurrently([_sign_in(voter) for voter in voters], _SIGN_INS)
        yield voters


async def run_concurrently(jobs: list[Job], limit: int) -> float:
    """Run the jobs, at most `limit` at a time, and return the seconds until the last one ended.

    When a job fails, the others are cancelled.
    """
    slots = asyncio.Semaphore(limit)

    async def run(job: Job) -> None:
        async with slots:
            await job()

    begun = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for job in jobs:
            tasks.create_task(run(job))
    return time.perf_counter() - begun


def _sign_in(voter: Voter) -> Job:
    async def run() -> None:
        answer = await voter.sign_in()
        assert answer.status_code == httpx2.codes.SEE_OTHER, (answer.status_code, answer.text[:2000])

    return run
