"""One migrated database for one test after the other: to empty it costs a tenth of what another one and its connections cost."""

from typing import Protocol

import psycopg

from activities.config.last_state import LastState
from activities.store.database import Database

# As an owner for whom triggers and foreign keys are switched off: the journal refuses to be emptied, and the order is any.
_AS_OWNER = "-c session_replication_role=replica -c lock_timeout=2s"
_STILL_USED = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"""
_WRITTEN = """SELECT quote_ident(relname) FROM pg_class JOIN pg_tables ON (relname, schemaname) = (tablename, 'public')
    WHERE tablename <> 'alembic_version' AND pg_relation_size(pg_class.oid) > 0"""
_RESTARTED = "SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'public'"


class Databases(Protocol):
    """A server that makes databases, and drops them."""

    def make(self, template: str) -> str:
        """Return the URL of a new database, a copy of `template`."""

    def drop(self, url: str) -> None:
        """Drop a database."""


class ReusedDatabase:
    """Lends a database without rows to one test at a time."""

    def __init__(self, server: Databases, template: str) -> None:
        self._server = server
        self._template = template
        self._lent: _Lent | None = None

    def lend(self) -> Database:
        """Return connections to a database that is as its migration has left it."""
        if self._lent is None:
            self._lent = _Lent(self._server.make(self._template))
        return self._lent.begin()

    async def take_back(self) -> None:
        """Empty the database; one that a test still uses, or whose connections it has ended, is lent to no other."""
        if self._lent is not None and not self._lent.is_empty_again():
            await self.drop()

    async def drop(self) -> None:
        """Drop the database: the next test gets a new one."""
        if self._lent is not None:
            await self._lent.close()
            self._server.drop(self._lent.url)
            self._lent = None


class _Lent:
    def __init__(self, url: str) -> None:
        self.url = url
        self._database = Database(url)
        self._owner = psycopg.connect(url.replace("+psycopg", ""), autocommit=True, options=_AS_OWNER)

    def begin(self) -> Database:
        self._database._state = LastState()
        return self._database

    def is_empty_again(self) -> bool:
        if self._database.connections_in_use():
            return False
        try:
            if self._owner.execute(_STILL_USED).fetchone() != (0,):
                return False
            self._empty([row[0] for row in self._owner.execute(_WRITTEN)])
        except psycopg.Error:
            return False
        return True

    def _empty(self, written: list[str]) -> None:
        if written:
            self._owner.execute("; ".join(f"DELETE FROM {table}" for table in written))  # noqa: S608 - names of our tables
            # Without what was deleted before, so that rows are read in the order in which they are written, as in a new table.
            self._owner.execute(f"VACUUM (INDEX_CLEANUP ON, TRUNCATE ON, PARALLEL 0) {', '.join(written)}")
        self._owner.execute(_RESTARTED)

    async def close(self) -> None:
        await self._database.close()
        self._owner.close()
