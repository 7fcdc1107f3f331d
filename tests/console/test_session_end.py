"""Each page of the console knows when the session ends, and warns before: its script asks, and one button keeps it alive."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from activities.accounts.sessions import IDLE
from activities.config.clock import utc_now
from activities.store.database import Database
from activities.store.operator_table import operator_sessions
from console.presenters.instants import written
from demo.client.operators import csrf_of
from tests.support.console_app import ConsoleApp

_URL, _PAGE = "/exploitation/session.json", "/exploitation/recherche"
_MINUTE = timedelta(minutes=1)


async def _seen_last(database: Database, ago: timedelta) -> datetime:
    """Let the last page of every session have been so long ago, and return when."""
    seen = utc_now() - ago
    async with database.writing() as connection:
        await connection.execute(update(operator_sessions).values(last_seen_at=seen))
    return seen


async def test_to_ask_does_not_keep_the_session_alive(console_app: ConsoleApp, console_database: Database) -> None:
    """Nor does asking twice, nor a form of another site; pressing the button does."""
    async with console_app.signed_in() as browser:
        csrf = csrf_of((await browser.get(_PAGE)).text)
        await _seen_last(console_database, IDLE - 2 * _MINUTE)
        left = [(await browser.get(_URL)).json()["left"] for _ in range(2)]
        assert (await browser.post(_URL, data={"csrf": "0" * 64})).status_code == 403
        left.append((await browser.get(_URL)).json()["left"])
        stayed = (await browser.post(_URL, data={"csrf": csrf})).json()["left"]
    assert all(60 < each <= 120 for each in left)
    assert 1740 < stayed <= 1800


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_session_that_is_over_is_told_so(
    console_app: ConsoleApp, console_database: Database, method: str
) -> None:
    """Nothing is left, and a request for it is no error in the browser's console."""
    async with console_app.signed_in() as browser:
        await _seen_last(console_database, IDLE + _MINUTE)
        answer = await browser.request(method, _URL)
    assert (answer.status_code, answer.json()) == (200, {"left": 0})


async def test_each_page_says_when_the_session_ends(console_app: ConsoleApp, console_database: Database) -> None:
    """In seconds for the script that warns, which signs in again from where one is; in words where no script runs."""
    async with console_app.signed_in() as browser:
        seen = await _seen_last(console_database, _MINUTE / 2)
        page = (await browser.get(_PAGE)).text
        posted = await browser.post("/exploitation/echecs/confirmer", data={"csrf": csrf_of(page)})
    assert f'data-session="{_URL}"' in page
    left = re.search(r'data-left="(\d+)"', page)
    assert left is not None
    assert 1740 < int(left[1]) <= 1770
    assert 'src="/static/app/session.js"' in page
    ends_at = written(seen + IDLE, utc_now(), console_app.context.election.zone)
    assert f"<span data-session-ends>Session jusqu’à {ends_at} sans autre page</span>" in page
    assert [re.findall(r'href="([^"]+)" data-session-sign-in', text) for text in (page, posted.text)] == [
        [_PAGE],
        ["/exploitation"],
    ]


async def test_who_has_not_signed_in_has_no_session_that_could_end(console_app: ConsoleApp) -> None:
    """The page of a sign-out has neither the warning nor its script."""
    async with console_app.browser() as browser:
        page = (await browser.get("/exploitation/deconnexion")).text
    assert "data-session" not in page
    assert "session.js" not in page
