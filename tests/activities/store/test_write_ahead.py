"""A new file that several processes open at once, and one that another process is putting right."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, make_url, select

from activities.store.database import Database
from activities.store.tables import workers
from activities.store.write_ahead import write_ahead
from tests.support.clock import Clock

# As after a kill: the log's index is to be made again, and somebody does. SQLite's file format names the byte.
_PUTS_RIGHT = """
import fcntl, sys
with open(sys.argv[1], "r+b") as index:
    fcntl.lockf(index, fcntl.LOCK_EX, 1, 122)
    index.write(bytes(96))
    index.flush()
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_a_file_that_is_written_is_put_in_write_ahead_mode_a_moment_later(tmp_path: Path) -> None:
    """SQLite refuses at once while another connection writes; the second try comes when it has written."""
    with closing(_new(tmp_path)) as writer, closing(_open(tmp_path)) as opened:
        writer.execute("BEGIN IMMEDIATE").close()
        tries: list[str] = []

        def trying(statement: str) -> None:
            tries.append(statement)
            if len(tries) == 2:
                writer.execute("COMMIT").close()

        opened.set_trace_callback(trying)
        write_ahead(opened)
        opened.set_trace_callback(None)
        assert len(tries) == 2
        assert opened.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_is_no_database_is_said_at_once(tmp_path: Path) -> None:
    """A file of something else is nothing that waiting mends."""
    (tmp_path / "file.sqlite").write_text("mel;nom\n" * 1000)
    with closing(_open(tmp_path)) as opened, pytest.raises(sqlite3.DatabaseError, match="not a database"):
        write_ahead(opened)


async def test_a_write_waits_for_whoever_puts_the_log_right(sqlite_url: str, now: Clock) -> None:
    """A process that was killed left the log's index torn: while another one mends it, nobody is refused."""
    database = Database(sqlite_url)
    await _write(database, "before", now)
    index = Path(f"{make_url(sqlite_url).database}-shm")
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PUTS_RIGHT, str(index), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert await other.stdout.readline() == b"locked\n"
    writing = asyncio.create_task(_write(database, "after", now))
    await asyncio.wait([writing], timeout=0)
    assert not writing.done()
    await other.communicate(b"")  # the end of its input is its own
    await writing
    async with database.reading() as connection:
        assert set(await connection.scalars(select(workers.c.role))) == {"before", "after"}
    await database.close()


def _new(directory: Path) -> sqlite3.Connection:
    made = _open(directory)
    made.execute("CREATE TABLE told (what)").close()
    return made


def _open(directory: Path) -> sqlite3.Connection:
    return sqlite3.connect(directory / "file.sqlite", isolation_level=None)


async def _write(database: Database, role: str, now: Clock) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(workers).values(role=role, seen_at=now()))
