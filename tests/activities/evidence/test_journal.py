"""A journal entry is written once, in the transaction of the effect that it records."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from activities.evidence.journal import Entry, Event, Journal
from activities.store.database import Database
from activities.store.tables import journal as table
from election.settings import Election
from tests.support.clock import Clock
from tests.support.database_dump import rows

ENTRY = Entry("entry", Event.CODE_REISSUED, "elector", "code-de-vote/elector", "sms", "done", "why")


async def _record(database: Database, journal: Journal, entry: Entry = ENTRY) -> None:
    async with database.writing() as connection:
        await journal.record(connection, entry)


async def _record_and_fail(database: Database, journal: Journal) -> None:
    async with database.writing() as connection:
        await journal.record(connection, ENTRY)
        raise ConnectionError


async def test_an_entry_has_all_its_fields(
    database: Database, journal: Journal, election: Election, now: Clock
) -> None:
    """Who, which event, when, in which election and recovery, by which channel, with which outcome and detail."""
    await _record(database, journal)
    [row] = await rows(database, table)
    written = {name: value for name, value in row.items() if name != "number"}
    assert written == {
        "entry_id": "entry",
        "recorded_at": now(),
        "election_id": election.id,
        "event": "voting_code:code:reissued",
        "actor": "elector",
        "workflow_id": "code-de-vote/elector",
        "channel": "sms",
        "outcome": "done",
        "detail": "why",
        "wording": "",
        "address_hash": "",
        "expires_at": election.calendar.vote.closes.replace(year=2028),
    }


async def test_an_entry_is_written_once_and_not_changed(database: Database, journal: Journal) -> None:
    """Twenty concurrent entries with the same id leave the first one."""
    await _record(database, journal)
    again = Entry("entry", Event.RECOVERY_ENDED, "other", "other", outcome="other")
    await asyncio.gather(*(_record(database, journal, again) for _ in range(20)))
    assert [row["outcome"] for row in await rows(database, table)] == ["done"]


async def test_entries_are_numbered_in_the_order_they_were_written(database: Database, journal: Journal) -> None:
    """A later entry has a higher number."""
    for number in range(5):
        await _record(database, journal, Entry(f"entry-{number}", Event.CODE_REISSUED, "", ""))
    ids = [row["entry_id"] for row in sorted(await rows(database, table), key=lambda row: int(row["number"]))]
    assert ids == [f"entry-{number}" for number in range(5)]


async def test_an_effect_that_fails_leaves_no_entry(database: Database, journal: Journal) -> None:
    """An entry is rolled back with its transaction."""
    with pytest.raises(ConnectionError):
        await _record_and_fail(database, journal)
    assert await rows(database, table) == []


async def test_the_outcome_of_an_entry_can_be_read_again(database: Database, journal: Journal) -> None:
    """`outcome` returns what the entry recorded, or None if no entry has that id."""
    await _record(database, journal)
    assert [await journal.outcome(each) for each in ("entry", "other")] == ["done", None]


def test_every_event_names_subject_object_and_action() -> None:
    """Three lower-case words, so that entries can be filtered by any of them."""
    for event in Event:
        assert [word.isidentifier() and word.islower() for word in event.split(":")] == [True] * 3


async def test_what_an_operator_typed_is_stored(database: Database, journal: Journal) -> None:
    """PostgreSQL keeps no NUL and no lone surrogate: they are replaced, and the statement does not fail."""
    typed = "M.\0 Roux \ud800"
    await _record(database, journal, Entry("e", Event.OPERATOR_CANCELLED, typed, "w", outcome=typed, detail=typed))
    [row] = await rows(database, table)
    assert row["actor"] == row["outcome"] == row["detail"] == "M.\ufffd Roux ?"


async def test_an_entry_that_cannot_be_added_is_an_error(database: Database, journal: Journal) -> None:
    """Only an entry with the same id is taken for a repetition: a number that is in use is never ignored."""
    await _record(database, journal)
    async with database.writing() as connection:
        await connection.execute(
            text("SELECT setval('journal_number_seq', (SELECT max(number) FROM journal), false)")
        )
    with pytest.raises(IntegrityError):
        await _record(database, journal, replace(ENTRY, id="another"))
