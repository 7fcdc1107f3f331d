"""One application for all tests of the web, with a real roll, a real Temporal server and a real worker."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.client import Client

from activities.store.database import Database
from tests.conftest import PostgresServer
from tests.support.web_app import WebApp, build_web_app, open_election, settings_of
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
    migrated_database: str,
    tmp_path_factory: pytest.TempPathFactory,
    temporal: Client,
) -> AsyncIterator[WebApp]:
    """The application with a worker for recoveries; nothing is sent, since no worker polls the queue of messages."""
    directory = tmp_path_factory.mktemp("web_app")
    url = postgres_server.make(migrated_database)
    database = Database(url)
    built = await build_web_app(settings_of(url), open_election(directory), database, temporal)
    async with recoveries_worker(temporal, built.services):
        yield built
    await database.close()
