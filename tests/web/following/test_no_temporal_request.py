"""A thousand open pages follow their recoveries, and Temporal is not asked once."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest_asyncio

from activities.progress import rows
from activities.progress.rows import LinkOf, SendOf
from activities.store.database import Database
from election.stages import Channel
from tests.support.event_stream import EventStream
from tests.support.people import Person
from tests.support.waiting import until
from tests.support.web_app import WebApp, build_web_app, open_election, settings_of
from web.clients.voting_code import workflow_id_of
from web.following.feed import _EVERY

if TYPE_CHECKING:
    from temporalio.client import Client

STREAMS = 1_000  # `python -m benchmarks followers` opens ten thousand
_TABS = 5  # of each elector: fewer to enrol
_AT_ONCE = 100
END = datetime(2031, 1, 1, tzinfo=UTC)


class _NoTemporal:
    """A client of which nothing can be used."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"Temporal was asked: {name}")


@pytest_asyncio.fixture
async def alone(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[WebApp]:
    """The application without any Temporal; it ends once its reader, which the last page has stopped, has."""
    yield await build_web_app(
        settings_of(database_url), open_election(tmp_path), database, cast("Client", _NoTemporal())
    )
    await until(lambda: database.connections_in_use() == 0)


async def _waiting_electors(app: WebApp, number: int) -> list[str]:
    """Return the ids of new electors, each with a message that was begun."""
    people = [
        Person(f"{each:032d}", f"p{each}@ac-lyon.fr", f"{each:013d}", f"{each:015d}") for each in range(number)
    ]
    await app.electorate.enrol(*people)
    async with app.services.database.writing() as connection:
        for person in people:
            link = LinkOf(workflow_id_of(person.id), "link")
            await rows.begin(connection, link, Channel.SMS, hint="•• 78", sends_left=6, dies_at=END)
    return [person.id for person in people]


async def test_a_thousand_pages_are_served_without_asking_temporal(alone: WebApp) -> None:
    """Each page gets its stage, and its change, from the one reader of the process."""
    ids = await _waiting_electors(alone, STREAMS // _TABS)
    cookies = [(await alone.services.sessions.open(each))[0] for each in ids]
    async with AsyncExitStack() as open_pages:
        streams = [EventStream(alone.app, cookie) for cookie in cookies for _ in range(_TABS)]
        for number, stream in enumerate(streams, 1):
            await open_pages.enter_async_context(stream)
            if number % _AT_ONCE == 0:  # each waits for a connection to the database for thirty seconds at most
                await until(lambda: all(each.events for each in streams[:number]))  # noqa: B023 - awaited before it changes
        async with alone.services.database.writing() as connection:
            link = LinkOf(workflow_id_of(ids[0]), "link")
            await rows.accept(
                connection, SendOf(link.workflow_id, link.link_id, 1), dies_at=None, lives=timedelta(hours=1)
            )
        changed, others = streams[:_TABS], streams[_TABS:]
        await until(lambda: all(_stages(stream) == {"Sending", "Sent"} for stream in changed), within=120)
        assert [_stages(stream) for stream in others] == [{"Sending"}] * (STREAMS - _TABS)


def _stages(stream: EventStream) -> set[str]:
    return {json.loads(event)["stage"] for event in stream.events}


async def test_signing_out_closes_the_stream(alone: WebApp) -> None:
    """Within two seconds, in any tab: by the reader's next look, and it looks once a second."""
    assert timedelta(seconds=1) >= _EVERY
    [elector_id] = await _waiting_electors(alone, 1)
    cookie, session = await alone.services.sessions.open(elector_id)
    feed = alone.context.feed
    async with EventStream(alone.app, cookie) as stream:
        await until(lambda: stream.events)
        await alone.services.sessions.end(session)
        looks = feed._rounds
        await asyncio.wait_for(stream.ended.wait(), 30)
    assert feed._rounds - looks <= 1
