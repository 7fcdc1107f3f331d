"""Tests take one database after the other from the same place, and none finds there what another has left."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import func, select, text

from activities.evidence.chain.sealing import Sealing
from activities.evidence.journal import Entry, Event, Journal
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.all_tables import metadata
from activities.store.database import Database
from activities.store.tables import journal as journal_table
from election.settings import Election
from tests.conftest import PostgresServer
from tests.support.clock import Clock
from tests.support.people import CAMILLE, Electorate
from tests.support.reused_database import ReusedDatabase


@pytest_asyncio.fixture
async def reused(postgres_server: PostgresServer, migrated_database: str) -> AsyncIterator[ReusedDatabase]:
    """What lends a database, and has lent none yet."""
    made = ReusedDatabase(postgres_server, migrated_database)
    yield made
    await made.drop()


async def _name(database: Database) -> str:
    async with database.reading() as connection:
        return str(await connection.scalar(text("SELECT current_database()")))


async def _rows(database: Database) -> int:
    async with database.reading() as connection:
        counted = [select(func.count()).select_from(table) for table in metadata.sorted_tables]
        return sum([(await connection.execute(each)).scalar_one() for each in counted])


async def _bytes(database: Database) -> int:
    sizes = "SELECT sum(pg_relation_size(relid)) FROM pg_stat_user_tables WHERE relname <> 'alembic_version'"
    async with database.reading() as connection:
        return int((await connection.execute(text(sizes))).scalar_one())


async def test_the_next_test_finds_no_row_and_the_first_number(
    reused: ReusedDatabase, keyed_hash: KeyedHash, slow_hash: SlowHash, election: Election, now: Clock
) -> None:
    """Of electors, and of a journal with its seals, which refuses to be emptied; it is the same database.

    Nor is there a place of former rows, which would change the order in which new ones are read.
    """
    names = set()
    for _ in range(2):
        database = reused.lend()
        names.add(await _name(database))
        assert (await _rows(database), await _bytes(database)) == (0, 0)
        await Electorate(database, keyed_hash, slow_hash, now).enrol(CAMILLE)
        async with database.writing() as connection:
            entry = Entry("one", Event.CODE_REISSUED, "elector", "code-de-vote/elector")
            await Journal(database, election, now).record(connection, entry)
            assert (await connection.execute(select(journal_table.c.number))).scalars().all() == [1]
        await Sealing(database, now).seal()
        await reused.take_back()
    assert len(names) == 1


@asynccontextmanager
async def _by_its_pool(database: Database) -> AsyncIterator[None]:
    async with database.reading() as connection:
        yield
        await connection.invalidate()  # the server has ended it


@asynccontextmanager
async def _by_another_process(database: Database) -> AsyncIterator[None]:
    url = database._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    other = await psycopg.AsyncConnection.connect(url)
    await other.execute("SELECT 1")
    yield
    await other.close()


@asynccontextmanager
async def _no_longer(database: Database) -> AsyncIterator[None]:
    ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    async with database.reading() as connection:
        await connection.execute(text(ended))
    yield


@pytest.mark.parametrize("used", [_by_its_pool, _by_another_process, _no_longer])
async def test_a_database_that_a_test_still_uses_or_has_cut_off_is_lent_to_no_other(
    reused: ReusedDatabase, used: Callable[[Database], AbstractAsyncContextManager[None]]
) -> None:
    """By its pool or by another process, within a transaction; or it has ended all connections, as a restart of the server."""
    names = []
    for _ in range(2):
        database = reused.lend()
        names.append(await _name(database))
        async with used(database):
            await reused.take_back()
    assert len(set(names)) == 2
