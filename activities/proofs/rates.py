"""Counts of what happens in a period, in the database, so that limits hold across processes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from activities.store.database import Database
from activities.store.tables import rates

_FIRST = insert(rates).values(name=bindparam("of_name"), period_start=bindparam("start"), counted=1)
_ADD = _FIRST.on_conflict_do_update(
    index_elements=["name", "period_start"], set_={"counted": rates.c.counted + 1}
).returning(rates.c.counted)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Rates:
    """Counts by name and period, one short statement each; periods begin at multiples of their length."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def add(self, name: str, period: timedelta) -> int:
        """Count one more, and return how many there were in the current period; `name` has at most 64 characters."""
        start = self._start(period)
        async with self._database.writing() as connection:
            counted: int = (await connection.execute(_ADD, {"of_name": name, "start": start})).scalar_one()
        return counted

    def period_end(self, period: timedelta) -> datetime:
        """Return when the current period ends, and counting begins anew."""
        return self._start(period) + period

    def _start(self, period: timedelta) -> datetime:
        now = self._now()
        return now - (now - _EPOCH) % period
