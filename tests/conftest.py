"""A real database for every test that asks: each gets its own, copied from one that is migrated once."""

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

from activities.roll_import.activation import Activation
from activities.roll_import.lines import LineReader
from activities.roll_import.load_roll import RollImport
from activities.roll_import.writer import RollWriter
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from activities.store.migrate import upgrade
from demo.processes.postgres import EmbeddedPostgres
from demo.state.settings import DemoSettings
from election.shapes import VotingCodeShape
from tests.support.clock import Clock
from tests.support.fuzz_inputs import STEADY
from tests.support.roll_loading import RollDesk

# Every run draws the same examples: what fails here fails again, however slow the machine.
settings.register_profile("steady", STEADY)
settings.load_profile("steady")

_ROOM = 2 << 30  # bytes; the server's files take a tenth of them
# A crash may lose everything here, and nothing lives long enough to need vacuuming.
_FAST = ("fsync=off", "full_page_writes=off", "autovacuum=off")


class PostgresServer:
    """Makes and drops databases on a PostgreSQL server that lasts for the whole run."""

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
        # Kept, since each new connection is a new process of the server.
        self._engine = create_engine(self.embedded.url, isolation_level="AUTOCOMMIT")

    def make(self, template: str = "template1") -> str:
        """Return the URL of a new database, a copy of `template`."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return make_url(self.embedded.url).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Drop a database that `make` made, even when a connection to it was left open."""
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
    """A PostgreSQL server of this run's own, started by the first test that needs it as `make run` starts its own."""
    with TemporaryDirectory(prefix="postgres-", dir=_in_memory()) as directory:
        server = PostgresServer(Path(directory) / "server")
        yield server
        server.stop()


def _in_memory() -> str | None:
    # On a disk, each new file of a copied database steps over all that were just deleted (ext4): 0.1 s a test.
    memory = Path("/dev/shm")  # noqa: S108 - a directory with a name of its own is made in it
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM else None


@pytest.fixture(scope="session")
def migrated_database(postgres_server: PostgresServer) -> str:
    """The name of the migrated database that the others are copies of."""
    url = postgres_server.make()
    upgrade(url)
    return str(make_url(url).database)


@pytest.fixture
def database_url(postgres_server: PostgresServer, migrated_database: str) -> Iterator[str]:
    """The URL of a migrated database of this test's own."""
    url = postgres_server.make(migrated_database)
    yield url
    postgres_server.drop(url)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Connections to a migrated database of this test's own."""
    opened = Database(database_url)
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
    """A clock that stands at the opening of the default election's vote until the test moves it."""
    return Clock()


@pytest.fixture
def keyed_hash() -> KeyedHash:
    """Keyed hashes under a pepper that is nobody's."""
    return KeyedHash(b"pepper of the tests, 32 bytes ok")


@pytest.fixture(scope="session")
def slow_hash() -> SlowHash:
    """Argon2 at its cheapest: for tests only."""
    return SlowHash(memory_kib=8, passes=1)


@pytest.fixture
def roll_desk(
    database: Database, keyed_hash: KeyedHash, slow_hash: SlowHash, now: Clock, tmp_path: Path
) -> RollDesk:
    """An empty roll."""
    writer = RollWriter(database, keyed_hash, Activation(database, keyed_hash, slow_hash, now))
    reader = LineReader(("ac-*.fr",), VotingCodeShape())
    return RollDesk(RollImport(reader, writer), database, tmp_path)
