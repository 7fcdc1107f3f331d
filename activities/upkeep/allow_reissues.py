"""`python -m activities.upkeep.allow_reissues --operator NAME [--more N]`: allows an elector more voting codes than the election does.

The identifier is asked for, or read from the standard input: an argument would stay in the shell's history and show in
the list of processes.
"""

import argparse
import asyncio
import secrets
import sys

from sqlalchemy.exc import ArgumentError, DBAPIError

from activities.accounts.credentials import lock_elector
from activities.accounts.roll import Roll
from activities.config.clock import utc_now
from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError
from activities.config.settings import ImportSettings, SettingsError, key_bytes, read, stop
from activities.evidence.journal import Entry, Event, Journal
from activities.limits.reissue_limit import ReissueLimit
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from election.procedures import Procedure, workflow_id_of
from election.settings import Election, ElectionFileError, load

_MOST = 5  # more at once is a slip of the finger


class AllowanceError(Exception):
    """Raised when no more codes can be allowed; the text is one line without the identifier."""


class ReissueAllowance:
    """Allows an elector more new voting codes, and journals which operator did it."""

    def __init__(self, database: Database, keyed: KeyedHash, election: Election) -> None:
        self._database = database
        self._roll = Roll(database, keyed)
        self._journal = Journal(database, election, utc_now)
        self._reissues = ReissueLimit(database, election.voting_code_recovery.reissues)

    async def allow(self, identifier: str, operator: str, more: int) -> int:
        """Allow so many more codes, and return how many the elector may have from now on.

        Raises:
            AllowanceError: the identifier is not on the roll.
        """
        elector_id = (await self._roll.claimant(identifier)).elector_id
        if elector_id is None:
            raise AllowanceError("Cet identifiant n’est pas sur la liste électorale.")
        # Under the id of the elector's recoveries: it stands in the elector's own record too.
        where, entry_id = workflow_id_of(Procedure.VOTING_CODE, elector_id), f"reissues:{secrets.token_hex(16)}"
        entry = Entry(entry_id, Event.OPERATOR_ALLOWED_REISSUES, operator, where, outcome=f"{more} more")
        async with self._database.writing() as connection:
            await lock_elector(connection, elector_id)
            await self._reissues.allow_more(connection, elector_id, more)
            await self._journal.record(connection, entry)
            return await self._reissues.left_within(connection, elector_id)


def main() -> None:
    """Allow more codes, or exit with status 2 and one line that says what is wrong."""
    operator, more = _arguments()
    try:
        left = asyncio.run(_allow(_identifier(), operator, more, read(ImportSettings)))
    except (SettingsError, ElectionFileError, DatabaseNotReadyError, AllowanceError, ArgumentError) as error:
        stop(error)
    except (DatabaseUnavailableError, DBAPIError):
        stop(
            AllowanceError(
                "La base de données ne répond pas, ou refuse. Rien n’a changé\u202f; relancez la commande."
            )
        )
    sys.stdout.write(f"C’est noté. Nouveaux codes de vote encore possibles\u00a0: {left}.\n")


def _arguments() -> tuple[str, int]:
    parser = argparse.ArgumentParser(prog="python -m activities.upkeep.allow_reissues", description=__doc__)
    parser.add_argument("--operator", required=True, help="your own name, which the journal keeps")
    parser.add_argument("--more", type=int, default=1, choices=range(1, _MOST + 1), help="how many more codes")
    given = parser.parse_args()
    name = str(given.operator).strip()
    if not name:
        parser.error("--operator: your own name is needed")
    return name, int(given.more)


def _identifier() -> str:
    if sys.stdin.isatty():
        sys.stderr.write("Identifiant électeur (adresse professionnelle)\u00a0: ")
        sys.stderr.flush()
    return sys.stdin.readline().strip("\r\n")


async def _allow(identifier: str, operator: str, more: int, settings: ImportSettings) -> int:
    election = load(settings.election)
    database = Database(settings.database_url)
    try:
        allowance = ReissueAllowance(database, KeyedHash(key_bytes(settings.pepper)), election)
        return await allowance.allow(identifier, operator, more)
    finally:
        await database.close()


if __name__ == "__main__":
    main()
