"""On SQLite a destroyed key is in none of the database's files any more, whoever reads their raw bytes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from activities.security.vault import Vault, key_id
from activities.store.database import Database
from activities.store.tables import vault_keys
from tests.support.clock import Clock

MASTER_KEY = b"master key of the tests 32 bytes"
MANY = 300  # keys of several pages, so that deletions empty pages and merge others


@pytest_asyncio.fixture
async def roll(sqlite_url: str) -> AsyncIterator[Database]:
    """Connections to a migrated SQLite file."""
    opened = Database(sqlite_url)
    yield opened
    await opened.close()


async def _wrapped(database: Database) -> dict[str, bytes]:
    async with database.reading() as connection:
        rows = await connection.execute(select(vault_keys.c.id, vault_keys.c.wrapped))
        return {row.id: row.wrapped for row in rows}


def _readable(keys: dict[str, bytes], directory: Path) -> list[str]:
    """Return the keys that stand in a file beside the database, or in the database itself."""
    raw = b"".join(path.read_bytes() for path in directory.glob("roll.sqlite*"))
    return [each for each, wrapped in keys.items() if wrapped in raw]


@pytest.mark.parametrize("wait_for_checkpoint", [False, True])
async def test_a_destroyed_key_is_in_none_of_the_files(
    roll: Database, tmp_path: Path, now: Clock, wait_for_checkpoint: bool
) -> None:
    """Whether the keys had reached the database's file before, or were in its log alone."""
    vault = Vault(roll, MASTER_KEY, now)
    requests = [f"request-{number}" for number in range(MANY)]
    for request in requests:
        await vault.seal(f"voting-code/{request}", request, {"contact": "+33639980001"})
    if wait_for_checkpoint:
        await roll.checkpoint()
    keys = await _wrapped(roll)
    assert len(_readable(keys, tmp_path)) == MANY
    requests.sort(key=lambda request: request[::-1])  # in another order than they were made
    for request in requests[1:]:
        async with roll.writing() as connection:
            await vault.destroy(connection, [key_id(request, "contact")])
    await roll.checkpoint()
    assert _readable(keys, tmp_path) == [key_id(requests[0], "contact")]


async def test_a_reader_that_holds_the_log_keeps_nobody_waiting(
    roll: Database, tmp_path: Path, now: Clock
) -> None:
    """What cannot be emptied now is emptied the next time: no fault, and the key is gone then."""
    vault = Vault(roll, MASTER_KEY, now)
    await vault.seal("voting-code/elector", "request", {"contact": "+33639980001"})
    keys = await _wrapped(roll)
    async with roll.reading() as reader:
        await reader.exec_driver_sql("BEGIN")
        await reader.execute(select(vault_keys.c.id))
        async with roll.writing() as connection:
            await vault.destroy(connection, [key_id("request", "contact")])
        assert not await roll.checkpoint()
        assert _readable(keys, tmp_path) == [key_id("request", "contact")]
        await reader.exec_driver_sql("COMMIT")
    assert await roll.checkpoint()
    assert _readable(keys, tmp_path) == []


async def test_postgresql_empties_its_own_log(postgres_url: str) -> None:
    """There is nothing to do for us: the log is the server's."""
    database = Database(postgres_url)
    assert await database.checkpoint()
    await database.close()
