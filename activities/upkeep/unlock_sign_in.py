"""`python -m activities.upkeep.unlock_sign_in --operator NAME [--list | --all]`: unlocks sign-ins.

The identifier is asked for, or read from the standard input (with `--list` one a line): an argument would stay in the
shell's history and show in the list of processes.
"""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import ArgumentError, DBAPIError

from activities.accounts.roll import Roll
from activities.accounts.sign_in import build_sign_in
from activities.config.clock import utc_now
from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError
from activities.config.settings import ImportSettings, SettingsError, key_bytes, read, stop
from activities.evidence.journal import Entry, Event, Journal
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from election.settings import Election, ElectionFileError, load


class UnlockError(Exception):
    """Raised when a sign-in cannot be unlocked; the text is one line without the identifier."""


@dataclass(frozen=True)
class Order:
    """What an operator asked for: everyone, or these identifiers; `is_list` when some of them may be unknown."""

    operator: str
    identifiers: Sequence[str] = ()
    is_list: bool = False
    is_all: bool = False


class SignInUnlock:
    """Deletes the wrong passwords of unknown browsers, and journals which operator did it."""

    def __init__(self, database: Database, keyed: KeyedHash, election: Election) -> None:
        self._database = database
        self._roll = Roll(database, keyed)
        self._journal = Journal(database, election, utc_now)
        self._sign_in = build_sign_in(database, keyed, SlowHash(keyed), election, utc_now)

    async def run(self, order: Order) -> str:
        """Unlock what an order names, and return a French sentence of what was done.

        Raises:
            UnlockError: the only identifier is not on the roll.
        """
        if order.is_all:
            unlocked = await self.unlock_all(order.operator)
            return f"Connexions débloquées pour tout le monde. Identifiants concernés\u00a0: {unlocked}."
        if not order.is_list:
            failures = await self.unlock(order.identifiers[0], order.operator)
            return f"Connexion débloquée. Essais oubliés\u00a0: {failures}."
        found = [await self._unlock_if_known(each, order.operator) for each in order.identifiers]
        return (
            f"Connexions débloquées\u00a0: {sum(found)}. Identifiants inconnus\u00a0: {len(found) - sum(found)}."
        )

    async def unlock(self, identifier: str, operator: str) -> int:
        """Delete the counted wrong passwords of one elector, and return how many.

        Raises:
            UnlockError: the identifier is not on the roll.
        """
        claimant = await self._roll.claimant(identifier)
        if claimant.elector_id is None:
            raise UnlockError("Cet identifiant n’est pas sur la liste électorale.")
        entry_id = f"sign-in/{claimant.elector_id}:{secrets.token_hex(8)}"
        return await self.unlock_elector(claimant.elector_id, operator, entry_id)

    async def unlock_elector(
        self, elector_id: str, operator: str, entry_id: str, detail: str = "", recovery: str = ""
    ) -> int:
        """Do the same for an elector by id; `entry_id` is that of the line in the journal, which is the `recovery`'s if one is named."""
        async with self._database.writing() as connection:
            subjects = await self._roll.subjects(connection, elector_id)
            failures = await self._sign_in.unlock(connection, subjects)
            where, outcome = recovery or f"sign-in/{elector_id}", f"{failures} failures"
            entry = Entry(entry_id, Event.OPERATOR_UNLOCKED, operator, where, outcome=outcome, detail=detail)
            await self._journal.record(connection, entry)
        return failures

    async def unlock_all(self, operator: str) -> int:
        """Delete every count that pauses a sign-in or asks for a code, on the roll or not, and return how many."""
        async with self._database.writing() as connection:
            unlocked = await self._sign_in.unlock_all(connection)
            await self._journal.record(connection, _entry("sign-in/all", operator, f"{unlocked} counts"))
        return unlocked

    async def _unlock_if_known(self, identifier: str, operator: str) -> bool:
        try:
            await self.unlock(identifier, operator)
        except UnlockError:
            return False
        return True


def _entry(where: str, operator: str, outcome: str) -> Entry:
    entry_id = f"{where}:{secrets.token_hex(8)}"
    return Entry(entry_id, Event.OPERATOR_UNLOCKED, operator, where, outcome=outcome)


def main() -> None:
    """Unlock sign-ins, or exit with status 2 and one line that says what is wrong."""
    order = _order()
    try:
        done = asyncio.run(_unlock(order, read(ImportSettings)))
    except (SettingsError, ElectionFileError, DatabaseNotReadyError, UnlockError, ArgumentError) as error:
        stop(error)
    except (DatabaseUnavailableError, DBAPIError):
        stop(
            UnlockError(
                "La base de données ne répond pas, ou refuse. Relancez la commande\u00a0: elle peut l’être plusieurs fois."
            )
        )
    sys.stdout.write(f"{done}\n")


def _order() -> Order:
    parser = argparse.ArgumentParser(prog="python -m activities.upkeep.unlock_sign_in", description=__doc__)
    parser.add_argument("--operator", required=True, help="your own name, which the journal keeps")
    several = parser.add_mutually_exclusive_group()
    several.add_argument("--list", action="store_true", help="read several identifiers, one a line")
    several.add_argument("--all", action="store_true", help="unlock everyone, for instance after an attack")
    given = parser.parse_args()
    name = str(given.operator).strip()
    if not name:
        parser.error("--operator: your own name is needed")
    if given.all:
        return Order(name, is_all=True)
    if given.list:
        return Order(name, [line.strip("\r\n") for line in sys.stdin if line.strip()], is_list=True)
    return Order(name, [_identifier()])


def _identifier() -> str:
    if sys.stdin.isatty():
        sys.stderr.write("Identifiant électeur (adresse professionnelle)\u00a0: ")
        sys.stderr.flush()
    return sys.stdin.readline().strip("\r\n")


async def _unlock(order: Order, settings: ImportSettings) -> str:
    election = load(settings.election)
    database = Database(settings.database_url)
    try:
        return await SignInUnlock(database, KeyedHash(key_bytes(settings.pepper)), election).run(order)
    finally:
        await database.close()


if __name__ == "__main__":
    main()
