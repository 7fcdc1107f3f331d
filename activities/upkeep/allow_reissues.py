"""`python -m activities.upkeep.allow_reissues --operator NAME [--more N]`: allows an elector more voting codes than the election does.

The identifier is asked for, or read from the standard input: an argument would stay in the shell's history and show in
the list of processes.
"""

import argparse
import secrets
import sys

from activities.accounts.credentials import lock_elector
from activities.accounts.roll import Roll
from activities.commands.command_line import UNCHANGED, CommandError, asked, operator_argument, run_on_electors
from activities.config.clock import utc_now
from activities.evidence.journal import Entry, Event, Journal
from activities.limits.reissue_limit import ReissueLimit
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from election.procedures import Procedure, workflow_id_of
from election.settings import Election

_MOST = 5  # more at once is a slip of the finger


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
            CommandError: the identifier is not on the roll.
        """
        elector_id = (await self._roll.claimant(identifier)).elector_id
        if elector_id is None:
            raise CommandError("Cet identifiant n’est pas sur la liste électorale.")
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
    identifier = asked("Identifiant électeur (adresse professionnelle)")

    async def allowed(database: Database, keyed: KeyedHash, election: Election) -> int:
        return await ReissueAllowance(database, keyed, election).allow(identifier, operator, more)

    left = run_on_electors(allowed, UNCHANGED)
    sys.stdout.write(f"C’est noté. Nouveaux codes de vote encore possibles\u00a0: {left}.\n")


def _arguments() -> tuple[str, int]:
    parser = argparse.ArgumentParser(prog="python -m activities.upkeep.allow_reissues", description=__doc__)
    operator_argument(parser)
    parser.add_argument("--more", type=int, default=1, choices=range(1, _MOST + 1), help="how many more codes")
    given = parser.parse_args()
    return given.operator, given.more


if __name__ == "__main__":
    main()
