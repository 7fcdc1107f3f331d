"""`python -m activities.evidence.close --operator NAME`: journals the close of the vote, seals it, and prints the head."""

import argparse
import secrets
import sys

from activities.commands.command_line import operator_argument, run
from activities.config.clock import utc_now
from activities.config.settings import FiguresSettings, read
from activities.evidence.chain.hashes import Head
from activities.evidence.chain.sealing import Sealing
from activities.evidence.journal import Entry, Event, Journal
from activities.store.database import Database
from election.settings import Election


async def close(database: Database, election: Election, operator: str) -> Head:
    """Add the final entry after all others, and return the head of the chain with it.

    What is written later is sealed too, and counted by the verification.
    """
    sealing = Sealing(database, utc_now)
    await sealing.seal()
    async with database.writing() as connection:
        entry = Entry(f"close:{secrets.token_hex(16)}", Event.JOURNAL_CLOSED, operator, "")
        await Journal(database, election, utc_now).record(connection, entry)
    return await sealing.seal()


def main() -> None:
    """Close the journal, and print the head to note in the minutes of the vote."""
    parser = argparse.ArgumentParser(prog="python -m activities.evidence.close", description=__doc__)
    operator_argument(parser)
    operator: str = parser.parse_args().operator

    async def closed(database: Database, election: Election) -> Head:
        return await close(database, election, operator)

    head = run(lambda: read(FiguresSettings), closed)
    sys.stdout.write(f"Journal clos. À consigner au procès-verbal, tête de la chaîne\u00a0: {head}\n")


if __name__ == "__main__":
    main()
