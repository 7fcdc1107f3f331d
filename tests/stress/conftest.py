"""One demo whose processes are killed without warning; its leader starts them again."""

from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
import pytest_asyncio

from benchmarks.voter import Voter
from tests.running import Demo, running
from tests.waiting import until


@pytest.fixture(scope="session")
def battered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo as it comes, for tests that kill what runs in it."""
    with running(tmp_path_factory.mktemp("battered")) as demo:
        yield demo


class Survivor(Voter):
    """A voter who, like anyone, loads a page again when it does not come."""

    async def persist(self, demo: Demo) -> None:
        """Wait until everything is at work again."""
        await until(demo.is_well, within=40)

    async def active_stage(self) -> str | None:
        """Return the stage that the follow-up shows, or None while the door does not answer."""
        try:
            return await self.stage()
        except (httpx2.TransportError, KeyError, ValueError):
            return None


@pytest_asyncio.fixture
async def survivor(battered: Demo, request: pytest.FixtureRequest) -> AsyncIterator[Survivor]:
    """Someone signed in, each test another person; the gateways are well before and after."""
    await until(battered.is_well, within=40)
    battered.gateways(sms="ok", email="ok")
    async with httpx2.AsyncClient(base_url=battered.url, timeout=30) as http:
        people = (await http.get("/demo/people.json")).json()
        yield Survivor(http, people[request.param % len(people)])
    await until(battered.is_well, within=40)
    battered.gateways(sms="ok", email="ok")
