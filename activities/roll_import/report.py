"""Shows the progress of an import, and writes the file of refused lines."""

import csv
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from activities.roll_import.lines import Refusal
from election.french_numbers import french_number

_EVERY = 50_000  # lines between two progress lines where there is no terminal


@dataclass
class Totals:
    """Counts of the lines read so far, by outcome."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0


class RefusedLines:
    """Writes `line;column;reason` for each refusal, never a value; without refusals the file is deleted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("w", encoding="utf-8-sig", newline="")  # with the byte order mark that Excel needs
        self._rows = csv.writer(self._file, delimiter=";", lineterminator="\n")
        self._rows.writerow(("ligne", "colonne", "motif"))
        self._any = False

    def add(self, refusals: Iterable[Refusal]) -> None:
        """Write refusals."""
        for refusal in refusals:
            self._any = True
            self._rows.writerow((refusal.line, refusal.column, refusal.reason))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if not self._any:
            self.path.unlink()


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
        sentence = f"{french_number(totals.read)} lignes lues, {french_number(totals.refused)} refusées"
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
