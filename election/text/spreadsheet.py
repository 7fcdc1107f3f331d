"""Writes rows as French spreadsheets open them: semicolons, decimal commas."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

Cell = str | int | float
MARK = "\ufeff"  # before the first row: spreadsheets take a file with it for UTF-8
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run what a gateway or an operator wrote


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """Return rows as the text of a CSV file, without `MARK`."""
    text = StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([_csv_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def decimal(number: float) -> str:
    """Return a number with one decimal, after a comma."""
    return f"{number:.1f}".replace(".", ",")


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, float):
        return decimal(cell)
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else str(cell)
