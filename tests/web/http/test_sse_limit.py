"""An elector can have a few event streams open at once, and not more."""

from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select, update

from activities.config.clock import utc_now
from activities.store.tables import sessions
from tests.support.event_stream import EventStream
from tests.support.waiting import until
from tests.support.web_app import WebApp
from web.http.sse_limit import MAX_STREAMS, ProcessIsFullError, SseLimit, TooManyStreamsError


def test_each_elector_has_a_number_of_places_and_gets_them_back() -> None:
    """One more is refused until a stream ends, for whatever reason; each elector has slots of their own."""
    sse_limit = SseLimit(100)
    slots = [sse_limit.slot("elector") for _ in range(MAX_STREAMS)]
    for slot in slots:
        slot.__enter__()
    with pytest.raises(TooManyStreamsError), sse_limit.slot("elector"):
        pass
    with sse_limit.slot("another"):
        pass
    slots[0].__exit__(None, None, None)
    with sse_limit.slot("elector"):
        pass


def _open() -> float | None:
    return REGISTRY.get_sample_value("reassort_open_streams")


def _most() -> float | None:
    return REGISTRY.get_sample_value("reassort_most_streams")


def test_a_process_has_a_number_of_places_too() -> None:
    """Whoever comes when all are taken is told so, and gets one when a stream has ended."""
    sse_limit = SseLimit(2)
    assert (_open(), _most()) == (0, 2)
    with sse_limit.slot("one"):
        assert _open() == 1
        with sse_limit.slot("two"), pytest.raises(ProcessIsFullError), sse_limit.slot("three"):
            pass
        with sse_limit.slot("three"):
            pass


async def test_an_open_stream_does_not_keep_the_session_alive(web_app: WebApp) -> None:
    """A page that was left open reconnects again and again; the session expires all the same."""
    voter = await web_app.new_elector()
    await web_app.voting_code_link(voter)
    tokens = await web_app.signed_in(voter)
    here = sessions.c.elector_id == voter.id
    long_ago = utc_now() - timedelta(minutes=20)
    async with web_app.services.database.writing() as connection:
        await connection.execute(update(sessions).where(here).values(last_seen_at=long_ago))
    async with EventStream(web_app.app, tokens.cookie) as stream:
        await until(lambda: stream.status)
        assert stream.status == 200
    async with web_app.services.database.reading() as connection:
        assert (await connection.execute(select(sessions.c.last_seen_at).where(here))).scalar_one() == long_ago


async def test_one_stream_too_many_is_refused_until_another_ends(web_app: WebApp) -> None:
    """The page then says that it no longer updates by itself, and keeps its button."""
    voter = await web_app.new_elector()
    await web_app.voting_code_link(voter)
    cookie = (await web_app.signed_in(voter)).cookie
    async with AsyncExitStack() as others:
        for wanted in (*[200] * MAX_STREAMS, 429):
            stream = await others.enter_async_context(EventStream(web_app.app, cookie))
            await until(lambda: stream.status)  # noqa: B023 - awaited before `stream` changes
            assert stream.status == wanted
    async with EventStream(web_app.app, cookie) as again:
        await until(lambda: again.status)
        assert again.status == 200
