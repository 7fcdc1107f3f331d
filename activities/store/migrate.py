"""`python -m activities.store.migrate`: brings the database of REASSORT_DATABASE_URL up to date."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from activities.config.settings import stop
from activities.store import short_locks
from activities.store.short_locks import StillLockedError

_SCRIPTS = Path(__file__).parent / "migrations"


class MigrationError(Exception):
    """Raised when the database cannot be brought up to date; the text is one line without a password."""


def upgrade(url: str) -> None:
    """Bring a database up to date in one transaction; processes that do so at the same time wait for each other.

    It locks nothing in a database that is up to date. Otherwise it waits two seconds at most for each lock, and keeps those that it
    has until the last migration is done: whoever needs such a table waits meanwhile.

    Raises:
        MigrationError: the URL is not one of PostgreSQL, or the database refuses.
    """
    with one_line_errors():
        engine = owner_engine(url)
        with engine.connect() as connection:
            if revision_of(connection) == _newest_revision():
                return
        short_locks.change(engine, lambda connection: migrate_to(connection, "head"))


def owner_engine(url: str) -> Engine:
    """Return the engine of a command that the owner runs."""
    return create_engine(_synchronous(url), poolclass=NullPool)


def revision_of(connection: Connection) -> str | None:
    """Return the revision of a database, or None before its first migration."""
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Raise whatever the database refuses in the block as MigrationError."""
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        refusal = error.orig if isinstance(error, DBAPIError) else error
        raise MigrationError(f"the database refuses: {_one_line(refusal)}") from error
    except (ArgumentError, CommandError, StillLockedError) as error:
        raise MigrationError(_one_line(error)) from error


def migrate_to(connection: Connection, revision: str) -> None:
    """Bring a database to a revision, in the caller's transaction."""
    command.upgrade(_config(connection), revision)


def _synchronous(url: str) -> URL:
    parsed = make_url(url)
    if parsed.get_backend_name() != "postgresql":
        raise MigrationError(f"{parsed.get_backend_name()} is not supported: the URL must be one of postgresql")
    return parsed.set(drivername="postgresql+psycopg")


def _newest_revision() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _one_line(error: BaseException | None) -> str:
    return " ".join(str(error).split())


def main() -> None:
    """Migrate, or exit with status 2 and one line that says what to correct."""
    try:
        upgrade(os.environ["REASSORT_DATABASE_URL"])
    except KeyError:
        stop(MigrationError("REASSORT_DATABASE_URL: is missing"))
    except MigrationError as error:
        stop(error)


if __name__ == "__main__":
    main()
