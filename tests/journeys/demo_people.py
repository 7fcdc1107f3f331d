"""The fictional electors of a demo as voters, and an operator of the demo."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any, Self

import httpx2
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter

from demo.client.demo_internals import fetch_rows
from demo.client.running import Demo
from tests.journeys.journey_voter import JourneyVoter
from web.clients.voting_code import workflow_id_of

Browse = Callable[[Demo], httpx2.AsyncClient]
SeenSecrets = dict[str, set[str]]


class DemoPeople:
    """Gives the fictional electors of a demo as voters, each time with a new browser."""

    def __init__(self, demo: Demo, browse: Browse, seen_secrets: SeenSecrets) -> None:
        self.demo = demo
        self._browse = browse
        self._seen = seen_secrets[demo.url]

    async def voter(self, number: int) -> JourneyVoter:
        """Return the elector with that number, not signed in."""
        browser = self._browse(self.demo)
        person = (await browser.get("/demo/people.json")).json()[number]
        return JourneyVoter(browser, person, seen=self._seen)

    async def signed_in(self, number: int) -> JourneyVoter:
        """Return the elector with that number, signed in."""
        voter = await self.voter(number)
        assert (await voter.sign_in()).headers.get("location") == "/portail"
        return voter


class Operator:
    """An operator with access to a demo's Temporal server and databases."""

    def __init__(self, demo: Demo, client: Client) -> None:
        self.demo = demo
        self.client = client

    @classmethod
    async def at(cls, demo: Demo) -> Self:
        """Return an operator, connected."""
        return cls(demo, await Client.connect(demo.temporal, data_converter=pydantic_data_converter))

    def recovery_of(self, voter: JourneyVoter) -> WorkflowHandle[Any, Any]:
        """Return the workflow that recovers a voter's voting code."""
        [(elector_id,)] = self.roll("SELECT id FROM electors WHERE work_email = %s", voter.person["work_email"])
        return self.client.get_workflow_handle(workflow_id_of(elector_id))

    def roll(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """Return rows of the roll database; `%s` stands for each value."""
        return fetch_rows(self.demo, query, *values)

    def simulated_services(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """Return rows of the simulated mail and SMS services' database; `?` stands for each value."""
        path = self.demo.state / "demo" / "fake_services.sqlite"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
            return database.execute(query, values).fetchall()
