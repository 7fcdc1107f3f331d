"""Tables in Markdown."""

import pytest

from benchmarks.base.tables import Cell, Table, shown


def test_the_columns_of_a_table_are_aligned() -> None:
    """The title, the names of the columns, the rows, and the notes are Markdown with aligned columns."""
    table = Table("Pages", ("page", "p50, ms"))
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


@pytest.mark.parametrize(
    ("cell", "text"),
    [("as it is", "as it is"), (None, "–"), (42, "42"), (10_000, "10,000"), (0.6152, "0.615"), (1234.5, "1,234")],
)
def test_a_number_has_three_significant_digits(cell: Cell, text: str) -> None:
    """From a hundred on it has no decimals."""
    assert shown(cell) == text
