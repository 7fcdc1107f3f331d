"""What a measure prints: tables in Markdown, which line up in a terminal too."""

from dataclasses import dataclass, field

Cell = str | float | None

_WHOLE = 100  # from here on decimals say nothing


@dataclass
class Table:
    """Rows under named columns, with what their reader must know beneath them."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *cells: Cell) -> None:
        """Add a row."""
        self.rows.append(cells)

    def markdown(self) -> str:
        """Return the table as text, ready for the README."""
        lines = [self.columns, *(tuple(map(shown, row)) for row in self.rows)]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        rule = "|".join("-" * (width + 2) for width in widths)
        written = [" | ".join(map(str.ljust, line, widths)) for line in lines]
        body = "\n".join([f"| {written[0]} |", f"|{rule}|", *(f"| {line} |" for line in written[1:])])
        return "\n\n".join([f"### {self.title}", body, *self.notes])


def shown(cell: Cell) -> str:
    """Return a cell as it is read: three digits that mean something, a dash where there is nothing."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) or abs(cell) >= _WHOLE:
        return f"{cell:,.0f}"
    return f"{cell:.3g}"
