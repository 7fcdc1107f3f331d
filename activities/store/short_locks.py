"""Changes the database's schema or rights without making its users wait for a lock that it waits for itself."""

from collections.abc import Callable
from time import sleep

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

_LOCK = 0x5EA5507  # arbitrary, but the same in every process that migrates or grants
# Who waits for a table behind a long transaction (a backup, an export) holds up everybody who comes later.
_LOCK_TIMEOUT = "2s"
_PAUSE = 3.0  # seconds
_TRIES = 60
_WORTH_A_RETRY = {"55P03", "40P01"}  # lock_not_available, deadlock_detected


class StillLockedError(Exception):
    """Raised when others held a table for all tries; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            "a table stayed locked for five minutes, and nothing was changed: find the long transaction in pg_stat_activity "
            "(oldest xact_start), let it end, and run this again"
        )


def change(engine: Engine, work: Callable[[Connection], None]) -> None:
    """Do work in one transaction, one process after another; a lock that is not had within two seconds begins it again.

    Raises:
        StillLockedError: no try had its locks.
    """
    for _ in range(_TRIES):
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                work(connection)
        except (OperationalError, psycopg.OperationalError) as error:
            # SQLAlchemy wraps what its own statements raise, not what the driver's do.
            if getattr(getattr(error, "orig", error), "sqlstate", None) not in _WORTH_A_RETRY:
                raise
            sleep(_PAUSE)
        else:
            return
    raise StillLockedError
