"""The journal's entries are chained in transactions of their own, and the database refuses to change the chain."""

import asyncio
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from activities.evidence.chain.hashes import Head, content_of, next_seal
from activities.evidence.chain.sealing import Sealing, head_of
from activities.evidence.journal import Entry, Event, Journal
from activities.store.database import Database
from activities.store.tables import journal as table
from activities.store.tables import journal_seals
from election.settings import Election
from tests.support.clock import Clock
from tests.support.database_dump import rows


async def _record(database: Database, journal: Journal, *ids: str) -> None:
    async with database.writing() as connection:
        for each in ids:
            await journal.record(connection, Entry(each, Event.CODE_REISSUED, "elector", "code-de-vote/elector"))


async def test_each_entry_is_chained_to_the_one_before(database: Database, journal: Journal, now: Clock) -> None:
    """The hash of each contains the hash before it, its content and the time of sealing."""
    await _record(database, journal, "one", "two")
    head = await Sealing(database, now).seal()
    expected = Head()
    for row in sorted(await rows(database, table), key=lambda row: int(row["number"])):
        seal = next_seal(expected, content_of(row), now())
        expected = Head(seal.position, seal.chain_hash)
    assert head == expected
    assert head.position == 2


async def test_an_entry_that_is_committed_late_is_sealed_after_later_ones(
    database: Database, journal: Journal, now: Clock
) -> None:
    """Numbers are drawn before the commit, so the order of the chain is that of the sealing."""
    sealing = Sealing(database, now)
    async with database.writing() as connection:
        await journal.record(connection, Entry("slow", Event.CODE_REISSUED, "elector", ""))
        await _record(database, journal, "fast")
        assert (await sealing.seal()).position == 1
    assert (await sealing.seal()).position == 2
    numbers = {row["entry_id"]: row["number"] for row in await rows(database, table)}
    positions = {row["number"]: row["position"] for row in await rows(database, journal_seals)}
    assert numbers["slow"] < numbers["fast"]
    assert (positions[numbers["fast"]], positions[numbers["slow"]]) == (1, 2)


async def test_processes_that_seal_at_once_make_one_chain(
    database: Database, journal: Journal, now: Clock
) -> None:
    """Ten processes seal 2,500 entries: each entry has one position, without a gap."""
    await _record(database, journal, *(f"{number}" for number in range(2_500)))
    heads = await asyncio.gather(*(Sealing(database, now).seal() for _ in range(10)))
    assert set(heads) == {max(heads, key=lambda head: head.position)}
    assert sorted(row["position"] for row in await rows(database, journal_seals)) == list(range(1, 2_501))


async def test_an_effect_that_fails_leaves_no_seal(database: Database, journal: Journal, now: Clock) -> None:
    """The row that waits for its seal is rolled back with the entry."""
    with suppress(ConnectionError):
        async with database.writing() as connection:
            await journal.record(connection, Entry("one", Event.CODE_REISSUED, "", ""))
            raise ConnectionError
    assert await Sealing(database, now).seal() == Head()
    assert await rows(database, journal_seals) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_seals SET chain_hash = decode(repeat('0', 64), 'hex')",
        "UPDATE journal_seals SET position = NULL",
        "DELETE FROM journal_seals",
        "TRUNCATE journal_seals",
        "UPDATE journal SET expires_at = now() - interval '1 day'",
        "DELETE FROM journal",
    ],
)
async def test_a_sealed_chain_is_never_changed(
    database: Database, journal: Journal, now: Clock, statement: str
) -> None:
    """The database refuses it, also to the owner of the tables."""
    await _record(database, journal, "one")
    head = await Sealing(database, now).seal()
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.writing() as connection:
            await connection.execute(text(statement))
    async with database.reading() as connection:
        assert await head_of(connection) == head


async def test_an_expired_entry_is_kept_until_it_is_sealed(
    database: Database, election: Election, now: Clock
) -> None:
    """Otherwise its end would leave no trace in the chain."""
    long_ago = Clock(now().replace(year=2000))
    calendar = election.calendar.model_copy(
        update={"vote": election.calendar.vote.model_copy(update={"closes": long_ago()})}
    )
    await _record(database, Journal(database, election.model_copy(update={"calendar": calendar}), long_ago), "one")
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.writing() as connection:
            await connection.execute(table.delete())
    await Sealing(database, now).seal()
    async with database.writing() as connection:
        await connection.execute(table.delete())
    assert await rows(database, table) == []
