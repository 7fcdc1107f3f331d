"""A demo whose processes are killed by the tests and restarted by its supervisor."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import httpx2
import pytest
import pytest_asyncio

from demo.client.running import Demo, running
from demo.client.voter import Person
from tests.stress.stress_voter import StressVoter
from tests.support.demo_election import write_election
from tests.support.replayed_demo import assert_every_history_replays
from tests.support.waiting import until

# Tests share the people: no request waits for another test's, nor for a password that another test has recovered.
_NO_WAIT = {"between_sends": "PT0S"}
_NO_WAIT_AFTER_PASSWORD = {
    "voting_code_recovery": 'after_password_recovery = "PT0S"',
    "security.overrides": 'short_wait_after_password_recovery = "tests des pannes, sans électeurs réels"',
}


@pytest.fixture(scope="session")
def stress_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo for the tests that kill its processes; at the end every history must replay."""
    folder = tmp_path_factory.mktemp("stress")
    election = write_election(folder, _NO_WAIT, _NO_WAIT_AFTER_PASSWORD)
    with running(folder / "run", REASSORT_ELECTION=str(election)) as demo:
        yield demo
        asyncio.run(assert_every_history_replays(demo))


@pytest.fixture(scope="session")
def people(stress_demo: Demo) -> list[Person]:
    """The eight people; tests replace a password or an identifier here when they have recovered it."""
    with httpx2.Client(base_url=stress_demo.url, timeout=30) as http:
        people: list[Person] = http.get("/demo/people.json").json()
    return people


@pytest_asyncio.fixture
async def healthy_demo(stress_demo: Demo) -> AsyncIterator[Demo]:
    """The demo, healthy before and after the test, with both gateways working."""
    await until(stress_demo.is_healthy, within=40)
    stress_demo.gateways(sms="ok", email="ok")
    yield stress_demo
    await until(stress_demo.is_healthy, within=40)
    stress_demo.gateways(sms="ok", email="ok")


@pytest_asyncio.fixture
async def voters(
    healthy_demo: Demo, people: list[Person], request: pytest.FixtureRequest
) -> AsyncIterator[list[StressVoter]]:
    """Voters of these numbers, each in a browser of their own."""
    numbers: list[int] = request.param
    async with AsyncExitStack() as stack:
        browsers = [
            await stack.enter_async_context(httpx2.AsyncClient(base_url=healthy_demo.url, timeout=30))
            for _ in numbers
        ]
        yield [
            StressVoter(browser, people[number % len(people)])
            for browser, number in zip(browsers, numbers, strict=True)
        ]
