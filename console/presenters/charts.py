"""Bar charts as figures of a page: their bars have lengths as percentages of the longest."""

from collections.abc import Sequence
from dataclasses import dataclass

from activities.evidence.figures_tables import Cell, FiguresTable
from election.text.numbers import written_number

_MOST = 20  # bars; the table has every row


@dataclass(frozen=True)
class Bar:
    """One bar: what it stands for, its number as it is read, and its length."""

    label: str
    number: str
    length: float


@dataclass(frozen=True)
class Chart:
    """A chart of one column of a table, the longest bar first; days stay in their order."""

    title: str
    bars: list[Bar]


# By the file of a table: the column that is drawn, and the words that name a bar.
_DRAWN = {
    "procedures": ("Demandes", ("Procédure",)),
    "jours": ("Demandes", ("Jour",)),
    "envois": ("Envois", ("Canal", "Passerelle", "Pays ou domaine")),
    "causes": ("En échec", ("Cause", "Passerelle")),
    "attentes": ("Électeurs", ("Procédure", "Dernier envoi")),
}


def chart_of(table: FiguresTable) -> Chart | None:
    """Return the chart of a table, or None for one that is only read."""
    if table.file not in _DRAWN or not table.rows:
        return None
    column, names = _DRAWN[table.file]
    labels = [table.header.index(each) for each in names]
    at = table.header.index(column)
    values = [(", ".join(str(row[each]).rstrip(".") for each in labels), _number(row[at])) for row in table.rows]
    in_order = table.file == "jours"
    values = values[-_MOST:] if in_order else sorted(values, key=lambda each: -each[1])[:_MOST]
    most = max((value for _, value in values), default=0)
    return Chart(column, _bars(values, most)) if most else None


def _bars(values: Sequence[tuple[str, int]], most: int) -> list[Bar]:
    return [Bar(label, written_number(value), round(100 * value / most, 1)) for label, value in values]


def _number(cell: Cell) -> int:
    return int(cell) if isinstance(cell, int | float) else 0
