"""The figures for the operators' console, counted at most once a minute for all its readers."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from activities.evidence.figures import gather
from activities.evidence.figures_tables import FiguresTable, tables_of, waiting_electors
from activities.store.database import Database
from election.settings import Election

_FRESH = timedelta(minutes=1)


@dataclass(frozen=True)
class CountedFigures:
    """The tables as they were counted at an instant; `head` is that of the journal's chain then."""

    tables: list[FiguresTable]
    head: str
    counted_at: datetime

    def table(self, file: str) -> FiguresTable | None:
        """Return the table with the name of its file, or None."""
        return next((each for each in self.tables if each.file == file), None)


class FiguresReader:
    """Counts the whole journal and ledger, which takes seconds for a million messages."""

    def __init__(self, database: Database, election: Election, now: Callable[[], datetime]) -> None:
        self._database = database
        self._election = election
        self._now = now
        self._counting = asyncio.Lock()
        self._counted: CountedFigures | None = None

    async def current(self) -> CountedFigures:
        """Return the figures, at most a minute old."""
        async with self._counting:
            if self._counted is None or self._now() - self._counted.counted_at >= _FRESH:
                self._counted = await self._count()
        return self._counted

    async def _count(self) -> CountedFigures:
        counted_at, election = self._now(), self._election
        figures = await gather(self._database, election.delivery.late_after, self._now, election.zone)
        tables = [*tables_of(figures, election.security), waiting_electors(figures)]
        return CountedFigures(tables, str(figures.head), counted_at)
