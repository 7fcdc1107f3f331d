"""A console of its own for each module, with browsers of people who have signed in; nobody answers at Temporal's address."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, cast

import httpx2
import pytest
import pytest_asyncio

from activities.config.clock import utc_now
from activities.console_services import ConsoleServices
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from demo.client.operators import ADMINISTRATION, ASSISTANCE, OPERATEUR, csrf_of
from tests.conftest import PostgresServer, signed_in
from tests.console.routers.roll_console import RollConsole
from tests.support.console_app import ConsoleApp, build_console_app, console_settings
from tests.support.roll_uploads import InlineTemporal, RollUploadProcesses
from tests.support.web_app import open_election
from workflows.runtime.connection import connect


@dataclass(frozen=True)
class SignedIn:
    """A browser with a session, and what the hidden field of its forms has."""

    http: httpx2.AsyncClient
    csrf: str

    async def page(self, path: str, status: int = 200) -> str:
        """Return the text of a page, which must have this status."""
        answer = await self.http.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    async def send(self, path: str, **fields: object) -> httpx2.Response:
        """Send a form with its token."""
        return await self.http.post(path, data={"csrf": self.csrf, **fields})


@dataclass(frozen=True)
class Console:
    """A console, and the browsers of an operator, of the administration and of somebody of the support desk, who reads.

    `database` is the owner's: with it a test does what the console may not.
    """

    services: ConsoleServices
    database: Database
    operator: SignedIn
    administrator: SignedIn
    reader: SignedIn


async def _signed_in(stack: AsyncExitStack, app: ConsoleApp, login: str) -> SignedIn:
    browser = await stack.enter_async_context(app.signed_in(login))
    return SignedIn(browser, csrf_of((await browser.get("/exploitation")).text))


@pytest_asyncio.fixture(scope="module")
async def console(
    postgres_server: PostgresServer, granted_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Console]:
    """The console of one module's tests, on its own database, as the console's user."""
    directory, url = tmp_path_factory.mktemp("console"), postgres_server.make(granted_database)
    database, as_console = Database(url), signed_in(url, "console")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
        client = await connect(lazy=True)
    app = build_console_app(console_settings(url), open_election(directory), as_console, client, directory)
    async with AsyncExitStack() as stack:
        logins = (OPERATEUR, ADMINISTRATION, ASSISTANCE)
        yield Console(app.services, database, *[await _signed_in(stack, app, each) for each in logins])
    await database.close()
    await as_console.close()
    postgres_server.drop(url)


@pytest.fixture
def reader(console: Console) -> SignedIn:
    """The browser of somebody of the support desk."""
    return console.reader


@pytest.fixture
def roll(database: Database, keyed_hash: KeyedHash, tmp_path_factory: pytest.TempPathFactory) -> RollConsole:
    """A console with an empty roll, whose orders about the roll are carried out at once."""
    directory = tmp_path_factory.mktemp("console")
    election = open_election(directory)
    processes = RollUploadProcesses(database, keyed_hash, election, utc_now)
    temporal = InlineTemporal(processes)
    settings = console_settings("postgresql+psycopg:///unused")
    app = build_console_app(settings, election, database, cast("Any", temporal), directory)
    return RollConsole(app, database, temporal, processes)
