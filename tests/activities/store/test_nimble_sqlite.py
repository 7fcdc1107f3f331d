"""SQLite in the thread that asks: what may wait waits elsewhere, and the log does not grow for ever."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert, make_url, select

from activities.store import nimble_sqlite
from activities.store.database import Database
from activities.store.tables import workers
from tests.support.clock import Clock


async def test_the_log_is_put_in_its_place_every_so_often(sqlite_url: str, now: Clock) -> None:
    """Three times as many transactions leave a log no longer than the first ones did."""
    database = Database(sqlite_url)
    log = Path(f"{make_url(sqlite_url).database}-wal")

    sizes = []
    for number in range(3 * nimble_sqlite.COMMITS):
        await _write(database, f"role {number}", now)
        sizes.append(_size(log))
    assert sizes[-1] <= 1.2 * sizes[nimble_sqlite.COMMITS - 2]
    await database.close()


async def test_a_log_that_cannot_be_put_in_its_place_undoes_nothing(
    sqlite_url: str, now: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full: what is committed stays, and is told as committed."""

    def _full(_connection: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(nimble_sqlite, "COMMITS", 1)
    monkeypatch.setattr(nimble_sqlite.NimbleConnection, "_checkpoint", _full)
    database = Database(sqlite_url)
    await _write(database, "role", now)
    await database.close()


async def test_whoever_gives_up_waiting_to_write_holds_nobody_up(sqlite_url: str, now: Clock) -> None:
    """A transaction that another process kept waiting, and that was cancelled, is begun by nobody afterwards."""
    database, other = Database(sqlite_url), Database(sqlite_url)
    await _write(database, "before", now)  # what follows waits for nothing but the other's lock
    async with other.writing() as connection:
        await connection.execute(insert(workers).values(role="other", seen_at=now()))
        waiting = asyncio.create_task(_write(database, "given up", now))
        await asyncio.wait([waiting], timeout=0)
        waiting.cancel()
        await asyncio.wait([waiting], timeout=0)
    given_up = await asyncio.gather(waiting, return_exceptions=True)
    assert isinstance(given_up[0], asyncio.CancelledError)
    for process in (other, database):
        await _write(process, f"after {process is other}", now)
    async with database.reading() as connection:
        known = set(await connection.scalars(select(workers.c.role)))
    assert known == {"before", "other", "after True", "after False"}
    await database.close()
    await other.close()


async def _write(database: Database, role: str, now: Clock) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(workers).values(role=role, seen_at=now()))


def _size(path: Path) -> int:
    return path.stat().st_size
