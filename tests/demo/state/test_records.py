"""SQLite files that several processes open at the same time."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from demo.state.records import enable_write_ahead_log


def test_wal_mode_is_tried_again_while_the_file_is_locked(tmp_path: Path) -> None:
    """SQLite refuses at once while another connection writes; the second try, after the commit, succeeds."""
    with closing(_create(tmp_path)) as writer, closing(_open(tmp_path)) as connection:
        writer.execute("BEGIN IMMEDIATE").close()
        tries: list[str] = []

        def trace(statement: str) -> None:
            tries.append(statement)
            if len(tries) == 2:
                writer.execute("COMMIT").close()

        connection.set_trace_callback(trace)
        enable_write_ahead_log(connection)
        connection.set_trace_callback(None)
        assert len(tries) == 2
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_file_that_is_no_database_is_refused_at_once(tmp_path: Path) -> None:
    """There are no retries for five seconds."""
    (tmp_path / "file.sqlite").write_text("mel;nom\n" * 1000)
    with closing(_open(tmp_path)) as connection, pytest.raises(sqlite3.DatabaseError, match="not a database"):
        enable_write_ahead_log(connection)


def _create(directory: Path) -> sqlite3.Connection:
    connection = _open(directory)
    connection.execute("CREATE TABLE example (column_name)").close()
    return connection


def _open(directory: Path) -> sqlite3.Connection:
    return sqlite3.connect(directory / "file.sqlite", isolation_level=None)
