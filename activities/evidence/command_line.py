"""Runs the commands on the evidence: a fault ends each of them with one line and status 2."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import ArgumentError, DBAPIError

from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError
from activities.config.settings import FiguresSettings, SettingsError, stop
from activities.store.database import Database
from election.settings import Election, ElectionFileError, load

T = TypeVar("T")


class EvidenceError(Exception):
    """Raised when a command on the evidence is refused; the text is one line."""


def run(settings: Callable[[], FiguresSettings], command: Callable[[Database, Election], Awaitable[T]]) -> T:
    """Return what a command returns, with the database and the election that the settings name."""

    async def connected() -> T:
        read = settings()
        election, database = load(read.election), Database(read.database_url)
        try:
            return await command(database, election)
        finally:
            await database.close()

    try:
        return asyncio.run(connected())
    except (SettingsError, ElectionFileError, DatabaseNotReadyError, EvidenceError) as error:
        stop(error)
    except (ArgumentError, DatabaseUnavailableError) as error:
        stop(error)
    except (DBAPIError, OSError) as error:
        stop(RuntimeError(str(error).partition("\n")[0]))


def operator_argument(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add the argument of the operator's name."""
    parser.add_argument("--operator", type=_name, required=required, help="your own name, which the journal keeps")


def _name(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("your own name is needed")
    return text.strip()
