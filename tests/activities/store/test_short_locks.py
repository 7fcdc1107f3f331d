"""Migrations and rights change the schema between the transactions of others, and not at all when nothing is to be changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, create_engine, text

from activities.store import short_locks
from activities.store.grants import USERS, grant
from activities.store.migrate import MigrationError, migrate_to, revision_of, upgrade
from tests.conftest import PostgresServer
from tests.support.commands import run_command

_PASSWORDS = dict.fromkeys(USERS, "hush")
_BACKUP = "SELECT count(*) FROM journal"  # as pg_dump, it reads the table and holds it until its end
_ENTRY = """INSERT INTO journal (entry_id, recorded_at, election_id, event, actor, workflow_id, channel, outcome, detail,
wording, address_hash, expires_at) VALUES ('one', now(), '', '', '', '', '', '', '', '', '', now())"""


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each lock is waited for a moment."""
    monkeypatch.setattr(short_locks, "_LOCK_TIMEOUT", "50ms")
    monkeypatch.setattr(short_locks, "_TRIES", 3)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Connections of others to the migrated database."""
    made = create_engine(database_url)
    yield made
    made.dispose()


@contextmanager
def _pauses(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> Iterator[list[float]]:
    """Do something in each pause between two tries, and yield the list of pauses."""
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        act()

    monkeypatch.setattr(short_locks, "sleep", pause)
    yield pauses


def _write(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
        connection.exec_driver_sql(_ENTRY)


def test_rights_wait_for_no_long_transaction(
    database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two tries the voters' transactions go on; when the backup ends, the rights are set."""
    with engine.connect() as backup:
        backup.exec_driver_sql(_BACKUP)

        def go_on() -> None:
            _write(engine)
            backup.rollback()

        with _pauses(monkeypatch, go_on) as pauses:
            assert grant(database_url, _PASSWORDS)
    assert len(pauses) == 1


def test_rights_that_are_set_are_not_set_again(
    database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run locks no table; passwords are set all the same, and another version of the file is run."""
    assert grant(database_url, _PASSWORDS)
    with engine.connect() as backup, _pauses(monkeypatch, pytest.fail) as _:
        backup.exec_driver_sql(_BACKUP)
        assert not grant(database_url, _PASSWORDS)
    monkeypatch.setattr("activities.store.grants._fingerprint", lambda _connection: "another version")
    assert grant(database_url, _PASSWORDS)


def test_rights_that_were_lost_are_set_again(database_url: str, engine: Engine) -> None:
    """As after a restore without them, which has the note that they were set."""
    assert grant(database_url, _PASSWORDS)
    with engine.begin() as connection:
        connection.exec_driver_sql("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM web, recoveries, messaging")
    assert grant(database_url, _PASSWORDS)
    assert not grant(database_url, _PASSWORDS)


def test_passwords_are_not_sent_in_clear(database_url: str, engine: Engine) -> None:
    """The server gets, and could log, their hashes: it would have hashed a password in its own way, here by MD5."""
    grant(f"{database_url}&options=-cpassword_encryption%3Dmd5", _PASSWORDS)
    with engine.connect() as connection:
        stored = set(connection.scalars(text("SELECT rolpassword FROM pg_authid WHERE rolname = 'web'")))
    assert all(each.startswith("SCRAM-SHA-256$") for each in stored)


def test_a_lock_that_stays_is_reported(database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """After all tries nothing was changed, and one line says what to look for."""
    with engine.connect() as backup:
        backup.exec_driver_sql(_BACKUP)
        with _pauses(monkeypatch, lambda: None) as pauses, pytest.raises(MigrationError, match="pg_stat_activity"):
            grant(database_url, _PASSWORDS)
    assert len(pauses) == 3
    assert grant(database_url, _PASSWORDS)


def test_a_database_that_is_up_to_date_is_not_locked(
    database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration of it ends at once, whatever others hold."""
    with engine.begin() as other, _pauses(monkeypatch, pytest.fail) as _:
        other.exec_driver_sql("LOCK TABLE journal IN ACCESS EXCLUSIVE MODE")
        other.exec_driver_sql(f"SELECT pg_advisory_xact_lock({short_locks._LOCK})")
        upgrade(database_url)


def test_a_migration_waits_for_no_long_transaction(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins again, whole, when the long transaction has ended."""
    url = postgres_server.make()
    engine = create_engine(url)
    with engine.begin() as connection:
        migrate_to(connection, "0001")
    with engine.connect() as backup:
        backup.exec_driver_sql(_BACKUP)

        def end_of_backup() -> None:
            assert _revision(engine) == "0001"
            backup.rollback()

        with _pauses(monkeypatch, end_of_backup) as pauses:
            upgrade(url)
    assert len(pauses) == 1
    assert _revision(engine) not in {"0001", None}
    engine.dispose()
    postgres_server.drop(url)


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return revision_of(connection)


def test_the_command_says_what_it_did(database_url: str) -> None:
    """In French, and in one line what is missing."""

    def run(**more: str) -> tuple[int, str]:
        variables = {"REASSORT_DATABASE_URL": database_url, **more}
        done = run_command("activities.store.grants", variables=variables, bare=True)
        return done.returncode, done.stdout + done.stderr

    passwords = {f"{user.upper()}_PASSWORD": "hush" for user in USERS}
    assert run() == (2, "WEB_PASSWORD: is missing\n")
    assert run(**passwords) == (0, "Droits posés.\n")
    assert run(**passwords) == (0, "Droits inchangés.\n")
