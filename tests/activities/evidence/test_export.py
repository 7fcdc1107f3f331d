"""What an expert counts in an export's journal is what its figures say, whatever was written meanwhile."""

import csv
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.evidence.export import JOURNAL, collect
from activities.evidence.journal import Entry, Event, Journal
from activities.store.database import Database
from election.settings import Election
from tests.support.clock import Clock


class _BusyDatabase(Database):
    """A database to which somebody adds an entry of the journal before each of its first two snapshots."""

    def __init__(self, url: str, election: Election, now: Clock) -> None:
        super().__init__(url)
        self._journal = Journal(self, election, now)
        self._late = ["late-1", "late-2"]

    async def add(self, entry_id: str) -> None:
        """Add an accepted request."""
        async with self.writing() as connection:
            entry = Entry(entry_id, Event.REQUEST_ACCEPTED, "elector", "code-de-vote/a", "sms", "accepted")
            await self._journal.record(connection, entry)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """Yield a snapshot, which sees the entry that was added just before it."""
        if self._late:
            await self.add(self._late.pop())
        async with super().snapshot() as connection:
            yield connection


async def test_what_is_written_while_the_journal_is_sealed_is_in_journal_and_figures(
    database_url: str, election: Election, now: Clock, tmp_path: Path
) -> None:
    """A recount of the lines gives the counts of « Demandes », and the head is that of the last line."""
    database = _BusyDatabase(database_url, election, now)
    await database.add("early")
    figures = await collect(database, election, tmp_path)
    await database.close()
    lines = [json.loads(line) for line in (tmp_path / JOURNAL).read_text().splitlines()]
    entries = [line["entry"] for line in lines]
    recounted = Counter((each["event"], each["channel"], each["outcome"]) for each in entries)
    with (tmp_path / "demandes.csv").open(encoding="utf-8-sig", newline="") as file:
        _header, *rows = csv.reader(file, delimiter=";")
    assert {(event, channel, outcome): int(number) for event, channel, outcome, number in rows} == recounted
    assert recounted.total() == figures.head.position == 3
    assert lines[-1]["chain_hash"] == figures.head.chain_hash
