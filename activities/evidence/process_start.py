"""The first entries of each process in the journal: what runs, with which election's file and which known weaknesses."""

import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from activities.config.version import VERSION
from activities.evidence.journal import Entry, Event, Journal
from activities.store.database import Database
from election.settings import Election, file_hash

_log = structlog.stdlib.get_logger(__name__)


async def record_start(
    database: Database, election: Election, path: Path, now: Callable[[], datetime], *roles: str
) -> None:
    """Journal and log for each role of a process the version of the product, and the SHA-256 of the election's file.

    Each weakness that the file keeps although its level of security refuses it has an entry with the reason.
    """
    journal, hashed = Journal(database, election, now), file_hash(path)
    async with database.writing() as connection:
        for role in roles:
            entry_id = f"process:{role}:{secrets.token_hex(16)}"
            entry = Entry(entry_id, Event.PROCESS_STARTED, role, "", outcome=VERSION, detail=hashed)
            await journal.record(connection, entry)
            for weakness, reason in election.security.overrides.items():
                kept = Entry(
                    f"{entry_id}:{weakness}", Event.WEAKNESS_KEPT, role, "", outcome=weakness, detail=reason
                )
                await journal.record(connection, kept)
    _log.info("started", role="+".join(roles), version=VERSION, election=election.id, election_file=hashed)
