"""SQLite in the thread that asks: what may wait waits elsewhere, and the log does not grow for ever."""

from pathlib import Path

from sqlalchemy import insert, make_url

from activities.store import nimble_sqlite
from activities.store.database import Database
from activities.store.tables import workers
from tests.clock import Clock


async def test_the_log_is_put_in_its_place_every_so_often(sqlite_url: str, now: Clock) -> None:
    """Three times as many transactions leave a log no longer than the first ones did."""
    database = Database(sqlite_url)
    log = Path(f"{make_url(sqlite_url).database}-wal")

    sizes = []
    for number in range(3 * nimble_sqlite.COMMITS):
        async with database.writing() as connection:
            await connection.execute(insert(workers).values(role=f"role {number}", seen_at=now()))
        sizes.append(_size(log))
    assert sizes[-1] <= 1.2 * sizes[nimble_sqlite.COMMITS - 2]
    await database.close()


def _size(path: Path) -> int:
    return path.stat().st_size
