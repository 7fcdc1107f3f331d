"""Tables in Markdown, and their rows as JSON."""

import json
import math

import pytest

from benchmarks.base.tables import Cell, Table, shown


def test_the_columns_of_a_table_are_aligned() -> None:
    """The title, the names of the columns, the rows, and the notes are Markdown with aligned columns."""
    table = Table("Pages", {"page": "page", "p50_ms": "p50, ms"})
    table.add("/portail", 12.345)
    table.add("/", None)
    table.notes.append("Voters share the machine.")
    assert table.markdown() == (
        "### Pages\n\n"
        "| page     | p50, ms |\n"
        "|----------|---------|\n"
        "| /portail | 12.3    |\n"
        "| /        | –       |\n\n"
        "Voters share the machine."
    )


def test_each_row_is_one_line_of_json() -> None:
    """It has the benchmark's name and each cell by its column's key; what is no number is null."""
    table = Table("Pages", {"page": "page", "p50_ms": "p50, ms"})
    table.add("/portail", 12.345)
    table.add("/réassort", math.nan)
    assert [json.loads(line) for line in table.json_lines("pages")] == [
        {"name": "pages", "page": "/portail", "p50_ms": 12.345},
        {"name": "pages", "page": "/réassort", "p50_ms": None},
    ]


def test_tables_of_one_benchmark_are_told_apart_in_json() -> None:
    """A table that is not the main one adds its part to the name."""
    table = Table("Steps", {"step": "step"}, part="steps")
    table.add("sign-in")
    assert json.loads(table.json_lines("rate")[0]) == {"name": "rate.steps", "step": "sign-in"}


@pytest.mark.parametrize(
    ("cell", "text"),
    [("as it is", "as it is"), (None, "–"), (42, "42"), (10_000, "10,000"), (0.6152, "0.615"), (1234.5, "1,234")],
)
def test_a_number_has_three_significant_digits(cell: Cell, text: str) -> None:
    """From a hundred on it has no decimals."""
    assert shown(cell) == text
