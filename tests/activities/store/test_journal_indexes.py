"""Whoever reads the journal of one workflow finds it by an index, in which the many traces of access are not."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from sqlalchemy import make_url, text

from activities.acts import elector_acts
from activities.evidence.figures_sends import count_sends
from activities.evidence.reading.journal_reader import JournalFilter, JournalReader
from activities.progress.timeline import RecoveryTimeline
from activities.store.database import Database
from election.rules.retention import HISTORIES
from tests.support.scans import scans_of

# A plan for any value: what a value alone would prove does not count.
_ANY_VALUE = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
_ADD = """INSERT INTO journal (entry_id, recorded_at, election_id, event, actor, workflow_id, channel, outcome, detail, wording,
    address_hash, expires_at) SELECT"""
_TRACES = f"""{_ADD} 'access:' || n, now(), '', 'access:sign_in:accepted', n, '', '', '', '', '', '', now()
    FROM generate_series(1, 3000) AS n"""
_ENTRIES = f"""{_ADD} n, now(), '', 'voting_code:request:accepted', n, 'code-de-vote/s/AAAA-AAAA-' || n, '', '', '', '', '', now()
    FROM generate_series(1000, 1999) AS n"""
_MESSAGE = """INSERT INTO messages (id, workflow_id, delivery_id, channel, gateway, country_or_domain, started_at)
    VALUES ('link-1', 'code-de-vote/s/AAAA-AAAA-1000', 'link', 'sms', 'sms', '', now())"""
_RECOVERY = "code-de-vote/s/AAAA-AAAA-1000"
_BY_WORKFLOW, _BY_REFERENCE = "ix_journal_workflow_id", "ix_journal_reference"


@pytest_asyncio.fixture
async def journalled(database_url: str) -> AsyncIterator[Database]:
    """One connection to a journal of three thousand traces and a thousand recoveries."""
    url = make_url(database_url).update_query_dict({"options": _ANY_VALUE})
    database = Database(url.render_as_string(hide_password=False), pool_size=1)
    async with database.single_statements() as connection:
        for statement in (_TRACES, _ENTRIES, _MESSAGE, "ANALYZE journal"):
            await connection.exec_driver_sql(statement)
    yield database
    await database.close()


async def _scans(database: Database, index: str) -> int:
    async with database.reading() as connection:
        return await scans_of(connection, index, is_index=True)


async def _timeline(database: Database) -> None:
    assert len(await RecoveryTimeline(database).of(_RECOVERY)) == 1


async def _act(database: Database) -> None:
    async with database.reading() as connection:
        await connection.execute(elector_acts._NEWEST, {"of": _RECOVERY})


async def _record(database: Database) -> None:
    record = text("SELECT * FROM elector_record('nobody', ARRAY[:of])")
    async with database.reading() as connection:
        assert len((await connection.execute(record, {"of": _RECOVERY})).all()) == 1


async def _figures(database: Database) -> None:
    async with database.reading() as connection:
        figures = await count_sends(connection, HISTORIES, datetime.now(UTC), UTC)
    assert figures.trying == {"link-1"}


async def _reference(database: Database) -> None:
    asked = JournalFilter(reference="AAAA-AAAA-1000")
    assert len((await JournalReader(database, ZoneInfo("UTC")).page(asked, None, 9, whole=True)).lines) == 1


@pytest.mark.parametrize(
    ("reading", "index"),
    [
        (_timeline, _BY_WORKFLOW),
        (_act, _BY_WORKFLOW),
        (_record, _BY_WORKFLOW),
        (_figures, _BY_WORKFLOW),
        (_reference, _BY_REFERENCE),
    ],
)
async def test_the_entries_of_a_workflow_are_found_by_an_index(
    journalled: Database, reading: Callable[[Database], Awaitable[None]], index: str
) -> None:
    """A recovery's page, an act for its elector, the elector's record, the figures, and the search by a reference."""
    before = await _scans(journalled, index)
    await reading(journalled)
    assert await _scans(journalled, index) > before


async def test_a_trace_of_access_is_in_no_index_of_workflows(database: Database) -> None:
    """Three thousand of them make neither index larger: all would be in one bucket of hashes, and each new one would walk through it."""
    sizes = text("SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relname IN (:workflow, :reference)")
    names = {"workflow": _BY_WORKFLOW, "reference": _BY_REFERENCE}
    async with database.single_statements() as connection:
        before = (await connection.execute(sizes, names)).all()
        await connection.exec_driver_sql(_TRACES)
        assert (await connection.execute(sizes, names)).all() == before
