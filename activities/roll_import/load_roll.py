"""`python -m activities.roll_import.load_roll roll.csv`: imports the electoral roll (docs/roll.md)."""

import argparse
import asyncio
import sys
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import ArgumentError, DBAPIError

from activities.commands.command_line import operator_argument
from activities.config.clock import utc_now
from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError
from activities.config.settings import ImportSettings, SettingsError, key_bytes, read, stop
from activities.evidence.journal import Journal
from activities.roll_import.csv_file import REQUIRED, Record, RollError, RollFile
from activities.roll_import.duplicates import Duplicates
from activities.roll_import.first_credentials import FirstCredentials
from activities.roll_import.lines import NAMING, ElectorLine, LineReader, Refusal, RollLine
from activities.roll_import.opened_file import Encoding, opened
from activities.roll_import.order import Order, Outcome
from activities.roll_import.removal import RollRemoval
from activities.roll_import.report import ImportProgress, Refusals, RefusedLines, Totals, Watcher, summary
from activities.roll_import.writer import RollWriter
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from election.settings import ElectionFileError, load

BATCH = 1_000  # lines for each transaction, so that others can write in between

_PLAIN = Order()
_STOPPED = (
    "la base de données refuse\u00a0: {}. Les lignes déjà importées le restent\u202f; relancez la même commande."
)
Judged = RollLine | ElectorLine | tuple[Refusal, ...]


class RollImport:
    """Imports a roll of any size in constant memory; a refused line does not stop the import."""

    def __init__(self, reader: LineReader, writer: RollWriter, removal: RollRemoval) -> None:
        self._reader = reader
        self._writer = writer
        self._removal = removal

    async def load(self, path: Path, report: Path, out: TextIO, order: Order = _PLAIN) -> Totals:
        """Carry out an order on the lines and return their counts; the same roll again leaves them unchanged.

        Refused lines are written to `report`, progress to `out`.

        Raises:
            RollError: the file's header is not a roll's, or the pepper is not that of the roll; nothing was written.
        """
        await self._writer.check_pepper()
        with opened(path) as file:
            roll = RollFile(file.text, file.encoding, NAMING if order.removes else REQUIRED)
            if file.encoding is not Encoding.UTF_8:
                out.write(f"encodage reconnu\u00a0: {file.encoding}\n")
            if roll.ignored:
                out.write(f"colonnes qui ne sont pas lues\u00a0: {', '.join(roll.ignored)}\n")
            with RefusedLines(report) as refused, ImportProgress(file.text, out) as progress:
                return await self.carry_out(roll, replace(order, file_hash=file.sha256), refused, progress)

    async def carry_out(self, roll: RollFile, order: Order, refused: Refusals, progress: Watcher) -> Totals:
        """Carry out an order on the lines of an open file, and return their counts.

        Raises:
            RollError: there are no lines.
        """
        totals = Totals()
        records = roll.records()
        with closing(Duplicates()) as duplicates:
            while batch := list(islice(records, BATCH)):
                judged = [self._judged(record, duplicates, order) for record in batch]
                outcome = await self._write(judged, order)
                refused.add(sorted(outcome.refused, key=lambda refusal: refusal.line))
                totals.add(len(batch), outcome)
                progress.show(totals)
        if not totals.read:
            raise RollError("le fichier n’a qu’un en-tête\u00a0: il n’y a aucun électeur à importer")
        return totals

    def _judged(self, record: Record | Refusal, duplicates: Duplicates, order: Order) -> Judged:
        if isinstance(record, Refusal):
            return (record,)
        read_line = self._reader.read_names if order.removes else self._reader.read
        line = read_line(record.number, record.cells)
        repeated = None if isinstance(line, tuple) else duplicates.refusal(line)
        return (repeated,) if repeated else line

    async def _write(self, judged: list[Judged], order: Order) -> Outcome:
        refused = [each for some in judged if isinstance(some, tuple) for each in some]
        if order.removes:
            named = [each for each in judged if isinstance(each, ElectorLine)]
            return await self._removal.remove(named, refused, order)
        return await self._writer.write([each for each in judged if isinstance(each, RollLine)], refused, order)


def main() -> None:
    """Import the roll; exit with status 1 when lines were refused, 2 when the import failed."""
    arguments = _arguments()
    order = Order(
        arguments.operator or "", updates=arguments.update, removes=arguments.remove, is_trial=arguments.check
    )
    try:
        settings = read(ImportSettings)
        totals = asyncio.run(_import(arguments.roll, arguments.report, settings, order))
    except (SettingsError, ElectionFileError, DatabaseNotReadyError, RollError, ArgumentError) as error:
        stop(error)
    except OSError as error:
        stop(RollError(f"{error.filename}\u00a0: fichier inaccessible ({error.strerror})"))
    except (DatabaseUnavailableError, DBAPIError) as error:
        stop(RollError(_STOPPED.format(_fault(error))))
    raise SystemExit(1 if totals.refused else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m activities.roll_import.load_roll", description=__doc__)
    parser.add_argument("roll", type=Path, help="the roll, CSV, best in UTF-8")
    parser.add_argument("--report", type=Path, help="where refused lines go (default: next to the roll)")
    parser.add_argument("--check", action="store_true", help="change nothing, and say what would be done")
    changing = parser.add_mutually_exclusive_group()
    changing.add_argument("--update", action="store_true", help="also correct electors who are on the roll")
    changing.add_argument("--remove", action="store_true", help="remove the file's electors from the roll")
    operator_argument(parser, required=False)
    arguments = parser.parse_args()
    arguments.report = arguments.report or arguments.roll.with_suffix(".refused.csv")
    if arguments.report.resolve() == arguments.roll.resolve():
        parser.error("the report would overwrite the roll")
    if (arguments.update or arguments.remove) and not (arguments.operator or arguments.check):
        parser.error("--operator: your own name is needed, for the journal")
    return arguments


def _fault(error: DatabaseUnavailableError | DBAPIError) -> str:
    cause = error.__cause__ if isinstance(error, DatabaseUnavailableError) else error
    original = cause.orig if isinstance(cause, DBAPIError) else cause
    return str(original).partition("\n")[0]  # PostgreSQL's next lines quote values


async def _import(path: Path, report: Path, settings: ImportSettings, order: Order) -> Totals:
    election = load(settings.election)
    database = Database(settings.database_url)
    keyed = KeyedHash(key_bytes(settings.pepper))
    journal = Journal(database, election, utc_now)
    first_credentials = FirstCredentials(database, keyed, SlowHash(keyed), utc_now)
    reader = LineReader(election.work_mail_domains, election.voting_code, election.proof_datum)
    writer = RollWriter(database, keyed, first_credentials, journal)
    roll_import = RollImport(reader, writer, RollRemoval(database, keyed, journal))
    try:
        totals = await roll_import.load(path, report, sys.stderr, order)
    finally:
        await database.close()
    sys.stdout.write(summary(totals, report, order))
    return totals


if __name__ == "__main__":
    main()
