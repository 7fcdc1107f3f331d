"""The tables of the figures as operators read them: each code in words, and in a file both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from activities.evidence.figures_tables import NO_ANSWER_YET, Cell, FiguresTable
from console.presenters.journal import sentence
from console.presenters.outcomes import WEAKNESSES, cause, outcome
from console.presenters.words import channel_name, place_name

# In production, as whoever has the key that signs: the archive is written to the present folder.
EXPORT_COMMAND = (
    'docker compose run --rm --no-deps --user "$(id -u)" -e REASSORT_EVIDENCE_KEY -v "$PWD:/preuve" migrate '
    "python -m activities.evidence.export /preuve/preuve.zip"
)
# The columns that have codes.
_CODED = ("Événement", "Canal", "Issue", "Cause", "Pays ou domaine", "Faiblesse admise")


def in_words(table: FiguresTable, zone: ZoneInfo) -> FiguresTable:
    """Return a table with words in the place of its codes."""
    if not set(_CODED).intersection(table.header):
        return table
    rows = [[_words(table, row, name, zone) for name in table.header] for row in table.rows]
    return replace(table, rows=rows)


def with_words(table: FiguresTable, zone: ZoneInfo) -> FiguresTable:
    """Return a table with words in a column of their own after each column of codes."""
    header: list[str] = []
    for name in table.header:
        header += [name, f"{name} en français"] if name in _CODED else [name]
    rows = [_doubled(table, row, zone) for row in table.rows]
    return replace(table, header=header, words=table.words + len(header) - len(table.header), rows=rows)


def _doubled(table: FiguresTable, row: Sequence[Cell], zone: ZoneInfo) -> list[Cell]:
    cells: list[Cell] = []
    for name, cell in zip(table.header, row, strict=True):
        cells += [cell, _words(table, row, name, zone)] if name in _CODED else [cell]
    return cells


def _words(table: FiguresTable, row: Sequence[Cell], name: str, zone: ZoneInfo) -> Cell:
    """Return the cell of a row in a column of this name, in words if it has codes."""
    if name not in _CODED:
        return row[table.header.index(name)]
    cells = {header: str(cell) for header, cell in zip(table.header, row, strict=True)}
    words: Mapping[str, Callable[[str], str]] = {
        "Événement": sentence,
        "Canal": channel_name,
        "Issue": lambda code: outcome(cells["Événement"], cells["Canal"], code, zone),
        "Cause": lambda code: code if code == NO_ANSWER_YET else cause(cells["Canal"], code),
        "Pays ou domaine": place_name,
        "Faiblesse admise": lambda code: WEAKNESSES.get(code, code),
    }
    return words[name](cells[name])
