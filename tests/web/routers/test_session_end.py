"""The page that warns before a session's end asks how long it lasts, and keeps it alive on demand alone."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from activities.accounts.sessions import IDLE
from activities.config.clock import utc_now
from activities.store.tables import sessions
from tests.support.web_app import SessionTokens, WebApp

_URL = "/session.json"
_MINUTE = timedelta(minutes=1)


async def _seen_last(web_app: WebApp, tokens: SessionTokens, ago: timedelta) -> None:
    """Let the last page of a session have been so long ago."""
    session = await web_app.services.sessions.find(tokens.cookie, keeps_alive=False)
    assert session
    seen = update(sessions).where(sessions.c.id_hash == session.id_hash).values(last_seen_at=utc_now() - ago)
    async with web_app.services.database.writing() as connection:
        await connection.execute(seen)


async def test_to_ask_does_not_keep_the_session_alive(web_app: WebApp) -> None:
    """Nor does asking twice; pressing the button does."""
    tokens = await web_app.signed_in()
    await _seen_last(web_app, tokens, IDLE - 2 * _MINUTE)
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        left = [(await browser.get(_URL)).json()["left"] for _ in range(2)]
        stayed = (await browser.post(_URL, data={"csrf": tokens.csrf})).json()["left"]
        after = (await browser.get(_URL)).json()["left"]
    assert all(60 < each <= 120 for each in left)
    assert all(1740 < each <= 1800 for each in (stayed, after))


async def test_each_page_says_how_long_the_session_lasts(web_app: WebApp) -> None:
    """For its script, which asks again before the end."""
    tokens = await web_app.signed_in()
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        page = await browser.get("/vote")
    assert 1740 < int(page.text.partition('data-left="')[2].partition('"')[0]) <= 1800


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_session_that_is_over_is_told_so(web_app: WebApp, method: str) -> None:
    """Nothing is left, and a request for it is no error in the browser's console."""
    tokens = await web_app.signed_in()
    await _seen_last(web_app, tokens, IDLE + _MINUTE)
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        answer = await browser.request(method, _URL, data={"csrf": tokens.csrf} if method == "POST" else None)
    assert (answer.status_code, answer.json()) == (200, {"left": 0})


async def test_another_site_keeps_no_session_alive(web_app: WebApp) -> None:
    """The button sends the session's own hidden field."""
    tokens = await web_app.signed_in()
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        assert (await browser.post(_URL, data={"csrf": "0" * 64})).status_code == 403
