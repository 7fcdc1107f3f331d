"""`python -m activities.store.grants`: gives web, recoveries, messaging, console and roll their users of the database, and their rights.

It reads the owner's REASSORT_DATABASE_URL, and WEB_PASSWORD, RECOVERIES_PASSWORD, MESSAGING_PASSWORD,
CONSOLE_PASSWORD and ROLL_PASSWORD.
"""

import argparse
import os
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text

from activities.config.settings import stop
from activities.store import short_locks
from activities.store.migrate import MigrationError, one_line_errors, owner_engine, revision_of

USERS = ("web", "recoveries", "messaging", "console", "roll")
_RIGHTS = Path(__file__).with_name("grants.sql")
# Where the rights are noted that a database has. A restore without rights (`pg_restore --no-acl`) restores the note too.
_NOTE = "COMMENT ON POLICY a_process_adds_its_start ON journal IS {}"
_NOTED = text(
    """SELECT obj_description(oid, 'pg_policy') FROM pg_policy
    WHERE polname = 'a_process_adds_its_start' AND has_table_privilege('web', 'electors', 'SELECT')
        AND has_table_privilege('recoveries', 'quotas', 'SELECT') AND has_table_privilege('messaging', 'messages', 'SELECT')
        AND has_table_privilege('console', 'operator_sessions', 'SELECT') AND has_table_privilege('roll', 'electors', 'INSERT')"""
)


def grant(url: str, passwords: Mapping[str, str], *, again: bool = False) -> bool:
    """Set the users' passwords, and return whether their rights were set: not if they are set already.

    Setting rights locks tables, and is done between the transactions of others; `again` sets them in any case.

    Raises:
        MigrationError: the URL is not one of PostgreSQL, or the database refuses.
    """
    with one_line_errors():
        engine = owner_engine(url)
        short_locks.change(engine, lambda connection: _set_passwords(connection, passwords))
        with engine.connect() as connection:
            wanted = _fingerprint(connection)
            if not again and connection.scalar(_NOTED) == wanted:
                return False
        short_locks.change(engine, lambda connection: _set_rights(connection, wanted))
    return True


def _set_passwords(connection: Connection, passwords: Mapping[str, str]) -> None:
    existing = set(connection.scalars(text("SELECT rolname FROM pg_roles")))
    driver = _driver(connection)
    for user in USERS:
        # Hashed here, so that the password is in no log of the server.
        hashed = driver.pgconn.encrypt_password(passwords[user].encode(), user.encode(), b"scram-sha-256").decode()
        order = sql.SQL(
            "ALTER ROLE {} LOGIN PASSWORD {}" if user in existing else "CREATE ROLE {} LOGIN PASSWORD {}"
        )
        driver.execute(order.format(sql.Identifier(user), sql.Literal(hashed)))


def _set_rights(connection: Connection, fingerprint: str) -> None:
    driver = _driver(connection)
    driver.execute(_RIGHTS.read_bytes())
    driver.execute(sql.SQL(_NOTE).format(sql.Literal(fingerprint)))


def _fingerprint(connection: Connection) -> str:
    """Return what the rights depend on: this version's file, and the tables that there are."""
    revision = revision_of(connection)
    return f"{revision} {sha256(_RIGHTS.read_bytes()).hexdigest()}"


def _driver(connection: Connection) -> "psycopg.Connection[tuple[object, ...]]":
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


def main() -> None:
    """Grant, or exit with status 2 and one line that says what to correct."""
    parser = argparse.ArgumentParser(prog="python -m activities.store.grants", description=__doc__)
    parser.add_argument(
        "--again", action="store_true", help="set the rights even if nothing has changed since they were set"
    )
    again = parser.parse_args().again
    try:
        passwords = {user: os.environ[f"{user.upper()}_PASSWORD"] for user in USERS}
        done = grant(os.environ["REASSORT_DATABASE_URL"], passwords, again=again)
    except KeyError as missing:
        stop(MigrationError(f"{missing.args[0]}: is missing"))
    except MigrationError as error:
        stop(error)
    sys.stdout.write("Droits posés.\n" if done else "Droits inchangés.\n")


if __name__ == "__main__":
    main()
