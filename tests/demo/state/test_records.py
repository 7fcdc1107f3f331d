"""The file of the demo's world, which several processes open at once."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from demo.state.records import write_ahead


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
    """A file of something else is not opened again for five seconds."""
    (tmp_path / "file.sqlite").write_text("mel;nom\n" * 1000)
    with closing(_open(tmp_path)) as opened, pytest.raises(sqlite3.DatabaseError, match="not a database"):
        write_ahead(opened)


def _new(directory: Path) -> sqlite3.Connection:
    made = _open(directory)
    made.execute("CREATE TABLE told (what)").close()
    return made


def _open(directory: Path) -> sqlite3.Connection:
    return sqlite3.connect(directory / "file.sqlite", isolation_level=None)
