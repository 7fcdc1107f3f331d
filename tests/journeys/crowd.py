"""The people of a demo, at its door."""

from collections.abc import Callable

import httpx2
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from tests.journeys.traveller import Traveller
from tests.running import Demo

Browse = Callable[[Demo], httpx2.AsyncClient]
Secrets = dict[str, set[str]]


class Crowd:
    """Lets the people of a demo come to its door, each time with a new browser."""

    def __init__(self, demo: Demo, browse: Browse, secrets: Secrets) -> None:
        self.demo = demo
        self._browse = browse
        self._seen = secrets[demo.url]

    async def voter(self, number: int) -> Traveller:
        """Return one of the eight, at the door."""
        browser = self._browse(self.demo)
        person = (await browser.get("/demo/people.json")).json()[number]
        return Traveller(browser, person, seen=self._seen)

    async def signed_in(self, number: int) -> Traveller:
        """Return one of the eight, signed in."""
        voter = await self.voter(number)
        assert (await voter.sign_in()).headers.get("location") == "/portail"
        return voter


async def temporal_of(demo: Demo) -> Client:
    """Return a client of a demo's Temporal server, as an operator has it."""
    return await Client.connect(demo.temporal, data_converter=pydantic_data_converter)
