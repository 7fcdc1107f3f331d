"""The progress that an import prints while it runs."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from activities.roll_import.report import ImportProgress, Totals


class Terminal(io.StringIO):
    """A text stream that is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


@pytest.fixture
def roll(tmp_path: Path) -> Iterator[TextIO]:
    """An open file of which half has been read."""
    path = tmp_path / "roll.csv"
    path.write_text("x\n" * 100_000)
    with path.open() as file:
        file.read(100_000)
        yield file


def test_without_a_terminal_a_line_is_printed_every_50_000_lines(roll: TextIO) -> None:
    """Each has the counts and the share of the file that has been read."""
    out = io.StringIO()
    with ImportProgress(roll, out) as progress:
        for read in range(1_000, 101_000, 1_000):
            progress.show(Totals(read=read, refused=3))
    assert out.getvalue().splitlines() == [
        "50\u202f000 lignes lues, 3 refusées (50\u00a0%)",
        "100\u202f000 lignes lues, 3 refusées (50\u00a0%)",
    ]


def test_on_a_terminal_a_bar_is_drawn(roll: TextIO) -> None:
    """The progress bar has the same counts and share."""
    out = Terminal()
    with ImportProgress(roll, out) as progress:
        progress.show(Totals(read=2_000))
    assert "2\u202f000 lignes lues, 0 refusées" in out.getvalue()
    assert "50%" in out.getvalue()
