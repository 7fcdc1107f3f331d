"""The progress that an import prints while it runs, and its file of refused lines."""

import io
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

import pytest

from activities.roll_import.lines import Reason, Refusal
from activities.roll_import.report import ImportProgress, RefusedLines, Totals


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


REFUSAL = Refusal(7, "NIR", Reason.NO_NIR)
WRITTEN = f"ligne;colonne;motif\n7;NIR;{Reason.NO_NIR}\n".encode()
MARK = b"\xef\xbb\xbf"  # the byte order mark that Excel needs


def _report(path: Path, *refusals: Refusal) -> None:
    with RefusedLines(path) as lines:
        lines.add(refusals)


def test_an_empty_file_that_was_there_is_not_deleted(tmp_path: Path) -> None:
    """As `mktemp` makes it: it has the refusals if there are any, and is empty still if not."""
    path = tmp_path / "report.csv"
    path.touch()
    _report(path)
    assert path.read_bytes() == b""
    _report(path, REFUSAL)
    assert path.read_bytes() == MARK + WRITTEN


def test_a_former_report_is_replaced_or_deleted(tmp_path: Path) -> None:
    """The import made it, and the next one says what is refused now."""
    path = tmp_path / "report.csv"
    _report(path, REFUSAL, REFUSAL)
    _report(path, REFUSAL)
    assert path.read_bytes() == MARK + WRITTEN
    _report(path)
    assert not path.exists()


def _two_lines(shown: BinaryIO) -> bytes:
    """Return the next two lines, when both have arrived: the kernel shows on a terminal line by line."""
    return shown.readline() + shown.readline()


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[tuple[Path, Callable[[], bytes]]]:
    """The path of a named pipe, and a function that reads what is in it."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    with os.fdopen(reader, "rb") as lines:
        yield path, lambda: _two_lines(lines)


@pytest.fixture
def terminal() -> Iterator[tuple[Path, Callable[[], bytes]]]:
    """The path of a character device, which a terminal is, and a function that reads what is shown on it."""
    screen, keyboard = os.openpty()
    with os.fdopen(screen, "rb") as lines:
        yield Path(os.ttyname(keyboard)), lambda: _two_lines(lines).replace(b"\r\n", b"\n")
    os.close(keyboard)


@pytest.mark.parametrize(("kind", "is_kind"), [("pipe", stat.S_ISFIFO), ("terminal", stat.S_ISCHR)])
def test_a_pipe_or_a_device_has_the_refusals_and_is_not_deleted(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, is_kind: Callable[[int], bool]
) -> None:
    """By its own name, and by a link as `/dev/stderr` is; a reader of it needs no byte order mark."""
    path, read = request.getfixturevalue(kind)
    link = tmp_path / "link"
    link.symlink_to(path)
    for name in (path, link):
        _report(name)
        assert is_kind(path.stat().st_mode)
        _report(name, REFUSAL)
        assert is_kind(path.stat().st_mode)
        assert read() == WRITTEN
    assert link.is_symlink()
