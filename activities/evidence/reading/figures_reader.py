"""The figures for the operators' console, counted at most once a minute for all its readers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from activities.config.kept import Kept
from activities.evidence.figures import Figures, gather
from activities.evidence.figures_tables import FiguresTable, tables_of, waiting_electors
from activities.evidence.journal import Event
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
        self._counted = Kept(self._count, _FRESH, now, database.in_background)

    async def current(self, *, sees_roll: bool) -> CountedFigures:
        """Return the figures, at most two minutes old, with what became of the roll for who may read it."""
        return (await self._counted.current())[sees_roll]

    async def _count(self) -> Mapping[bool, CountedFigures]:
        """Return the figures by whether their reader sees what became of the roll."""
        counted_at, election = self._now(), self._election
        figures = await gather(self._database, election.delivery.late_after, self._now, election.zone)
        return {
            sees_roll: CountedFigures(self._tables(each), str(each.head), counted_at)
            for sees_roll, each in ((True, figures), (False, _without_roll(figures)))
        }

    def _tables(self, figures: Figures) -> list[FiguresTable]:
        return [*tables_of(figures, self._election.security), waiting_electors(figures)]


def _without_roll(figures: Figures) -> Figures:
    left = {kind: number for kind, number in figures.requests.items() if not Event(kind[0]).is_of_roll}
    return replace(figures, requests=left)
