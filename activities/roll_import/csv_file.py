"""Reads the roll's file: CSV in UTF-8, columns separated by `;` or `,`, one elector on each line."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from activities.roll_import.lines import Column, Refusal

_OPTIONAL = frozenset({Column.QUESTION, Column.ANSWER, Column.PASSWORD, Column.VOTING_CODE, Column.IDENTIFIER})
_LONGEST = 10_000  # characters; a file with longer lines is no roll


class Lines(Protocol):
    """What is needed of an open file."""

    def readline(self, limit: int, /) -> str:
        """Return a line, or a part of `limit` characters; nothing at the end."""
        ...


class RollError(Exception):
    """Raised when the roll cannot be imported; the text says why, in French."""


@dataclass(frozen=True)
class Record:
    """The cells of one line, and its number in the file."""

    number: int
    cells: Mapping[Column, str]


class RollFile:
    """Reads a file line by line, in constant memory; an invalid line does not affect the others.

    Open the file with `encoding="utf-8-sig"` and `errors="surrogateescape"`.

    Raises:
        RollError: a column is missing or occurs twice.
    """

    def __init__(self, file: Lines) -> None:
        self._lines = _numbered(file)
        _, header = next(self._lines, (0, ""))
        if header is None or not _is_utf8(header):
            raise RollError("l’en-tête n’est pas du texte en UTF-8")
        self._delimiter = ";" if header.count(";") >= header.count(",") else ","
        self._names = next(csv.reader([header], delimiter=self._delimiter), [])
        self._columns = [_KNOWN.get(_folded(name)) for name in self._names]
        _check(self._columns)

    @property
    def ignored(self) -> list[str]:
        """The names of columns that are not read."""
        return [name for name, column in zip(self._names, self._columns, strict=True) if column is None]

    def records(self) -> Iterator[Record | Refusal]:
        """Yield each line's cells, or why it cannot be read; empty lines are skipped."""
        for number, line in self._lines:
            if line is None:
                yield Refusal(number, "", f"la ligne dépasse {_LONGEST} caractères")
            elif not _is_utf8(line):
                yield Refusal(number, "", "la ligne n’est pas en UTF-8")
            elif line.strip(f"{self._delimiter} \t\n"):
                yield self._record(number, line)

    def _record(self, number: int, line: str) -> Record | Refusal:
        try:
            # Line by line, since a quote that is never closed would swallow the rest of the file.
            cells = next(csv.reader([line.rstrip("\n")], delimiter=self._delimiter, strict=True))
        except csv.Error:
            return Refusal(number, "", "les guillemets sont mal placés ou mal fermés")
        if len(cells) != len(self._columns):
            return Refusal(number, "", f"{len(self._columns)} colonnes attendues, {len(cells)} trouvées")
        named = zip(self._columns, cells, strict=True)
        return Record(number, {column: cell for column, cell in named if column is not None})


def _numbered(file: Lines) -> Iterator[tuple[int, str | None]]:
    """Yield each line with its number, or None for a line that is too long."""
    number = 0
    while line := file.readline(_LONGEST):
        number += 1
        too_long = len(line) == _LONGEST
        while len(line) == _LONGEST and not line.endswith("\n"):
            line = file.readline(_LONGEST)
        yield number, None if too_long else line


def _is_utf8(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:  # bytes that are no UTF-8 were read as lone surrogates
        return False
    return True


def _folded(name: str) -> str:
    """Return a column's name without accents, case, apostrophes or spaces: `Nom_d_usage` is « nom d’usage »."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[^a-z0-9]", "", plain)


_KNOWN = {_folded(column): column for column in Column}


def _check(columns: list[Column | None]) -> None:
    missing = [column for column in Column if column not in _OPTIONAL and column not in columns]
    twice = sorted({column for column in columns if column is not None and columns.count(column) > 1})
    if missing:
        raise RollError(f"il manque à l’en-tête\u00a0: {', '.join(missing)}")
    if twice:
        raise RollError(f"l’en-tête porte deux fois\u00a0: {', '.join(twice)}")
