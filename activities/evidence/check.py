"""`python -m activities.evidence.check`: verifies the journal's chain in the database; status 1 when it is broken."""

import argparse
import sys

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.commands.command_line import run
from activities.config.clock import utc_now
from activities.config.settings import FiguresSettings, read
from activities.evidence.chain.hashes import Head, read_head
from activities.evidence.chain.sealed_entries import sealed_entries
from activities.evidence.chain.verification import ChainVerifier
from activities.store.database import Database
from activities.store.tables import journal, journal_seals
from election.settings import Election

_BOTH = journal.outerjoin(journal_seals, journal_seals.c.number == journal.c.number)
_UNCHAINED = select(journal.c.number).select_from(_BOTH).where(journal_seals.c.number.is_(None)).limit(20)
_NEVER_SEALED = (
    select(journal_seals.c.number)
    .select_from(journal_seals.outerjoin(journal, journal.c.number == journal_seals.c.number))
    .where(journal_seals.c.position.is_(None), journal.c.number.is_(None))
    .limit(20)
)
_WAITING = select(func.count()).select_from(journal_seals).where(journal_seals.c.position.is_(None))


async def check(database: Database, noted: Head | None = None) -> tuple[ChainVerifier, int]:
    """Return what the verification of the whole chain found, and how many entries wait for their seal."""
    verifier = ChainVerifier(utc_now(), noted)
    async with database.snapshot() as connection:
        async for entry in sealed_entries(connection):
            verifier.add(entry)
        verifier.finish()
        await _find_outsiders(connection, verifier)
        waiting: int = (await connection.execute(_WAITING)).scalar_one()
    return verifier, waiting


async def _find_outsiders(connection: AsyncConnection, verifier: ChainVerifier) -> None:
    for number in (await connection.execute(_UNCHAINED)).scalars():
        verifier.note(f"entrée n°\u00a0{number}\u00a0: insérée hors de la chaîne")
    for number in (await connection.execute(_NEVER_SEALED)).scalars():
        verifier.note(f"entrée n°\u00a0{number}\u00a0: supprimée avant d’être scellée")


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(prog="python -m activities.evidence.check", description=__doc__)
    parser.add_argument("--head", type=read_head, metavar="POSITION:HASH", help="a head that was noted earlier")
    noted: Head | None = parser.parse_args().head

    async def checked(database: Database, _: Election) -> tuple[ChainVerifier, int]:
        return await check(database, noted)

    verifier, waiting = run(lambda: read(FiguresSettings), checked)
    sys.stdout.write(f"{verifier.report}\n")
    if waiting:
        sys.stdout.write(f"Entrées qui attendent leur sceau\u00a0: {waiting}.\n")
    if verifier.faults:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
