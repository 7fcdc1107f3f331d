"""The lines of a file, numbered, and the cells of a line in CSV."""

import csv
from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

LONGEST = (
    20_000  # characters, as Excel's 16,384 columns with a roll in the first; a file with longer lines is no roll
)
_MOST_LINES = 10  # of one record: an address, in a column that is not read


class Lines(Protocol):
    """What is needed of an open file."""

    def readline(self, limit: int, /) -> str:
        """Return a line, or a part of `limit` characters; nothing at the end."""
        ...


class NumberedLines:
    """The lines of a file with their numbers, None for one that is too long."""

    def __init__(self, file: Lines) -> None:
        self._read = _numbered(file)
        self._ahead: deque[tuple[int, str | None]] = deque()

    def __iter__(self) -> Iterator[tuple[int, str | None]]:
        while (line := self._ahead.popleft() if self._ahead else next(self._read, None)) is not None:
            yield line

    def cells(self, line: str, separator: str, fits: Callable[[list[str]], bool]) -> tuple[list[str], int] | None:
        """Return the cells of a line, and how many further lines one of them takes; None when quotes are misplaced.

        Further lines are read only if their end gives cells that fit: a quote that is never closed would otherwise
        swallow the rest of the file. They are still to be skipped.
        """
        cells = _cells(line, separator)
        for more in range(1, _MOST_LINES):
            if cells is not None:
                return cells, more - 1
            following = self._further(more)
            if following is None or len(line) + len(following) > LONGEST or not is_text(following):
                return None
            line += following
            joined = _cells(line, separator)
            cells = joined if joined is not None and fits(joined) else None
        return None

    def skip(self, number: int) -> None:
        """Pass over further lines."""
        for _ in range(number):
            self._ahead.popleft()

    def _further(self, which: int) -> str | None:
        while len(self._ahead) < which and (line := next(self._read, None)) is not None:
            self._ahead.append(line)
        return self._ahead[which - 1][1] if len(self._ahead) >= which else None


def is_text(line: str) -> bool:
    """Return whether a line fitted the encoding: bytes that did not were read as lone surrogates."""
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


def _numbered(file: Lines) -> Iterator[tuple[int, str | None]]:
    number = 0
    while line := file.readline(LONGEST):
        number += 1
        too_long = len(line) == LONGEST
        while len(line) == LONGEST and not line.endswith("\n"):
            line = file.readline(LONGEST)
        yield number, None if too_long else line


def _cells(line: str, separator: str) -> list[str] | None:
    try:
        return next(csv.reader([line.rstrip("\n")], delimiter=separator, strict=True), [])
    except csv.Error:
        return None
