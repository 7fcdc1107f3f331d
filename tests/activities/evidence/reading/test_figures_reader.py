"""The figures of the console: counted once for all, and what becomes of the roll for who may read it."""

from datetime import timedelta

from activities.evidence.journal import Entry, Event, Journal
from activities.evidence.reading.figures_reader import FiguresReader
from activities.store.database import Database
from election.settings import Election
from tests.support.clock import Clock


async def _events(reader: FiguresReader, *, sees_roll: bool) -> list[object]:
    table = (await reader.current(sees_roll=sees_roll)).table("demandes")
    assert table is not None
    return [row[0] for row in table.rows]


async def test_what_becomes_of_the_roll_is_counted_for_who_may_read_it(
    database: Database, journal: Journal, election: Election, now: Clock
) -> None:
    """From the same count: others see everything else, until two minutes are over."""
    reader = FiguresReader(database, election, now)
    for number, event in enumerate((Event.OPERATOR_IMPORTED_ROLL, Event.REQUEST_ACCEPTED)):
        async with database.writing() as connection:
            await journal.record(connection, Entry(f"{number}", event, "who", "what"))
    for _ in range(2):
        assert await _events(reader, sees_roll=False) == [Event.REQUEST_ACCEPTED]
        assert await _events(reader, sees_roll=True) == [Event.OPERATOR_IMPORTED_ROLL, Event.REQUEST_ACCEPTED]
        async with database.writing() as connection:
            await journal.record(connection, Entry("later", Event.CODE_REISSUED, "who", "what"))
    now.advance(timedelta(minutes=2))
    assert Event.CODE_REISSUED in await _events(reader, sees_roll=False)
