"""Runs operators' commands: a fault ends each of them with one line and status 2."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import ArgumentError, DBAPIError

from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError
from activities.config.settings import FiguresSettings, ImportSettings, SettingsError, key_bytes, read, stop
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from election.settings import Election, ElectionFileError, load

T = TypeVar("T")
_AWAY = "La base de données ne répond pas, ou refuse."
AGAIN = f"{_AWAY} Relancez la commande."
UNCHANGED = f"{_AWAY} Rien n’a changé\u202f; relancez la commande."
REPEATABLE = f"{_AWAY} Relancez la commande\u00a0: elle peut l’être plusieurs fois."


class CommandError(Exception):
    """Raised when a command is refused; the text is one line without personal data."""


def run(
    settings: Callable[[], FiguresSettings | ImportSettings],
    command: Callable[[Database, Election], Awaitable[T]],
    away: str = "",
) -> T:
    """Return what a command returns, with the database and the election that the settings name.

    `away` is the line for a database that does not answer, or refuses; without it that line is the error's first.
    """

    async def connected() -> T:
        found = settings()
        election, database = load(found.election), Database(found.database_url)
        try:
            return await command(database, election)
        finally:
            await database.close()

    try:
        return asyncio.run(connected())
    except (SettingsError, ElectionFileError, DatabaseNotReadyError, CommandError, ArgumentError) as error:
        stop(error)
    except (DatabaseUnavailableError, DBAPIError) as error:
        stop(RuntimeError(away or _first_line(error)))
    except OSError as error:
        stop(RuntimeError(_first_line(error)))


def run_on_electors(command: Callable[[Database, KeyedHash, Election], Awaitable[T]], away: str) -> T:
    """Return what a command returns that finds electors by what they type: by the pepper."""
    try:
        settings = read(ImportSettings)
    except SettingsError as error:
        stop(error)

    async def keyed(database: Database, election: Election) -> T:
        return await command(database, KeyedHash(key_bytes(settings.pepper)), election)

    return run(lambda: settings, keyed, away)


def operator_argument(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add the argument of the operator's name."""
    parser.add_argument("--operator", type=_name, required=required, help="your own name, which the journal keeps")


def asked(what: str) -> str:
    """Return a line of the standard input; a person at a terminal is told what to type."""
    if sys.stdin.isatty():
        sys.stderr.write(f"{what}\u00a0: ")
        sys.stderr.flush()
    return sys.stdin.readline().strip("\r\n")


def _name(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("your own name is needed")
    return text.strip()


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
