"""Operators read the journal by event, actor, day and reference, by page and whole."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from activities.evidence.journal import Entry, Event, Journal
from activities.evidence.reading.journal_reader import JournalFilter, JournalReader
from activities.store.database import Database
from election.procedures import Procedure, objection_id_of, workflow_id_of
from election.settings import Election
from tests.support.clock import Clock
from tests.support.scans import rows_read

_SUBJECT = "a45fe11fd6f995227c637f7f34344c2c"
_RECOVERY = workflow_id_of(Procedure.VOTING_CODE, _SUBJECT)
_MAILED = workflow_id_of(Procedure.IDENTIFIER_AND_PASSWORD, _SUBJECT)
# A thousand entries a day of November 2026 in Paris, some minutes out of their order.
_THIRTY_DAYS = """INSERT INTO journal (entry_id, recorded_at, election_id, event, actor, workflow_id, channel, outcome, detail,
    wording, address_hash, expires_at)
    SELECT n, timestamptz '2026-10-31 23:10:00Z' + (n - 1) / 1000 * interval '1 day' + mod(n - 1, 1000) * interval '1.3 minutes'
        + mod(n, 7) * interval '1 minute', '', 'message:send:accepted', '', '', '', '', '', '', '', now()
    FROM generate_series(1, 30000) AS n"""


@pytest_asyncio.fixture
async def reader(database: Database, journal: Journal, election: Election, now: Clock) -> JournalReader:
    """A journal of seven entries: of several events and actors, of some days, and three with one elector's reference."""
    entries = [
        Entry("1", Event.REQUEST_ACCEPTED, "somebody", _RECOVERY, "sms"),
        *(
            Entry(each, Event.OPERATOR_UNLOCKED, "m.durand", "sign-in/all", detail=each)
            for each in ("2", "3", "4")
        ),
        Entry("5", Event.REQUEST_ACCEPTED, "m.durand", "code-de-vote/x", "sms"),
        Entry("6", Event.SEND_ACCEPTED, "smtp", _MAILED, "email"),
        Entry("7", Event.OBJECTION_MADE, _SUBJECT, objection_id_of(_SUBJECT)),
    ]
    for entry in entries:
        async with database.writing() as connection:
            await journal.record(connection, entry)
        now.advance(timedelta(hours=12))
    return JournalReader(database, election.zone)


async def test_pages_go_from_the_newest_to_the_oldest(reader: JournalReader) -> None:
    """Each page ends at the number that the next one begins before; the last has none."""
    first = await reader.page(JournalFilter(), None, 3, whole=True)
    second = await reader.page(JournalFilter(), first.before, 3, whole=True)
    third = await reader.page(JournalFilter(), second.before, 3, whole=True)
    assert [each.number for each in (*first.lines, *second.lines, *third.lines)] == [7, 6, 5, 4, 3, 2, 1]
    assert (first.before, second.before, third.before) == (5, 2, None)


async def test_a_filter_is_for_the_page_and_for_the_export(reader: JournalReader) -> None:
    """By event, by actor, by day in the election's zone, by a reference typed in any way, and by several of them.

    A reference is that of all that has it: of a mailing's mail and an objection, which have no row of progress.
    """
    oldest = (await reader.page(JournalFilter(), None, 9, whole=True)).lines[-1]
    day = oldest.recorded_at.astimezone(reader._zone).date()
    for asked, numbers in (
        (JournalFilter(event=Event.OPERATOR_UNLOCKED), [2, 3, 4]),
        (JournalFilter(actor="m.durand", event=Event.REQUEST_ACCEPTED), [5]),
        (JournalFilter(reference="a45f e11f d6f9"), [1, 6, 7]),
        (JournalFilter(reference=_MAILED), [6]),
        (JournalFilter(reference="none"), []),
        (JournalFilter(reference="é/A45F-E11F-D6F9"), []),
        (JournalFilter(day=date.max), []),
    ):
        exported = [each.number async for batch in reader.lines(asked, whole=True) for each in batch]
        page = await reader.page(asked, None, 9, whole=True)
        assert exported == numbers == [each.number for each in page.lines][::-1]
    of_day = (await reader.page(JournalFilter(day=day), None, 9, whole=True)).lines
    assert 1 in {each.number for each in of_day}
    assert {each.recorded_at.astimezone(reader._zone).date() for each in of_day} == {day}
    assert len(of_day) < 5


async def test_a_day_is_found_without_reading_the_others(database_url: str) -> None:
    """However far back it is, and also if it has no entry."""
    database = Database(database_url, pool_size=1)
    reader = JournalReader(database, ZoneInfo("Europe/Paris"))
    async with database.reading() as connection:
        for statement in (_THIRTY_DAYS, "VACUUM ANALYZE journal"):
            await connection.exec_driver_sql(statement)
    for day, first in (("2026-11-05", 4001), ("2026-11-30", 29_001), ("2026-10-01", None), ("2027-01-01", None)):
        async with database.reading() as connection:
            before = await rows_read(connection, "journal")
        asked = JournalFilter(day=date.fromisoformat(day))
        page = await reader.page(asked, None, 50, whole=True)
        numbers = [line.number async for lines in reader.lines(asked, whole=True) for line in lines]
        async with database.reading() as connection:
            assert await rows_read(connection, "journal") - before < 8 * 1_000
        assert numbers == (list(range(first, first + 1_000)) if first else [])
        assert [line.number for line in page.lines] == numbers[:-51:-1]
    await database.close()


@pytest.mark.parametrize(
    "reserved",
    [
        Entry("8", Event.OPERATOR_CHANGED_ELECTOR, "v.garnier", "roll/1"),
        Entry("access:8", Event.VOTE_ACCEPTED, _SUBJECT, ""),
    ],
    ids=["roll", "access"],
)
async def test_what_is_reserved_is_left_out_for_who_may_not_read_it(
    reader: JournalReader, database: Database, journal: Journal, reserved: Entry
) -> None:
    """What became of the roll, and who voted: of the page and of the export, also when asked for by event or actor."""
    async with database.writing() as connection:
        await journal.record(connection, reserved)
    for asked in (JournalFilter(), JournalFilter(event=reserved.event), JournalFilter(actor=reserved.actor)):
        for whole in (True, False):
            page = (await reader.page(asked, None, 9, whole=whole)).lines
            exported = [line async for lines in reader.lines(asked, whole=whole) for line in lines]
            assert page[::-1] == exported
            assert (reserved.event in {line.event for line in page}) == whole
