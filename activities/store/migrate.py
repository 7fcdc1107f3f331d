"""`python -m activities.store.migrate`: brings the database of REASSORT_DATABASE_URL up to date."""

import os
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, NullPool, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from activities.config.settings import stop

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x5EA5507  # arbitrary, but the same in every process that migrates
_LOCK_TIMEOUT = 30  # seconds to wait while another process migrates


class MigrationError(Exception):
    """Raised when the database cannot be brought up to date; the text is one line without a password."""


def upgrade(url: str) -> None:
    """Bring a database up to date in one transaction; processes that do so at the same time wait for each other.

    Raises:
        MigrationError: the URL is not one of PostgreSQL, or the database refuses.
    """
    try:
        engine = create_engine(_synchronous(url), poolclass=NullPool)
        with engine.begin() as connection:
            _lock_migrations(connection)
            command.upgrade(_config(connection), "head")
    except DBAPIError as error:
        raise MigrationError(f"the database refuses: {_one_line(error.orig)}") from error
    except (ArgumentError, CommandError) as error:
        raise MigrationError(_one_line(error)) from error


def _synchronous(url: str) -> URL:
    parsed = make_url(url)
    if parsed.get_backend_name() != "postgresql":
        raise MigrationError(f"{parsed.get_backend_name()} is not supported: the URL must be one of postgresql")
    return parsed.set(drivername="postgresql+psycopg")


def _lock_migrations(connection: Connection) -> None:
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}s'")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _config(connection: Connection) -> Config:
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
