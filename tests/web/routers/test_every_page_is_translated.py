"""Every page that a voter finds says nothing in French alone."""

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client

from activities.texts.dates import written_instant
from election.settings import Election, load
from tests.support.page_walk import walk
from tests.support.spoken import WRAPPED
from tests.support.untranslated import on_page
from tests.support.web_app import WebApp, settings_of
from tests.web.routers.test_every_page_is_true import TYPED
from web.app import build_app_context, create_app
from web.context import cookies
from web.context.pages import Pages

_FILES = Path(__file__).parents[3] / "election"


@pytest.mark.parametrize("name", ["2011", "2018", "2022"])
async def test_every_page_is_in_the_voter_s_language(web_app: WebApp, temporal: Client, name: str) -> None:
    """With a language that writes ⟦each text⟧, during the vote: for a stranger, and signed in."""
    election = load(_FILES / f"{name}.toml")
    instant = election.calendar.vote.opens + timedelta(hours=1)
    pages = Pages(election, "neutral", lambda: instant, demo=False)
    context = build_app_context(settings_of("unused"), election, web_app.services, temporal, demo=False)
    app = create_app(replace(context, now=lambda: instant, pages=pages, languages=WRAPPED))
    session, served = await web_app.signed_in(), replace(web_app, app=app)
    with WRAPPED.speaking("en"):
        values = {*_names(election), written_instant(instant, election.zone)}
    found = set[str]()
    async with AsyncExitStack() as stack:
        for cookie in ("langue=en", f"langue=en; session={session.cookie}"):
            browser = await stack.enter_async_context(served.browser(cookie=cookie))
            for url in await walk(browser, TYPED):
                answer = await browser.get(url)
                if answer.headers.get("content-type", "").startswith("text/html"):
                    found |= {f"{url}: {text}" for text in on_page(answer.text, values)}
    assert sorted(found) == []


def _names(election: Election) -> set[str]:
    """Return what has no translation: addresses, and the names of cookies."""
    legal = election.legal
    return {
        election.support.email,
        legal.publisher.address,
        legal.host.address,
        legal.personal_data.controller_address,
        legal.personal_data.officer_address,
        *(each.name for each in vars(cookies).values() if isinstance(each, cookies.Cookie)),
    }
