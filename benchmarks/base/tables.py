"""Tables in Markdown whose columns are aligned, for documents and terminals."""

from dataclasses import dataclass, field

Cell = str | float | None

_WHOLE = 100  # numbers from here on have no decimals


@dataclass
class Table:
    """A title, named columns, rows, and notes below them."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *cells: Cell) -> None:
        """Add a row."""
        self.rows.append(cells)

    def markdown(self) -> str:
        """Return the table as text in Markdown."""
        lines = [self.columns, *(tuple(map(shown, row)) for row in self.rows)]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        rule = "|".join("-" * (width + 2) for width in widths)
        written = [" | ".join(map(str.ljust, line, widths)) for line in lines]
        body = "\n".join([f"| {written[0]} |", f"|{rule}|", *(f"| {line} |" for line in written[1:])])
        return "\n\n".join([f"### {self.title}", body, *self.notes])


def shown(cell: Cell) -> str:
    """Return the text of a cell: a number with three significant digits, a dash for None."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) or abs(cell) >= _WHOLE:
        return f"{cell:,.0f}"
    return f"{cell:.3g}"
