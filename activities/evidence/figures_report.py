"""Writes the figures as tables on a terminal, 80 columns wide or more, or as CSV files that French spreadsheets open."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table

from activities.evidence.figures_tables import (
    AllFigures,
    Cell,
    FiguresTable,
    chain,
    tables_of,
    waiting_electors,
)
from election.rules.security import SecurityRules
from election.text.numbers import written_number
from election.text.spreadsheet import MARK, csv_text, decimal

_SHOWN = 20  # electors; the file has all of them
_WIDEST = 20  # characters of a cell with a word that can be broken
_LONGEST = 32  # characters of a word: an elector's id
_BETWEEN = 2  # spaces between columns
_NARROW = 120  # columns of a terminal
_NUMBERS, _NUMBERS_BESIDE_WORDS = 6, 4  # columns that fit in 80
_SPACE = re.compile(r"[ \n]")  # not the narrow no-break space of a number
_PIECE = re.compile(r"[^_:.@-]+[_:.@-]*|[_:.@-]+")


def print_tables(figures: AllFigures, security: SecurityRules, console: Console | None = None) -> None:
    """Print the tables and the head of the chain on a console, the standard output by default."""
    out = console or Console()
    waiting = waiting_electors(figures)
    shown = replace(waiting, rows=waiting.rows[:_SHOWN])
    for each in (*tables_of(figures, security), *([shown] if shown.rows else [])):
        for piece in _pieces(each) if out.width < _NARROW else [each]:
            out.print(_table(piece, out.width))
            out.print()
    if len(waiting.rows) > _SHOWN:
        others = written_number(len(waiting.rows) - _SHOWN)
        out.print(f"et {others} autres\u00a0: --csv DOSSIER les écrit tous, dans electeurs.csv")
    # Whole, on a line of its own however narrow the terminal is: it is copied into the minutes of the vote.
    out.print("Tête de la chaîne du journal\u00a0:")
    out.print(str(figures.head), soft_wrap=True, highlight=False)


def write_csv(folder: Path, figures: AllFigures, security: SecurityRules) -> None:
    """Write each table as a file; numbers have no spaces, delays are in seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in (*tables_of(figures, security), waiting_electors(figures), chain(figures.head)):
        write_rows(folder / f"{table.file}.csv", [table.header, *table.rows])


def write_rows(path: Path, rows: Iterable[Sequence[Cell]]) -> None:
    """Write a file as French spreadsheets open it: semicolons, decimal commas, and the byte order mark of UTF-8."""
    path.write_text(MARK + csv_text(rows), encoding="utf-8", newline="")


def _table(figures: FiguresTable, width: int) -> Table:
    table = Table(title=figures.title, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    rows = [[_shown(cell, width) for cell in row] for row in figures.rows]
    columns = list(zip(figures.header, *rows, strict=True))
    for number, (column, fits) in enumerate(zip(columns, _widths(columns, width), strict=True)):
        justify: JustifyMethod = "left" if number < figures.words else "right"
        table.add_column(column[0], width=fits, overflow="fold", justify=justify)
    for row in rows:
        table.add_row(*row)
    return table


def _widths(columns: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return the width of each column: its longest word, and as much of its longest line as there is room for.

    Without them, rich breaks words and numbers in the middle.
    """
    words = [[word for cell in column for word in _SPACE.split(cell)] for column in columns]
    lines = [[line for cell in column for line in cell.split("\n")] for column in columns]
    fits = [min(max(map(len, each)), _LONGEST) for each in words]
    most = [max(map(len, each)) for each in lines]
    for _ in range(width - sum(fits) - _BETWEEN * (len(columns) - 1)):
        # The narrowest first: a header of small words would take a line for each.
        growing = [number for number, each in enumerate(fits) if each < most[number]]
        if not growing:
            break
        fits[min(growing, key=fits.__getitem__)] += 1
    return fits


def _pieces(table: FiguresTable) -> Iterator[FiguresTable]:
    """Yield a table in parts that are narrow enough, each with its words."""
    words, most = table.words, _NUMBERS if table.words == 1 else _NUMBERS_BESIDE_WORDS
    for start in range(words, max(len(table.header), words + 1), most):
        title = table.title if start == words else f"{table.title} (suite)"
        header, *rows = ((*each[:words], *each[start : start + most]) for each in (table.header, *table.rows))
        yield replace(table, title=title, header=[str(name) for name in header], rows=rows)


def _shown(cell: Cell, width: int) -> str:
    if isinstance(cell, int):
        return written_number(cell)
    if isinstance(cell, float):
        return decimal(cell)
    return _broken(cell) if width < _NARROW and " " not in cell else cell


def _broken(word: str) -> str:
    """Return a long word in lines that end where its parts do; one without parts is left as it is."""
    lines = [""]
    for piece in _PIECE.findall(word):
        if lines[-1] and len(lines[-1]) + len(piece) > _WIDEST:
            lines.append("")
        lines[-1] += piece
    return "\n".join(lines)
