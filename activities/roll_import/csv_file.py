"""Reads the roll's file: CSV with columns separated by `;`, `,` or tabs, one elector on each line."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from activities.roll_import.cells import has_lost_accents
from activities.roll_import.lines import Column, Refusal
from activities.roll_import.text_lines import LONGEST, Lines, NumberedLines, is_text

_OPTIONAL = frozenset(
    {
        Column.DATUM,
        Column.QUESTION,
        Column.ANSWER,
        Column.PASSWORD,
        Column.VOTING_CODE,
        Column.IDENTIFIER,
    }
)
REQUIRED = tuple(column for column in Column if column not in _OPTIONAL)
_SEPARATORS = (";", ",", "\t")
_SEPARATOR_LINE = re.compile(r'"?sep=([;,\t])"?[;,\t ]*\n?', re.IGNORECASE)
# What a spreadsheet makes of a CSV that it has opened in one column.
_ONE_CELL = (
    "chaque ligne est entre guillemets, en une seule cellule\u00a0: ouvrez dans le tableur la liste d’origine, chaque donnée dans "
    "sa colonne, et enregistrez-la de nouveau en «\u00a0CSV UTF-8\u00a0»"
)
_NO_HEADER = (
    "aucun nom de colonne n’est reconnu dans la première ligne\u00a0: elle doit être l’en-tête, et ses colonnes séparées par "
    "«\u00a0;\u00a0», «\u00a0,\u00a0» ou des tabulations"
)
_BLANK = "".join(_SEPARATORS) + " \n"


class RollError(Exception):
    """Raised when the roll cannot be imported; the text says why, in French."""


@dataclass(frozen=True)
class Record:
    """The cells of one line, and its number in the file."""

    number: int
    cells: Mapping[Column, str]


class RollFile:
    """Reads a file line by line, in constant memory; an invalid line does not affect the others.

    Raises:
        RollError: a column of those that are `required` is missing, or one occurs twice.
    """

    def __init__(self, file: Lines, encoding: str = "UTF-8", required: Sequence[Column] = REQUIRED) -> None:
        self._lines = NumberedLines(file)
        self._encoding = encoding
        self._required = required
        self._separator, self._names = self._header()
        self._columns = [_KNOWN.get(_folded(name)) for name in self._names]
        self._check()

    @property
    def read(self) -> list[Column]:
        """The columns that are read."""
        return [column for column in self._columns if column is not None]

    @property
    def ignored(self) -> list[str]:
        """The names of columns that are not read; a column without a name is none."""
        named = zip(self._columns, self._names, strict=True)
        return [" ".join(name.split()) for column, name in named if column is None and name.strip()]

    def records(self) -> Iterator[Record | Refusal]:
        """Yield each line's cells, or why it cannot be read; empty lines are skipped."""
        for number, line in self._lines:
            if line is None:
                yield Refusal(number, "", f"la ligne dépasse {LONGEST} caractères")
            elif not is_text(line):
                yield Refusal(number, "", f"la ligne n’est pas en {self._encoding}")
            elif line.strip(_BLANK):
                yield self._record(number, line)

    def _header(self) -> tuple[str, list[str]]:
        """Return the separator, which a line `sep=;` says or which finds the most columns, and the names."""
        lines = (line for _, line in self._lines if line is None or line.strip(_BLANK))
        line = next(lines, "")
        said = _SEPARATOR_LINE.fullmatch(line or "")
        line = next(lines, "") if said else line
        if line is None:
            raise RollError(f"l’en-tête dépasse {LONGEST} caractères")
        if not is_text(line):
            raise RollError(f"l’en-tête n’est pas du texte en {self._encoding}")
        read = [(each, *self._names_in(line, each)) for each in ([said[1]] if said else _SEPARATORS)]
        separator, names, more = max(read, key=lambda each: len(_known(each[1])))
        self._lines.skip(more)
        return separator, names

    def _names_in(self, line: str, separator: str) -> tuple[list[str], int]:
        found = self._lines.cells(line, separator, lambda names: set(self._required) <= set(_known(names)))
        return found or ([], 0)

    def _record(self, number: int, line: str) -> Record | Refusal:
        expected = len(self._columns)
        found = self._lines.cells(line, self._separator, lambda cells: len(cells) >= expected and self._fit(cells))
        if found is None:
            return Refusal(number, "", "les guillemets sont mal placés ou mal fermés")
        cells, more = found
        self._lines.skip(more)
        if not self._fit(cells):
            return Refusal(number, "", f"{expected} colonnes attendues, {len(cells)} trouvées")
        cells += [""] * (expected - len(cells))
        named = zip(self._columns, cells, strict=False)
        return Record(number, {column: cell for column, cell in named if column is not None})

    def _fit(self, cells: list[str]) -> bool:
        """Return whether cells that are too many are empty, and those that are missing may be."""
        left_out = self._columns[len(cells) :]
        return not any(cells[len(self._columns) :]) and not any(each in self._required for each in left_out)

    def _check(self) -> None:
        columns = self._columns
        missing = [column for column in self._required if column not in columns]
        twice = sorted({column for column in columns if column is not None and columns.count(column) > 1})
        if missing:
            raise RollError(self._why_missing(missing))
        if twice:
            raise RollError(f"l’en-tête porte deux fois\u00a0: {', '.join(twice)}")

    def _why_missing(self, missing: Sequence[Column]) -> str:
        damaged = next((name for name in self._names if has_lost_accents(name)), None)
        if damaged and any(self._columns):  # else the first line may be an elector's, and no value is ever shown
            return (
                f"l’en-tête a perdu ses accents («\u00a0{damaged}\u00a0»)\u00a0: exportez de nouveau la liste, "
                "en «\u00a0CSV UTF-8\u00a0»"
            )
        if any(
            set(self._required) <= set(_known(next(csv.reader(self._names, delimiter=each), [])))
            for each in _SEPARATORS
        ):
            return _ONE_CELL
        sentence = f"il manque à l’en-tête\u00a0: {', '.join(missing)}"
        if any(self._names) and not any(self._columns):
            return f"{sentence} ({_NO_HEADER})"
        if self._encoding == "UTF-8":
            return sentence
        # The file may have an encoding that is not recognised: that of old Macintoshes, or of a DOS window.
        return (
            f"{sentence} (lu en {self._encoding}\u00a0: si des accents sont faux, enregistrez "
            "en «\u00a0CSV UTF-8\u00a0»)"
        )


def _folded(name: str) -> str:
    """Return a column's name without accents, case, apostrophes or spaces: `Nom_d_usage` is « nom d’usage »."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[^a-z0-9]", "", plain)


_KNOWN = {_folded(column): column for column in Column}


def _known(names: list[str]) -> list[Column]:
    return [_KNOWN[folded] for folded in map(_folded, names) if folded in _KNOWN]
