"""`python -m activities.evidence.destroy --operator NAME --no-litigation`: destroys the evidence whose time is over.

Journal and ledger are kept for two years after the vote at least, and as long as an action before a court lasts. The
chain's hashes and the record of the destruction stay.
"""

import argparse
import secrets
import sys
from dataclasses import dataclass

from sqlalchemy import delete, func
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.commands.command_line import CommandError, operator_argument, run
from activities.config.clock import utc_now
from activities.config.settings import FiguresSettings, read
from activities.evidence.chain.hashes import Head
from activities.evidence.chain.sealing import Sealing
from activities.evidence.journal import Entry, Event, Journal
from activities.store.database import Database
from activities.store.tables import journal, messages
from activities.texts.dates import written_instant
from election.settings import Election
from election.text.numbers import written_number

# By the server's clock, as the trigger that refuses an earlier deletion.
_DESTROY_ENTRIES = delete(journal).where(journal.c.expires_at <= func.now())
_DESTROY_MESSAGES = delete(messages)


@dataclass(frozen=True)
class Destruction:
    """How many entries of the journal and messages of the ledger were destroyed, and the head of the chain after it."""

    entries: int
    messages: int
    head: Head


async def destroy(database: Database, election: Election, operator: str) -> Destruction:
    """Delete what is old enough, and journal how many rows.

    Raises:
        CommandError: the time is not over.
    """
    closes = election.calendar.vote.closes
    due = election.retention.kept_until(closes, closes)
    if utc_now() < due:
        raise CommandError(
            f"Rien n’est détruit\u00a0: la conservation dure jusqu’au {written_instant(due, election.zone)}."
        )
    sealing = Sealing(database, utc_now)
    await sealing.seal()
    async with database.writing() as connection:
        entries, sent = await _delete(connection)
        entry = Entry(
            f"destroy:{secrets.token_hex(16)}",
            Event.EVIDENCE_DESTROYED,
            operator,
            "",
            outcome=f"{entries} entries",
            detail=f"{sent} messages",
        )
        await Journal(database, election, utc_now).record(connection, entry)
    return Destruction(entries, sent, await sealing.seal())


async def _delete(connection: AsyncConnection) -> tuple[int, int]:
    return (await connection.execute(_DESTROY_ENTRIES)).rowcount, (
        await connection.execute(_DESTROY_MESSAGES)
    ).rowcount


def main() -> None:
    """Destroy, and print what was destroyed."""
    parser = argparse.ArgumentParser(prog="python -m activities.evidence.destroy", description=__doc__)
    operator_argument(parser)
    parser.add_argument(
        "--no-litigation",
        action="store_true",
        required=True,
        help="you confirm that no action before a court is pending: it would suspend the destruction",
    )
    operator: str = parser.parse_args().operator

    async def destroyed(database: Database, election: Election) -> Destruction:
        return await destroy(database, election, operator)

    done = run(lambda: read(FiguresSettings), destroyed)
    entries, sent = written_number(done.entries), written_number(done.messages)
    sys.stdout.write(
        f"Détruits\u00a0: {entries} entrées du journal, {sent} envois.\nTête de la chaîne\u00a0: {done.head}\n"
    )


if __name__ == "__main__":
    main()
