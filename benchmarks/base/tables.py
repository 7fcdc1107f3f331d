"""Tables in Markdown whose columns are aligned, for documents and terminals; and their rows as JSON, for programs."""

import json
import math
from dataclasses import dataclass, field

Cell = str | float | None

_WHOLE = 100  # numbers from here on have no decimals


@dataclass
class Table:
    """A title, columns, rows, and notes below them.

    `columns` has the heading of each column by the key that it has in JSON. `part` distinguishes the tables of a benchmark
    there; the main one has none.
    """

    title: str
    columns: dict[str, str]
    part: str = ""
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *cells: Cell) -> None:
        """Add a row."""
        self.rows.append(cells)

    def markdown(self) -> str:
        """Return the table as text in Markdown."""
        lines = [tuple(self.columns.values()), *(tuple(map(shown, row)) for row in self.rows)]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        rule = "|".join("-" * (width + 2) for width in widths)
        written = [" | ".join(map(str.ljust, line, widths)) for line in lines]
        body = "\n".join([f"| {written[0]} |", f"|{rule}|", *(f"| {line} |" for line in written[1:])])
        return "\n\n".join([f"### {self.title}", body, *self.notes])

    def json_lines(self, benchmark: str) -> list[str]:
        """Return each row as a JSON object on one line; its `name` is the benchmark's, with the table's part."""
        name = f"{benchmark}.{self.part}" if self.part else benchmark
        rows = (dict(zip(self.columns, map(_plain, row), strict=True)) for row in self.rows)
        return [json.dumps({"name": name, **row}, ensure_ascii=False) for row in rows]


def shown(cell: Cell) -> str:
    """Return the text of a cell: a number with three significant digits, a dash for None."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) or abs(cell) >= _WHOLE:
        return f"{cell:,.0f}"
    return f"{cell:.3g}"


def _plain(cell: Cell) -> Cell:
    if not isinstance(cell, float):
        return cell
    return round(cell, 4) if math.isfinite(cell) else None  # JSON has no NaN
