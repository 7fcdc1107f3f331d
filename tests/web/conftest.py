"""One application for all tests of the web, with a real roll, a real Temporal server and a real worker."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.client import Client

from activities.store.database import Database
from tests.conftest import PostgresServer, signed_in
from tests.support.web_app import WebApp, build_web_app, open_election, roll_services, settings_of
from tests.workflows.scripted.environment import server
from worker import recoveries_worker


@pytest_asyncio.fixture(scope="session")
async def temporal() -> AsyncIterator[Client]:
    """The client of a Temporal server for these tests."""
    async with server() as environment:
        yield environment.client


@pytest_asyncio.fixture(scope="session")
async def web_app(
    postgres_server: PostgresServer,
    granted_database: str,
    tmp_path_factory: pytest.TempPathFactory,
    temporal: Client,
) -> AsyncIterator[WebApp]:
    """The application with a worker for recoveries, each as its own user of the database.

    Nothing is sent, since no worker polls the queue of messages.
    """
    election, url = open_election(tmp_path_factory.mktemp("web_app")), postgres_server.make(granted_database)
    core, database = settings_of(url), Database(url)
    as_web, as_recoveries = signed_in(url, "web"), signed_in(url, "recoveries")
    built = await build_web_app(core, election, database, temporal, as_web=as_web)
    async with recoveries_worker(temporal, roll_services(core, election, as_recoveries)):
        yield built
    for each in (database, as_web, as_recoveries):
        await each.close()
