"""The migrations create what `tables.py` defines, and a journal that is append-only."""

import os
import subprocess
import sys
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from activities.store.all_tables import metadata
from activities.store.database import Database
from activities.store.migrate import migrate_to, owner_engine, upgrade
from activities.store.tables import journal, journal_seals
from tests.support.clock import Clock
from tests.support.commands import run_command


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": metadata})
    differences: list[Any] = compare_metadata(context, metadata)
    return differences


def _indexes(connection: Connection) -> set[str]:
    found = connection.execute(text("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"))
    return {row.indexdef for row in found if row.tablename in metadata.tables}


def _entry(entry_id: str, now: Clock) -> dict[str, object]:
    empty = dict.fromkeys(("election_id", "event", "actor", "workflow_id", "channel", "outcome"), "")
    return {**empty, "entry_id": entry_id, "recorded_at": now(), "expires_at": now()}


async def test_migrations_create_what_the_metadata_define(database: Database) -> None:
    """Alembic finds no difference between the migrated database and `tables.py`."""
    async with database.reading() as connection:
        assert await connection.run_sync(_differences) == []


def test_migrations_create_the_kinds_of_indexes_that_the_metadata_define(empty_url: str) -> None:
    """Of hashes or in order, and of which rows: what Alembic does not compare."""
    engine = owner_engine(empty_url)
    with engine.begin() as connection:
        metadata.create_all(connection)
        defined = _indexes(connection)
        metadata.drop_all(connection)
    upgrade(empty_url)
    with engine.connect() as connection:
        assert _indexes(connection) == defined


def test_a_second_migration_changes_nothing(empty_url: str) -> None:
    """Migrating a database that is up to date succeeds."""
    upgrade(empty_url)
    upgrade(empty_url)


def _migrate(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "activities.store.migrate"],
        env={**os.environ, "REASSORT_DATABASE_URL": url},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_concurrent_migrations_succeed(empty_url: str) -> None:
    """Three processes that migrate an empty database at once all end with status 0."""
    started = [_migrate(empty_url) for _ in range(3)]
    faults = [process.communicate(timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], faults


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "Could not parse SQLAlchemy URL"),
        ("not a url", "Could not parse SQLAlchemy URL from given URL string"),
        ("mysql://roll", "mysql is not supported: the URL must be one of postgresql"),
        ("postgresql+psycopg://elections:hush@/roll?host=/nowhere", "the database refuses: connection is bad"),
    ],
)
def test_a_failed_migration_is_reported_in_one_line(url: str, reason: str) -> None:
    """The command ends with status 2 and one line without the password."""
    ended = run_command("activities.store.migrate", variables={"REASSORT_DATABASE_URL": url})
    assert ended.returncode == 2
    assert ended.stderr.startswith(reason)
    assert ended.stderr.count("\n") == 1
    assert "hush" not in ended.stderr


async def test_a_journal_entry_can_be_neither_changed_nor_deleted(database: Database, now: Clock) -> None:
    """The database refuses UPDATE and DELETE."""
    async with database.writing() as connection:
        await connection.execute(insert(journal).values(_entry("one", now)))
    for statement in (update(journal).values(outcome="other"), delete(journal)):
        with pytest.raises(DBAPIError, match="append-only"):
            async with database.writing() as connection:
                await connection.execute(statement)
    async with database.reading() as connection:
        assert (await connection.execute(select(journal.c.outcome))).scalars().all() == [""]


async def test_the_journal_cannot_be_truncated(database: Database) -> None:
    """The database refuses TRUNCATE."""
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.writing() as connection:
            await connection.execute(text("TRUNCATE journal"))


async def test_a_repeated_entry_is_stored_once(database: Database, now: Clock) -> None:
    """An activity that is retried inserts its entry again, and the journal has it once."""
    for _ in range(2):
        async with database.writing() as connection:
            again = insert(journal).values(_entry("one", now)).on_conflict_do_nothing()
            await connection.execute(again)
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(journal)) == 1


def test_what_waits_for_a_second_person_is_uploaded_again_after_an_update(empty_url: str) -> None:
    """Its person is known by a login alone; what was confirmed is still imported, and everybody signs in again."""
    engine = owner_engine(empty_url)
    add = text(
        "INSERT INTO roll_uploads (id, kind, state, operator, login, file_hash, size, created_at, changed_at) "
        "VALUES (:state, 'add', :state, 'Vera', 'v.garnier', '', 1, now(), now())"
    )
    session = "INSERT INTO operator_sessions VALUES ('', '', 'v.garnier', 'Vera', 'bureau', now(), now(), '')"
    with engine.begin() as connection:
        migrate_to(connection, "0016")
        connection.execute(text(session))
        for state in ("checked", "confirmed"):
            connection.execute(add, {"state": state})
            connection.execute(text("INSERT INTO roll_pieces VALUES (:state, 0, '')"), {"state": state})
    upgrade(empty_url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT id, state, subject FROM roll_uploads ORDER BY id")).all()
        assert connection.execute(text("SELECT count(*) FROM operator_sessions")).scalar_one() == 0
    assert [tuple(row) for row in found] == [("checked", "expired", ""), ("confirmed", "confirmed", "")]


def test_the_chain_of_the_journal_stays_what_it_was_in_half_as_many_bytes(empty_url: str) -> None:
    """Also of entries that wait for their seal."""
    engine, digits = owner_engine(empty_url), "0f" * 32
    seal = text("INSERT INTO journal_seals (number, position, content_hash, chain_hash) VALUES (:n, :p, :of, :of)")
    with engine.begin() as connection:
        migrate_to(connection, "0019")
        connection.execute(seal, [{"n": 1, "p": 1, "of": digits}, {"n": 2, "p": None, "of": None}])
    upgrade(empty_url)
    with engine.connect() as connection:
        kept = connection.execute(select(journal_seals.c.content_hash, journal_seals.c.chain_hash)).all()
        size = connection.execute(text("SELECT max(octet_length(chain_hash)) FROM journal_seals")).scalar_one()
    assert ([tuple(row) for row in kept], size) == ([(digits, digits), (None, None)], 32)
