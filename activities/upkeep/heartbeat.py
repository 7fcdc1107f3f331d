"""Heartbeats of the worker roles in the database, for the health check of the web."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError
from activities.store.database import Database
from activities.store.tables import workers

BEAT_EVERY = timedelta(seconds=2)
SILENT_AFTER = timedelta(seconds=10)
SMPP = "smpp"  # the name of the gateway that has a session with its operator
# A heartbeat of the messaging role as long as that session is bound.
SMS_BOUND = "gateway:sms"
# One of a worker as long as its webhook takes the receipts of an operator by HTTP.
WEBHOOK = "gateway:webhook"
# One of a worker as long as it takes bounces by LMTP.
BOUNCES = "bounces:lmtp"
# One of a worker as long as Temporal answers it.
TEMPORAL = "temporal"
# A role that not every installation has is forgotten when it was silent for so long.
FORGOTTEN_AFTER = timedelta(days=1)
_NOT_READY = (
    "The database does not answer, or has no tables yet: check REASSORT_DATABASE_URL, "
    "then run `python -m activities.store.migrate`"
)


class Heartbeat:
    """Writes and reads the heartbeats of worker roles, all by the database's clock: those of machines differ."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def require_database(self) -> None:
        """Return when the database answers and has its tables.

        Raises:
            DatabaseNotReadyError: it does not; the text, one line, says what to do.
        """
        try:
            await self.silent([])
        except (DatabaseUnavailableError, DBAPIError) as error:
            raise DatabaseNotReadyError(_NOT_READY) from error

    async def beat(self, roles: list[str]) -> None:
        """Record that a worker of these roles is alive."""
        # In one order for every worker, so that two of them do not wait for each other.
        beat = insert(workers).values([{"role": role, "last_seen_at": func.now()} for role in sorted(roles)])
        async with self._database.writing() as connection:
            await connection.execute(
                beat.on_conflict_do_update(
                    index_elements=["role"], set_={"last_seen_at": beat.excluded.last_seen_at}
                )
            )

    async def silent(self, roles: list[str]) -> list[str]:
        """Return those of the roles without a heartbeat in the last ten seconds."""
        query = select(workers.c.role).where(workers.c.last_seen_at > func.now() - SILENT_AFTER)
        async with self._database.reading() as connection:
            alive = set((await connection.execute(query)).scalars())
        return [role for role in roles if role not in alive]

    async def silences(self) -> dict[str, timedelta]:
        """Return for how long each role that ever had a heartbeat has had none, by the database's clock."""
        query = select(workers.c.role, (func.now() - workers.c.last_seen_at).label("silence"))
        async with self._database.reading() as connection:
            return {row.role: row.silence for row in await connection.execute(query)}
