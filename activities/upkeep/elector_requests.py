"""`python -m activities.upkeep.elector_requests unlock|give-back --operator NAME`: helps an elector who calls support.

`unlock` lifts the pauses after wrong proofs and wrong voting codes, and that of an elector's objection; `give-back` gives back the
requests for an identifier (2018) that were counted, for an elector who objects to them. The identifier is asked for, or read
from the standard input: an argument would stay in the shell's history and show in the list of processes.
"""

import argparse
import secrets
import sys
from dataclasses import dataclass

from activities.accounts.roll import Roll
from activities.commands.command_line import UNCHANGED, CommandError, asked, operator_argument, run_on_electors
from activities.config.clock import utc_now
from activities.evidence.journal import Entry, Event, Journal
from activities.limits.quotas import Quotas
from activities.objections.pauses import ObjectionPauses
from activities.proofs.attempts import Attempts, AttemptScope
from activities.proofs.numen import NumenProof
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from election.settings import Election

UNLOCK, GIVE_BACK = "unlock", "give-back"
_SAID = {
    UNLOCK: "Preuves et code de vote débloqués. Essais oubliés",
    GIVE_BACK: "Demandes d’identifiant rendues",
}


@dataclass(frozen=True)
class Helped:
    """How many failures or requests there were, and whether an objection paused the elector's recoveries."""

    number: int
    had_objected: bool = False


class ElectorRequests:
    """What an operator can do for one elector's requests; each act is journalled with the operator's name."""

    def __init__(self, database: Database, keyed: KeyedHash, election: Election) -> None:
        self._database = database
        self._roll = Roll(database, keyed)
        self._journal = Journal(database, election, utc_now)
        self._attempts = Attempts(database, election.proof_attempts, utc_now)
        self._numen = NumenProof(database, keyed, self._attempts, self._attempts)
        self._quotas = Quotas(election)
        self._pauses = ObjectionPauses(database, utc_now)

    async def unlock(self, identifier: str, operator: str) -> Helped:
        """Lift the pauses after wrong proofs and codes, and that of an objection, and return what there was.

        Raises:
            CommandError: the identifier is not on the roll.
        """
        elector_id = await self._elector(identifier)
        numen_subject = await self._numen.subject_of(elector_id)
        where, failures = f"requests/{elector_id}", 0
        entry_id = f"{where}:{secrets.token_hex(8)}"
        async with self._database.writing() as connection:
            for subject, scope in _paused_scopes(elector_id, numen_subject):
                failures += await self._attempts.reset_within(connection, subject, scope)
            had_objected = await self._pauses.lift(connection, elector_id)
            outcome = f"{failures} failures"
            entry = Entry(entry_id, Event.OPERATOR_LIFTED_PAUSE, operator, where, outcome=outcome)
            await self._journal.record(connection, entry)
            if had_objected:
                lifted = Entry(f"{entry_id}:lifted", Event.OPERATOR_LIFTED_OBJECTION, operator, where)
                await self._journal.record(connection, lifted)
        return Helped(failures, had_objected)

    async def give_back(self, identifier: str, operator: str) -> Helped:
        """Give back an elector's requests for an identifier, and return how many there were.

        Raises:
            CommandError: the identifier is not on the roll.
        """
        elector_id = await self._elector(identifier)
        entry_id = f"requests/{elector_id}:{secrets.token_hex(8)}"
        return Helped(await self.give_back_to(elector_id, operator, entry_id))

    async def give_back_to(
        self, elector_id: str, operator: str, entry_id: str, detail: str = "", recovery: str = ""
    ) -> int:
        """Give back an elector's requests, and return how many; `entry_id` and `recovery` as of `SignInUnlock.unlock_elector`."""
        async with self._database.writing() as connection:
            number = await self._quotas.give_back(connection, elector_id)
            where, outcome = recovery or f"requests/{elector_id}", f"{number} requests"
            entry = Entry(entry_id, Event.OPERATOR_GAVE_BACK, operator, where, outcome=outcome, detail=detail)
            await self._journal.record(connection, entry)
        return number

    async def _elector(self, identifier: str) -> str:
        elector_id = (await self._roll.claimant(identifier)).elector_id
        if elector_id is None:
            raise CommandError("Cet identifiant n’est pas sur la liste électorale.")
        return elector_id


def _paused_scopes(elector_id: str, numen_subject: str) -> list[tuple[str, AttemptScope]]:
    return [
        (elector_id, AttemptScope.RECOVERY),
        (elector_id, AttemptScope.VOTE),
        (elector_id, AttemptScope.IDENTIFIER_SIGNED_IN),
        (elector_id, AttemptScope.IDENTIFIER_AND_PASSWORD),
        (numen_subject, AttemptScope.IDENTIFIER),
    ]


def main() -> None:
    """Do the act, or exit with status 2 and one line that says what is wrong."""
    act, operator = _arguments()
    identifier = asked("Identifiant électeur (adresse professionnelle)")

    async def done(database: Database, keyed: KeyedHash, election: Election) -> Helped:
        requests = ElectorRequests(database, keyed, election)
        help_elector = requests.unlock if act == UNLOCK else requests.give_back
        return await help_elector(identifier, operator)

    helped = run_on_electors(done, UNCHANGED)
    objection = " Opposition levée." if helped.had_objected else ""
    sys.stdout.write(f"{_SAID[act]}\u00a0: {helped.number}.{objection}\n")


def _arguments() -> tuple[str, str]:
    parser = argparse.ArgumentParser(prog="python -m activities.upkeep.elector_requests", description=__doc__)
    parser.add_argument("act", choices=list(_SAID))
    operator_argument(parser)
    given = parser.parse_args()
    return given.act, given.operator


if __name__ == "__main__":
    main()
