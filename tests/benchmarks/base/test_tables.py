"""Tables, as the README takes them."""

import pytest

from benchmarks.base.tables import Cell, Table, shown


def test_a_table_is_markdown_that_lines_up() -> None:
    """Heading, columns, rule, rows, notes: ready for the README, and to be read where it was printed."""
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
def test_a_number_has_the_digits_that_mean_something(cell: Cell, text: str) -> None:
    """Three of them below a hundred, whole ones above."""
    assert shown(cell) == text
