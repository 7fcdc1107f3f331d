"""`python -m activities.upkeep.unlock_sign_in --operator NAME`: unlocks the sign-in of an identifier.

The identifier is asked for, or read from the standard input: an argument would stay in the shell's history
and show in the list of processes.
"""

import argparse
import asyncio
import secrets
import sys

from sqlalchemy.exc import ArgumentError, DBAPIError

from activities.accounts.known_browsers import KnownBrowsers
from activities.accounts.roll import Roll
from activities.accounts.sign_in import SignIn
from activities.config.clock import utc_now
from activities.config.errors import DatabaseUnavailableError
from activities.config.settings import ImportSettings, SettingsError, key_bytes, read, stop
from activities.evidence.journal import Entry, Event, Journal
from activities.proofs.attempts import Attempts
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from election.settings import Election, ElectionFileError, load


class UnlockError(Exception):
    """Raised when a sign-in cannot be unlocked; the text is one line without the identifier."""


class SignInUnlock:
    """Deletes the wrong passwords of unknown browsers, and journals which operator did it."""

    def __init__(self, database: Database, keyed: KeyedHash, election: Election) -> None:
        self._database = database
        self._roll = Roll(database, keyed)
        self._journal = Journal(database, election.id, utc_now)
        attempts = Attempts(database, election.sign_in_attempts, utc_now)
        self._sign_in = SignIn(database, SlowHash(), attempts, KnownBrowsers(keyed))

    async def unlock(self, identifier: str, operator: str) -> int:
        """Delete the counted wrong passwords, and return how many.

        Raises:
            UnlockError: the identifier is not on the roll.
        """
        claimant = await self._roll.claimant(identifier)
        if claimant.elector_id is None:
            raise UnlockError("Cet identifiant n’est pas sur la liste électorale.")
        where = f"sign-in/{claimant.elector_id}"
        async with self._database.writing() as connection:
            failures = await self._sign_in.unlock(connection, claimant)
            entry = Entry(
                f"{where}:{secrets.token_hex(8)}",
                Event.OPERATOR_UNLOCKED,
                operator,
                where,
                outcome=f"{failures} failures",
            )
            await self._journal.record(connection, entry)
        return failures


def main() -> None:
    """Unlock a sign-in, or exit with status 2 and one line that says what is wrong."""
    operator = _operator()
    try:
        failures = asyncio.run(_unlock(_identifier(), operator, read(ImportSettings)))
    except (SettingsError, ElectionFileError, UnlockError, ArgumentError) as error:
        stop(error)
    except (DatabaseUnavailableError, DBAPIError):
        stop(
            UnlockError(
                "La base de données ne répond pas, ou refuse. Rien n’a changé\u202f; relancez la commande."
            )
        )
    sys.stdout.write(f"Connexion débloquée. Essais oubliés\u00a0: {failures}.\n")


def _operator() -> str:
    parser = argparse.ArgumentParser(prog="python -m activities.upkeep.unlock_sign_in", description=__doc__)
    parser.add_argument("--operator", required=True, help="your own name, which the journal keeps")
    name = str(parser.parse_args().operator).strip()
    if not name:
        parser.error("--operator: your own name is needed")
    return name


def _identifier() -> str:
    if sys.stdin.isatty():
        sys.stderr.write("Identifiant électeur (adresse professionnelle)\u00a0: ")
        sys.stderr.flush()
    return sys.stdin.readline()


async def _unlock(identifier: str, operator: str, settings: ImportSettings) -> int:
    election = load(settings.election)
    database = Database(settings.database_url)
    try:
        return await SignInUnlock(database, KeyedHash(key_bytes(settings.pepper)), election).unlock(
            identifier, operator
        )
    finally:
        await database.close()


if __name__ == "__main__":
    main()
