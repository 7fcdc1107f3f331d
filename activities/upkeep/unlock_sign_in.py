"""`python -m activities.upkeep.unlock_sign_in --operator NAME [--list | --all]`: unlocks sign-ins.

The identifier is asked for, or read from the standard input (with `--list` one a line): an argument would stay in the
shell's history and show in the list of processes.
"""

import argparse
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from activities.accounts.roll import Roll
from activities.accounts.sign_in import build_sign_in
from activities.commands.command_line import REPEATABLE, CommandError, asked, operator_argument, run_on_electors
from activities.config.clock import utc_now
from activities.evidence.journal import Entry, Event, Journal
from activities.security.hashing import KeyedHash, SlowHash
from activities.store.database import Database
from election.settings import Election


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
            CommandError: the only identifier is not on the roll.
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
            CommandError: the identifier is not on the roll.
        """
        claimant = await self._roll.claimant(identifier)
        if claimant.elector_id is None:
            raise CommandError("Cet identifiant n’est pas sur la liste électorale.")
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
        except CommandError:
            return False
        return True


def _entry(where: str, operator: str, outcome: str) -> Entry:
    entry_id = f"{where}:{secrets.token_hex(8)}"
    return Entry(entry_id, Event.OPERATOR_UNLOCKED, operator, where, outcome=outcome)


def main() -> None:
    """Unlock sign-ins, or exit with status 2 and one line that says what is wrong."""
    order = _order()

    async def unlocked(database: Database, keyed: KeyedHash, election: Election) -> str:
        return await SignInUnlock(database, keyed, election).run(order)

    sys.stdout.write(f"{run_on_electors(unlocked, REPEATABLE)}\n")


def _order() -> Order:
    parser = argparse.ArgumentParser(prog="python -m activities.upkeep.unlock_sign_in", description=__doc__)
    operator_argument(parser)
    several = parser.add_mutually_exclusive_group()
    several.add_argument("--list", action="store_true", help="read several identifiers, one a line")
    several.add_argument("--all", action="store_true", help="unlock everyone, for instance after an attack")
    given = parser.parse_args()
    if given.all:
        return Order(given.operator, is_all=True)
    if given.list:
        return Order(given.operator, [line.strip("\r\n") for line in sys.stdin if line.strip()], is_list=True)
    return Order(given.operator, [asked("Identifiant électeur (adresse professionnelle)")])


if __name__ == "__main__":
    main()
