"""An elector can have a few event streams open at once, and not more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from starlette.types import Message

from activities.config.clock import utc_now
from activities.store.tables import sessions
from tests.support.waiting import until
from tests.support.web_app import WebApp
from web.http.sse_limit import MAX_STREAMS, SseLimit, TooManyStreamsError


def test_each_elector_has_a_number_of_places_and_gets_them_back() -> None:
    """One more is refused until a stream ends, for whatever reason; each elector has slots of their own."""
    sse_limit = SseLimit()
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


@asynccontextmanager
async def _followed(web_app: WebApp, cookie: str) -> AsyncIterator[list[Message]]:
    """Open the stream as a server does, and disconnect at the end."""
    sent: list[Message] = []
    left = asyncio.Event()

    async def receive() -> Message:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/reassort/suivi/evenements",
        "query_string": b"",
        "headers": [(b"cookie", f"session={cookie}".encode())],
    }
    stream = asyncio.create_task(web_app.app(scope, receive, send))
    await until(lambda: sent)
    yield sent
    left.set()
    await stream


async def test_an_open_stream_does_not_keep_the_session_alive(web_app: WebApp) -> None:
    """A page that was left open reconnects again and again; the session expires all the same."""
    voter = await web_app.new_elector(92)
    await web_app.voting_code_link(voter)
    tokens = await web_app.signed_in(voter)
    here = sessions.c.elector_id == voter.id
    long_ago = utc_now() - timedelta(minutes=20)
    async with web_app.services.database.writing() as connection:
        await connection.execute(update(sessions).where(here).values(last_seen_at=long_ago))
    async with _followed(web_app, tokens.cookie) as sent:
        assert sent[0]["status"] == 200
    async with web_app.services.database.reading() as connection:
        assert (await connection.execute(select(sessions.c.last_seen_at).where(here))).scalar_one() == long_ago


async def test_one_stream_too_many_is_refused_until_another_ends(web_app: WebApp) -> None:
    """The page then says that it no longer updates by itself, and keeps its button."""
    voter = await web_app.new_elector(6)
    await web_app.voting_code_link(voter)
    cookie = (await web_app.signed_in(voter)).cookie
    async with AsyncExitStack() as others:
        statuses = [
            (await others.enter_async_context(_followed(web_app, cookie)))[0]["status"]
            for _ in range(MAX_STREAMS + 1)
        ]
        assert statuses == [*[200] * MAX_STREAMS, 429]
    async with _followed(web_app, cookie) as again:
        assert again[0]["status"] == 200
