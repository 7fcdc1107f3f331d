"""The fictional electors of a demo as voters, and an operator of the demo."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any, Self

import httpx2
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.accounts.sessions import Sessions
from activities.config.clock import utc_now
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from demo.client.demo_internals import elector_ids, fetch_rows, read_keys
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
        [(newest,)] = simulated_services(self.demo, "SELECT coalesce(max(id), 0) FROM received")
        return JourneyVoter(browser, person, seen=self._seen, since=newest)

    async def signed_in(self, number: int) -> JourneyVoter:
        """Return the elector with that number, whose session is opened without the pages of the sign-in.

        They take more time than many a journey; `test_sign_in_journey.py` and the first journeys of each kind open them.
        """
        voter = await self.voter(number)
        [elector_id] = elector_ids(self.demo, [voter.person])
        database = Database(self.demo.database_url)
        try:
            keyed = KeyedHash(bytes.fromhex(read_keys(self.demo)["REASSORT_PEPPER"]))
            cookie, _ = await Sessions(database, keyed, utc_now).open(elector_id)
        finally:
            await database.close()
        voter.http.cookies.set("session", cookie, domain=voter.http.base_url.host)
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
        return simulated_services(self.demo, query, *values)


def simulated_services(demo: Demo, query: str, *values: str) -> list[tuple[Any, ...]]:
    """Return rows of the database of a demo's simulated mail and SMS services; `?` stands for each value."""
    path = demo.state / "demo" / "fake_services.sqlite"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        return database.execute(query, values).fetchall()
