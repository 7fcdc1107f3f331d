"""What somebody with every right on the database changes in the journal is found by the verification."""

import pytest
import pytest_asyncio
from sqlalchemy import text

from activities.evidence.chain.hashes import Head, read_head
from activities.evidence.chain.sealed_entries import read_line, sealed_entries
from activities.evidence.chain.sealing import Sealing
from activities.evidence.check import check
from activities.evidence.journal import Entry, Event, Journal
from activities.store.database import Database
from election.settings import Election
from tests.support.clock import Clock


async def _record(database: Database, journal: Journal, *ids: str) -> None:
    async with database.writing() as connection:
        for each in ids:
            await journal.record(connection, Entry(each, Event.CODE_REISSUED, "elector", "code-de-vote/elector"))


async def _tamper(database: Database, *statements: str) -> None:
    """Run statements as an owner who has switched the triggers off."""
    async with database.writing() as connection:
        for each in ("SET LOCAL session_replication_role = replica", *statements):
            await connection.execute(text(each))


@pytest_asyncio.fixture
async def head(database: Database, journal: Journal, now: Clock) -> Head:
    """The head of a chain over five entries."""
    await _record(database, journal, *(f"entry-{number}" for number in range(5)))
    return await Sealing(database, now).seal()


async def test_a_chain_that_nobody_changed_is_intact(database: Database, journal: Journal, head: Head) -> None:
    """Entries that wait for their seal are no fault."""
    await _record(database, journal, "later")
    verifier, waiting = await check(database, read_head(str(head)))
    assert (verifier.faults, verifier.head, waiting) == ([], head, 1)


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (["UPDATE journal SET outcome = 'other' WHERE entry_id = 'entry-2'"], "modifiée"),
        (["UPDATE journal SET recorded_at = recorded_at - interval '1 s' WHERE entry_id = 'entry-2'"], "modifiée"),
        (["DELETE FROM journal WHERE entry_id = 'entry-2'"], "supprimée avant son terme"),
        (["DELETE FROM journal_seals WHERE position = 3"], "le maillon manque"),
        (["UPDATE journal_seals SET expires_at = now() WHERE position = 3"], "la chaîne est rompue"),
        (
            ["UPDATE journal_seals SET content_hash = decode(repeat('0', 64), 'hex') WHERE position = 3"],
            "la chaîne est rompue",
        ),
        (
            [
                """INSERT INTO journal OVERRIDING SYSTEM VALUE SELECT 99, 'inserted', recorded_at, election_id, event, actor,
                workflow_id, channel, outcome, detail, wording, address_hash, expires_at FROM journal WHERE entry_id = 'entry-2'"""
            ],
            "insérée hors de la chaîne",
        ),
        (
            [
                "DELETE FROM journal WHERE entry_id = 'entry-4'",
                "DELETE FROM journal_seals WHERE position = 5",
            ],
            "n’est pas dans la chaîne",
        ),
    ],
    ids=[
        "outcome",
        "time",
        "deletion",
        "link deleted",
        "link changed",
        "hash changed",
        "insertion",
        "end cut off",
    ],
)
async def test_a_change_is_found(database: Database, head: Head, statements: list[str], fault: str) -> None:
    """With the head that was noted before."""
    await _tamper(database, *statements)
    verifier, _ = await check(database, head)
    assert any(fault in each for each in verifier.faults), verifier.faults
    assert verifier.report.startswith("Journal altéré")


async def test_a_chain_that_was_written_anew_is_found_by_the_noted_head(
    database: Database, head: Head, now: Clock
) -> None:
    """Its hashes fit, so only the head that somebody wrote down tells."""
    await _tamper(
        database,
        "UPDATE journal SET outcome = 'other' WHERE entry_id = 'entry-2'",
        "UPDATE journal_seals SET position = NULL",
    )
    await Sealing(database, now).seal()
    assert (await check(database))[0].faults == []
    assert len((await check(database, head))[0].faults) == 1


async def test_an_entry_that_was_deleted_before_its_seal_is_found(database: Database, journal: Journal) -> None:
    """The database keeps the place of its seal."""
    await _record(database, journal, "one")
    await _tamper(database, "DELETE FROM journal")
    verifier, _ = await check(database)
    assert ["avant d’être scellée" in each for each in verifier.faults] == [True]


async def test_an_entry_purged_at_its_time_is_no_fault(database: Database, election: Election, now: Clock) -> None:
    """The chain goes on over its hash, and the report counts it."""
    long_ago = Clock(now().replace(year=2000))
    async with database.writing() as connection:
        trace = Entry("access:one", Event.SIGN_IN_REFUSED, "subject", "")
        await Journal(database, election, long_ago).record(connection, trace)
    await _record(database, Journal(database, election, now), "two")
    head = await Sealing(database, now).seal()
    async with database.writing() as connection:
        assert await connection.scalar(text("SELECT purge_expired_traces(10)")) == 1
    verifier, _ = await check(database, head)
    assert (verifier.faults, verifier.purged) == ([], 1)
    assert "Entrées\u00a0: 2, dont purgées à leur terme\u00a0: 1." in verifier.report


async def test_a_line_of_an_export_is_read_as_it_was_written(database: Database, head: Head) -> None:
    """With every value of seal and entry."""
    async with database.snapshot() as connection:
        written = [entry async for entry in sealed_entries(connection)]
    assert len(written) == head.position
    assert [read_line(entry.line) for entry in written] == written


@pytest.mark.parametrize("line", ["", "{}", "[]", '{"position": 1}', "null"])
def test_another_line_is_refused(line: str) -> None:
    """With an error that the command reports."""
    with pytest.raises(ValueError, match="not a line of a journal"):
        read_line(line)
