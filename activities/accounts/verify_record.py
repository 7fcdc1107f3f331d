"""`python -m activities.accounts.verify_record --at INSTANT --code CODE`: says whether a printed record is the journal's.

The work address is asked for on the standard input. INSTANT and CODE stand on the printed page.
"""

import argparse
import sys
from datetime import datetime

from activities.accounts.elector_record import ElectorRecord, ElectorRecords
from activities.accounts.roll import Roll
from activities.commands.command_line import AGAIN, CommandError, asked, run_on_electors
from activities.config.clock import utc_now
from activities.proofs.attempts import Attempts
from activities.proofs.numen import NumenProof
from activities.security.hashing import KeyedHash
from activities.store.database import Database
from election.settings import Election


async def verified(
    database: Database, keyed: KeyedHash, election: Election, address: str, at: datetime, code: str
) -> ElectorRecord:
    """Return the record that a code stands for.

    Raises:
        CommandError: the address is not on the roll, or the journal has another record for that instant.
    """
    roll = Roll(database, keyed)
    elector_id = (await roll.claimant(address)).elector_id
    if elector_id is None:
        raise CommandError("Cette adresse n’est pas sur la liste électorale.")
    numen = NumenProof(database, keyed, Attempts(database, election.attempts, utc_now))
    records = ElectorRecords(database, keyed, roll, numen)
    record = await records.read(elector_id, at)
    if not records.is_right(record, code):
        raise CommandError(
            "Le code ne correspond pas au journal\u00a0: la page a été changée, ou l’adresse ou la date n’est pas la sienne."
        )
    return record


def main() -> None:
    """Print the record's lines, or exit with status 2 and one line that says what is wrong."""
    arguments = _arguments()
    address = asked("Adresse professionnelle de l’électeur ou de l’électrice")

    async def found(database: Database, keyed: KeyedHash, election: Election) -> ElectorRecord:
        return await verified(database, keyed, election, address, arguments.at, arguments.code)

    record = run_on_electors(found, AGAIN)
    sys.stdout.write(f"Le code est celui du journal. Lignes\u00a0: {len(record.evidence)}.\n")
    for line in record.evidence:
        parts = (line.recorded_at.isoformat(), line.event, line.procedure, line.channel, line.outcome)
        sys.stdout.write(f"{' '.join(part for part in parts if part)}\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m activities.accounts.verify_record", description=__doc__)
    parser.add_argument("--at", required=True, type=datetime.fromisoformat, help="the instant on the page")
    parser.add_argument("--code", required=True, help="the code on the page")
    arguments = parser.parse_args()
    if arguments.at.tzinfo is None:
        parser.error("--at: the instant needs its offset, as on the page: 2026-12-05T14:32:07+01:00")
    return arguments


if __name__ == "__main__":
    main()
