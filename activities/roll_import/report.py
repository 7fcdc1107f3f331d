"""What an import tells while it runs, and the file of the lines that it refused."""

import csv
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from activities.roll_import.lines import Refusal

_EVERY = 50_000  # lines between two sentences where there is no terminal to draw a bar on


@dataclass
class Totals:
    """How many lines were read so far, and what became of them."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0


class RefusedLines:
    """Writes `line;column;reason` for each refusal, never a value; no refusal leaves no file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("w", encoding="utf-8-sig", newline="")  # with the mark that Excel looks for
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
    """Draws a bar on a terminal; elsewhere, writes a sentence from time to time."""

    def __init__(self, roll: TextIO, out: TextIO) -> None:
        self._roll = roll
        self._out = out
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(file=out), disable=not out.isatty())
        self._size = os.fstat(roll.fileno()).st_size if roll.seekable() else None
        self._task = self._bar.add_task("", total=self._size)
        self._said = 0

    def show(self, totals: Totals) -> None:
        """Show how far the import is."""
        sentence = f"{counted(totals.read)} lignes lues, {counted(totals.refused)} refusées"
        done = self._roll.buffer.tell() if self._size else 0
        self._bar.update(self._task, description=sentence, completed=done)
        if self._bar.disable and totals.read // _EVERY > self._said:
            self._said = totals.read // _EVERY
            share = f" ({100 * done // self._size}\u00a0%)" if self._size else ""
            self._out.write(f"{sentence}{share}\n")
            self._out.flush()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def counted(number: int) -> str:
    """Return a number as French prints it: `1 000 000`, with non-breaking spaces."""
    return f"{number:,}".replace(",", "\u202f")
