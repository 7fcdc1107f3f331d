"""Fixtures of all tests: a PostgreSQL server, and for each test a migrated database without rows."""

import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import pytest_asyncio
from hypothesis import settings
from sqlalchemy import create_engine, make_url

from activities.evidence.journal import Journal
from activities.roll_import.first_credentials import FirstCredentials
from activities.roll_import.lines import LineReader
from activities.roll_import.load_roll import RollImport
from activities.roll_import.removal import RollRemoval
from activities.roll_import.writer import RollWriter
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from activities.store.grants import USERS, grant
from activities.store.migrate import upgrade
from demo.processes.postgres import EmbeddedPostgres
from demo.state.settings import DemoSettings
from election.settings import load
from election.shapes import VotingCodeShape
from tests.support.clock import Clock
from tests.support.fuzz_inputs import REPRODUCIBLE
from tests.support.reused_database import ReusedDatabase
from tests.support.roll_loading import RollLoader

# Every run generates the same examples, so that a failure can be reproduced.
settings.register_profile("reproducible", REPRODUCIBLE)
settings.load_profile("reproducible")

_NEEDED_MEMORY = 2 << 30  # bytes; the server's files take about a tenth of this
# Data need not survive a crash, and no database lives long enough to need vacuuming.
_FAST = ("fsync=off", "full_page_writes=off", "autovacuum=off")


class PostgresServer:
    """Creates and drops databases on a PostgreSQL server that runs for the whole test session."""

    def __init__(self, folder: Path) -> None:
        self.embedded = EmbeddedPostgres(folder, DemoSettings().postgres_bin, *_FAST)
        self.embedded.prepare()
        self._numbers = count(1)
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                self.embedded.command, stdout=log, stderr=log, **self.embedded.options
            )
        while not self.embedded.answers():
            assert self._process.poll() is None, (folder / "log").read_text()
        # Kept open: PostgreSQL starts a process for each new connection.
        self._engine = create_engine(self.embedded.url, isolation_level="AUTOCOMMIT")

    def make(self, template: str = "template1") -> str:
        """Return the URL of a new database, a copy of `template`."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return make_url(self.embedded.url).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Drop a database that `make` created, even if connections to it are open."""
        self._run(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def stop(self) -> None:
        """Stop the server."""
        self._engine.dispose()
        self._process.send_signal(signal.SIGINT)
        self._process.wait()

    def _run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server, started as `make run` starts its own, when the first test needs it."""
    with TemporaryDirectory(prefix="postgres-", dir=_in_memory()) as directory:
        server = PostgresServer(Path(directory) / "server")
        yield server
        server.stop()


def _in_memory() -> str | None:
    # On ext4, creating files after many were deleted is slow: it would cost 0.1 s a test.
    memory = Path("/dev/shm")  # noqa: S108 - a directory with a unique name is created in it
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > _NEEDED_MEMORY else None


@pytest.fixture(scope="session")
def migrated_database(postgres_server: PostgresServer) -> str:
    """The name of the migrated database that is copied for each test."""
    url = postgres_server.make()
    upgrade(url)
    return str(make_url(url).database)


@pytest.fixture(scope="session")
def granted_database(postgres_server: PostgresServer, migrated_database: str) -> str:
    """The name of the same with the users of production and their rights, for tests of what a user needs."""
    url = postgres_server.make(migrated_database)
    grant(url, dict.fromkeys(USERS, "asked of nobody on this socket"))
    return str(make_url(url).database)


def signed_in(url: str, user: str) -> Database:
    """Return connections to a granted database as one of its users; the caller closes them."""
    return Database(make_url(url).set(username=user).render_as_string(hide_password=False))


@pytest.fixture
def database_url(postgres_server: PostgresServer, migrated_database: str) -> Iterator[str]:
    """The URL of a migrated database of this test's own, whose tables and rights it may change too."""
    url = postgres_server.make(migrated_database)
    yield url
    postgres_server.drop(url)


@pytest_asyncio.fixture(scope="session")
async def reused_database(
    postgres_server: PostgresServer, migrated_database: str
) -> AsyncIterator[ReusedDatabase]:
    """What lends one database to one test after the other."""
    reused = ReusedDatabase(postgres_server, migrated_database)
    yield reused
    await reused.drop()


@pytest_asyncio.fixture
async def database(request: pytest.FixtureRequest, reused_database: ReusedDatabase) -> AsyncIterator[Database]:
    """Connections to a migrated database without rows; to the one of `database_url` if the test asks for both."""
    if "database_url" not in request.fixturenames:
        yield reused_database.lend()
        await reused_database.take_back()
        return
    opened = Database(request.getfixturevalue("database_url"))
    yield opened
    await opened.close()


@pytest.fixture
def empty_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a database without tables."""
    url = postgres_server.make()
    yield url
    postgres_server.drop(url)


@pytest.fixture
def now() -> Clock:
    """A clock that shows a fixed instant until the test moves it."""
    return Clock()


@pytest.fixture(scope="session")
def keyed_hash() -> KeyedHash:
    """Keyed hashes with a pepper used only in tests."""
    return KeyedHash(b"pepper of the tests, 32 bytes ok")


@pytest.fixture(scope="session")
def slow_hash(keyed_hash: KeyedHash) -> SlowHash:
    """Argon2 with its lowest cost, for tests only."""
    return SlowHash(keyed_hash, memory_kib=8, passes=1)


@pytest.fixture
def roll_loader(
    database: Database, keyed_hash: KeyedHash, slow_hash: SlowHash, now: Clock, tmp_path: Path
) -> RollLoader:
    """An import into an empty roll, with files in a directory of this test."""
    journal = Journal(database, load(Path(__file__).parents[1] / "election" / "demo.toml"), now)
    first_credentials = FirstCredentials(database, keyed_hash, slow_hash, now)
    writer = RollWriter(database, keyed_hash, first_credentials, journal)
    reader = LineReader(("ac-*.fr",), VotingCodeShape())
    removal = RollRemoval(database, keyed_hash, journal)
    return RollLoader(RollImport(reader, writer, removal), database, tmp_path)
