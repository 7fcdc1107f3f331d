"""`python -m activities.roll_import.load_roll roll.csv`: imports the electoral roll (docs/roll.md)."""

import argparse
import asyncio
import sys
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import ArgumentError, DBAPIError

from activities.config.errors import DatabaseUnavailableError
from activities.config.settings import ImportSettings, SettingsError, key_bytes, read, stop
from activities.roll_import.csv_file import Record, RollError, RollFile
from activities.roll_import.duplicates import Duplicates
from activities.roll_import.first_credentials import FirstCredentials
from activities.roll_import.lines import LineReader, Refusal, RollLine
from activities.roll_import.report import ImportProgress, RefusedLines, Totals
from activities.roll_import.writer import RollWriter
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from election.french_numbers import french_number
from election.settings import ElectionFileError, load

BATCH = 1_000  # lines for each transaction, so that others can write in between

_STOPPED = (
    "la base de données refuse\u00a0: {}. Les lignes déjà importées le restent\u202f; relancez la même commande."
)


class RollImport:
    """Imports a roll of any size in constant memory; a refused line does not stop the import."""

    def __init__(self, reader: LineReader, writer: RollWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def load(self, path: Path, report: Path, out: TextIO) -> Totals:
        """Import the lines and return their counts; the same roll again leaves them unchanged.

        Refused lines are written to `report`, progress to `out`.

        Raises:
            RollError: the file's header is not a roll's; nothing was written.
        """
        with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
            roll = RollFile(file)
            if roll.ignored:
                out.write(f"colonnes qui ne sont pas lues\u00a0: {', '.join(roll.ignored)}\n")
            with RefusedLines(report) as refused, ImportProgress(file, out) as progress:
                return await self._load(roll, refused, progress)

    async def _load(self, roll: RollFile, refused: RefusedLines, progress: ImportProgress) -> Totals:
        totals = Totals()
        records = roll.records()
        with closing(Duplicates()) as duplicates:
            while batch := list(islice(records, BATCH)):
                judged = [self._judged(record, duplicates) for record in batch]
                outcome = await self._writer.write([each for each in judged if isinstance(each, RollLine)])
                refusals = [
                    *outcome.refused,
                    *(each for some in judged if isinstance(some, tuple) for each in some),
                ]
                refused.add(sorted(refusals, key=lambda refusal: refusal.line))
                totals.read += len(batch)
                totals.added += len(outcome.added)
                totals.updated += len(outcome.updated)
                totals.unchanged += outcome.unchanged
                totals.refused += len({refusal.line for refusal in refusals})
                progress.show(totals)
        return totals

    def _judged(self, record: Record | Refusal, duplicates: Duplicates) -> RollLine | tuple[Refusal, ...]:
        if isinstance(record, Refusal):
            return (record,)
        line = self._reader.read(record.number, record.cells)
        repeated = duplicates.refusal(line) if isinstance(line, RollLine) else None
        return (repeated,) if repeated else line


def main() -> None:
    """Import the roll; exit with status 1 when lines were refused, 2 when the import failed."""
    arguments = _arguments()
    try:
        settings = read(ImportSettings)
        totals = asyncio.run(_import(arguments.roll, arguments.report, settings))
    except (SettingsError, ElectionFileError, RollError, ArgumentError) as error:
        stop(error)
    except OSError as error:
        stop(RollError(f"{error.filename}\u00a0: fichier inaccessible ({error.strerror})"))
    except (DatabaseUnavailableError, DBAPIError) as error:
        stop(RollError(_STOPPED.format(_fault(error))))
    raise SystemExit(1 if totals.refused else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m activities.roll_import.load_roll", description=__doc__)
    parser.add_argument("roll", type=Path, help="the roll, CSV in UTF-8")
    parser.add_argument("--report", type=Path, help="where refused lines go (default: next to the roll)")
    arguments = parser.parse_args()
    arguments.report = arguments.report or arguments.roll.with_suffix(".refused.csv")
    if arguments.report.resolve() == arguments.roll.resolve():
        parser.error("the report would overwrite the roll")
    return arguments


def _fault(error: DatabaseUnavailableError | DBAPIError) -> str:
    cause = error.__cause__ if isinstance(error, DatabaseUnavailableError) else error
    original = cause.orig if isinstance(cause, DBAPIError) else cause
    return str(original).partition("\n")[0]  # PostgreSQL's next lines quote values


async def _import(path: Path, report: Path, settings: ImportSettings) -> Totals:
    election = load(settings.election)
    database = Database(settings.database_url)
    keyed = KeyedHash(key_bytes(settings.pepper))
    first_credentials = FirstCredentials(database, keyed, SlowHash(), lambda: datetime.now(UTC))
    reader = LineReader(election.work_mail_domains, election.voting_code)
    roll_import = RollImport(reader, RollWriter(database, keyed, first_credentials))
    try:
        totals = await roll_import.load(path, report, sys.stderr)
    finally:
        await database.close()
    sys.stdout.write(_summary(totals, report))
    return totals


def _summary(totals: Totals, report: Path) -> str:
    counts = {
        "lignes lues": totals.read,
        "électeurs ajoutés": totals.added,
        "électeurs mis à jour": totals.updated,
        "électeurs inchangés": totals.unchanged,
        "lignes refusées": totals.refused,
    }
    lines = [f"{name}\u00a0: {french_number(number)}" for name, number in counts.items()]
    lines += [f"motifs des refus\u00a0: {report}"] if totals.refused else []
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
