"""One demo whose processes are killed without warning; its leader starts them again."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import httpx2
import pytest
import pytest_asyncio

from demo.client.running import Demo, running
from demo.client.voter import Person
from tests.stress.kill_cases import KINDS
from tests.stress.persistent_voter import Survivor
from tests.support.replayed_demo import assert_every_history_replays
from tests.support.waiting import until

_APART = 3


@pytest.fixture(scope="session")
def battered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo as it comes, for tests that kill what runs in it."""
    with running(tmp_path_factory.mktemp("battered")) as demo:
        yield demo
        asyncio.run(assert_every_history_replays(demo))


@pytest.fixture(scope="session")
def people(battered: Demo) -> list[Person]:
    """The eight, with what they know at the moment: a password or an identifier that is replaced is replaced here."""
    with httpx2.Client(base_url=battered.url, timeout=30) as http:
        known: list[Person] = http.get("/demo/people.json").json()
    return known


@pytest_asyncio.fixture
async def standing(battered: Demo) -> AsyncIterator[Demo]:
    """That demo, in which everything is well before and after."""
    await until(battered.is_well, within=40)
    battered.gateways(sms="ok", email="ok")
    yield battered
    await until(battered.is_well, within=40)
    battered.gateways(sms="ok", email="ok")


@pytest_asyncio.fixture
async def survivor(
    standing: Demo, people: list[Person], request: pytest.FixtureRequest
) -> AsyncIterator[Survivor]:
    """Someone at the door, each test another person."""
    async with httpx2.AsyncClient(base_url=standing.url, timeout=30) as http:
        yield Survivor(http, people[request.param % len(people)])


@pytest_asyncio.fixture
async def survivors(
    standing: Demo, people: list[Person], request: pytest.FixtureRequest
) -> AsyncIterator[list[Survivor]]:
    """For each kind of recovery someone at the door; in each test others, so that none waits for another's limits."""
    async with AsyncExitStack() as stack:
        browsers = [
            await stack.enter_async_context(httpx2.AsyncClient(base_url=standing.url, timeout=30)) for _ in KINDS
        ]
        # Four victims: numbers 0 to 3, and so many persons between two kinds of the same test.
        numbers = [request.param + place * _APART for place in range(len(KINDS))]
        yield [
            Survivor(browser, people[number % len(people)])
            for browser, number in zip(browsers, numbers, strict=True)
        ]
