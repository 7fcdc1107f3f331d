"""Shows the progress of an import, and writes the file of refused lines."""

import csv
import os
import stat
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from activities.roll_import.csv_file import RollError
from activities.roll_import.lines import Refusal
from activities.roll_import.order import Order, Outcome
from election.text.numbers import written_number

_HEADER = ("ligne", "colonne", "motif")
_LONGEST_HEADER = 100
_EVERY = 50_000  # lines between two progress lines where there is no terminal


@dataclass
class Totals:
    """Counts of the lines read so far, by outcome."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    removed: int = 0
    changed: Counter[str] = field(default_factory=Counter, compare=False)  # by column, of the updated

    def add(self, read: int, outcome: Outcome) -> None:
        """Count the lines of a batch."""
        self.read += read
        self.added += len(outcome.added)
        self.updated += len(outcome.updated)
        self.unchanged += outcome.unchanged
        self.refused += outcome.refused_lines
        self.removed += len(outcome.removed)
        self.changed.update(outcome.changed)


class Refusals(Protocol):
    """Takes the refusals of an import."""

    def add(self, refusals: Iterable[Refusal]) -> None:
        """Take those of a batch."""


class Watcher(Protocol):
    """Is told how far an import is."""

    def show(self, totals: Totals) -> None:
        """Take the counts after a batch."""


def summary(totals: Totals, report: Path, order: Order) -> str:
    """Return what was done, or what would be, in lines of French."""
    ways = (
        ("à ajouter", "à mettre à jour", "à retirer") if order.is_trial else ("ajoutés", "mis à jour", "retirés")
    )
    added, updated, removed = (f"électeurs {way}" for way in ways)
    changes = {added: totals.added, updated: totals.updated, "électeurs inchangés": totals.unchanged}
    counts = {
        "lignes lues": totals.read,
        **({removed: totals.removed} if order.removes else changes),
        "lignes refusées": totals.refused,
    }
    lines = ["essai\u00a0: rien n’a été changé"] if order.is_trial else []
    lines += [f"{name}\u00a0: {written_number(number)}" for name, number in counts.items()]
    lines += [f"motifs des refus\u00a0: {report}"] if totals.refused else []
    return "".join(f"{line}\n" for line in lines)


class RefusedLines:
    """Writes `line;column;reason` for each refusal, never a value.

    A file that an import made is deleted when nothing is refused; an empty file, a device, a pipe or a link that was there
    before is not.

    Raises:
        RollError: the path is a file with something else in it.
    """

    def __init__(self, path: Path) -> None:
        self._own = _is_own(path)
        # A file begins with the byte order mark that Excel needs.
        encoding = "utf-8-sig" if self._own or path.is_file() else "utf-8"
        self.path = path
        self._file = path.open("w" if self._own else "a", encoding=encoding, newline="")
        self._rows = csv.writer(self._file, delimiter=";", lineterminator="\n")
        self._any = False
        if self._own:
            self._rows.writerow(_HEADER)

    def add(self, refusals: Iterable[Refusal]) -> None:
        """Write refusals."""
        for refusal in refusals:
            if not self._any and not self._own:
                self._rows.writerow(_HEADER)
            self._any = True
            self._rows.writerow((refusal.line, refusal.column, refusal.reason))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if self._own and not self._any:
            self.path.unlink()


def _is_own(path: Path) -> bool:
    """Return whether a path is free, or has a former report: only then it may be deleted."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return True
    if not stat.S_ISREG(mode):
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        first = file.readline(_LONGEST_HEADER)
    is_report = first == f"{';'.join(_HEADER)}\n"
    if first and not is_report:
        raise RollError(
            f"{path}\u00a0: ce fichier existe et n’est pas un rapport d’import, il ne sera pas remplacé"
        )
    return is_report


class ImportProgress:
    """Shows a progress bar on a terminal, and elsewhere a line from time to time."""

    def __init__(self, roll: TextIO, out: TextIO) -> None:
        self._roll = roll
        self._out = out
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(file=out), disable=not out.isatty())
        self._size = os.fstat(roll.fileno()).st_size if roll.seekable() else None
        self._task = self._bar.add_task("", total=self._size)
        self._lines_written = 0

    def show(self, totals: Totals) -> None:
        """Show the progress."""
        sentence = f"{written_number(totals.read)} lignes lues, {written_number(totals.refused)} refusées"
        done = self._roll.buffer.tell() if self._size else 0
        self._bar.update(self._task, description=sentence, completed=done)
        if self._bar.disable and totals.read // _EVERY > self._lines_written:
            self._lines_written = totals.read // _EVERY
            share = f" ({100 * done // self._size}\u00a0%)" if self._size else ""
            self._out.write(f"{sentence}{share}\n")
            self._out.flush()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
