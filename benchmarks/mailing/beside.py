"""Voters who recover a code by e-mail while a mailing is sent: how long their own mail takes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

import httpx2

from benchmarks.base.bench import Testbed
from demo.client.arrivals import Arrivals
from demo.client.browsers import browser
from demo.client.journeys import BY_EMAIL
from demo.client.voter import Person, Voter

_WITHIN = 60.0  # seconds


@asynccontextmanager
async def voters(testbed: Testbed, people: list[Person], per_second: float) -> AsyncIterator[list[float]]:
    """Let voters ask, so many a second, while the block runs; yield the seconds from each request to its mail."""
    taken: list[float] = []
    async with Arrivals.under(testbed.demo.state) as received:
        asking = asyncio.create_task(_ask(testbed, people, per_second, received, taken))
        try:
            yield taken
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)


async def _ask(
    testbed: Testbed, people: list[Person], per_second: float, received: Arrivals, taken: list[float]
) -> None:
    async with asyncio.TaskGroup() as under_way:
        for person in people:
            under_way.create_task(_recover(testbed, person, received, taken))
            await asyncio.sleep(1 / per_second)


async def _recover(testbed: Testbed, person: Person, received: Arrivals, taken: list[float]) -> None:
    async with browser(testbed.urls[0]) as http:
        voter = Voter(http, person)
        await voter.sign_in()
        requested = perf_counter()
        answer = await BY_EMAIL.request(voter)
        if answer.status_code != httpx2.codes.SEE_OTHER:
            taken.append(_WITHIN)
            return
        await received.link(BY_EMAIL.recipient(person), within=_WITHIN)
        taken.append(perf_counter() - requested)
