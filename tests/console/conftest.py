"""One console for all its tests: a real roll database, no Temporal server and no worker."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from activities.store.database import Database
from tests.conftest import PostgresServer, signed_in
from tests.support.console_app import ConsoleApp, build_console_app, console_settings
from tests.support.web_app import open_election
from workflows.runtime.connection import connect


@pytest.fixture(scope="session")
def console_url(postgres_server: PostgresServer, granted_database: str) -> str:
    """The URL of the console's database, as its owner."""
    return postgres_server.make(granted_database)


@pytest_asyncio.fixture(scope="session")
async def console_database(console_url: str) -> AsyncIterator[Database]:
    """The owner's connections to the console's database: with them a test does what the console may not."""
    database = Database(console_url)
    yield database
    await database.close()


@pytest_asyncio.fixture(scope="session")
async def console_app(console_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ConsoleApp]:
    """The console as its own user of the database, while neither Temporal nor a worker answers."""
    directory, database = tmp_path_factory.mktemp("console_app"), signed_in(console_url, "console")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
        client = await connect(lazy=True)
    settings = console_settings("postgresql+psycopg:///unused")
    yield build_console_app(settings, open_election(directory), database, client, directory)
    await database.close()
