"""One console for all its tests: a real roll database, no Temporal server and no worker."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from activities.store.database import Database
from tests.conftest import PostgresServer
from tests.support.console_app import ConsoleApp, build_console_app, console_settings
from tests.support.web_app import open_election
from workflows.runtime.connection import connect


@pytest_asyncio.fixture(scope="session")
async def console_database(postgres_server: PostgresServer, migrated_database: str) -> AsyncIterator[Database]:
    """The database of the console."""
    database = Database(postgres_server.make(migrated_database))
    yield database
    await database.close()


@pytest_asyncio.fixture(scope="session")
async def console_app(console_database: Database, tmp_path_factory: pytest.TempPathFactory) -> ConsoleApp:
    """The console, while neither Temporal nor a worker answers."""
    directory = tmp_path_factory.mktemp("console_app")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
        client = await connect(lazy=True)
    settings = console_settings("postgresql+psycopg:///unused")
    return build_console_app(settings, open_election(directory), console_database, client, directory)
