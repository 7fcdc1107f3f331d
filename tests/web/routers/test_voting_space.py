"""The page of the voting code: no CAPTCHA before a wrong try, and a wrong CAPTCHA does not lose the code."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import httpx2
import pytest
import pytest_asyncio

from demo.client.voter import hidden_fields
from election.procedures import Procedure
from election.settings import Election
from tests.support.people import Person
from tests.support.web_app import WebApp
from web.app import create_app

_PAGE, _OPENS = "/vote", "/espace-de-vote"


@pytest_asyncio.fixture
async def voter(web_app: WebApp) -> AsyncIterator[tuple[Person, httpx2.AsyncClient]]:
    """An elector who has just signed in, with a browser."""
    person = await web_app.new_elector()
    async with web_app.browser() as browser:
        browser.cookies.set("session", (await web_app.signed_in(person)).cookie)
        yield person, browser


Voter = tuple[Person, httpx2.AsyncClient]


async def _send(
    web_app: WebApp, browser: httpx2.AsyncClient, page: httpx2.Response, **typed: str
) -> httpx2.Response:
    """Send the form of a page, with the answer of its CAPTCHA if it has one and no other is given."""
    hidden = hidden_fields(page.text)
    if "captcha_id" in hidden:
        typed = {"captcha": await web_app.services.captchas.answer(hidden["captcha_id"]) or "", **typed}
    return await browser.post(_PAGE, data=hidden | typed)


async def test_who_has_just_signed_in_is_asked_no_captcha(web_app: WebApp, voter: Voter) -> None:
    """The password's page has asked one; a right code opens."""
    person, browser = voter
    page = await browser.get(_PAGE)
    assert "captcha_id" not in hidden_fields(page.text)
    assert (await _send(web_app, browser, page, voting_code=person.voting_code)).headers["location"] == _OPENS


@pytest.mark.parametrize(
    ("entrance", "procedure"), [("/vote", Procedure.VOTING_CODE), ("/vote/connexion", Procedure.IDENTIFIER)]
)
async def test_a_space_that_was_open_is_over_with_the_vote(
    web_app: WebApp, entrance: str, procedure: Procedure
) -> None:
    """Loaded again, it leads to its entrance, which says when the vote has closed."""
    cookie, session = await web_app.services.sessions.open((await web_app.new_elector()).id)
    await web_app.services.sessions.open_voting_space(session)
    election = web_app.context.election.model_copy(update={"procedures": (procedure,)})
    closes = election.calendar.vote.closes
    for now, is_open in ((closes - timedelta(seconds=1), True), (closes, False)):
        async with _served(web_app, election, now).browser(cookie=f"session={cookie}") as browser:
            space, door = await browser.get(_OPENS), await browser.get(entrance)
        assert ("Votre espace de vote est ouvert" in space.text) is is_open
        assert space.headers.get("location") == (None if is_open else entrance)
        assert ("Le vote est clos depuis le" in door.text) is not is_open


def _served(web_app: WebApp, election: Election, instant: datetime) -> WebApp:
    context = replace(web_app.context, election=election, now=lambda: instant)
    return replace(web_app, app=create_app(context))


async def test_after_a_wrong_code_a_captcha_is_asked(web_app: WebApp, voter: Voter) -> None:
    """Until a right one; a form without it, as one that was open in another tab, is not judged and keeps its code."""
    person, browser = voter
    open_before = await browser.get(_PAGE)
    wrong = await _send(web_app, browser, open_before, voting_code="FAUX")
    assert wrong.status_code == 422
    assert "captcha_id" in hidden_fields(wrong.text)
    assert "Réponse déjà saisie" not in wrong.text
    late = await _send(web_app, browser, open_before, voting_code=person.voting_code)
    assert late.status_code == 422
    assert "Réponse déjà saisie" in late.text
    assert (await _send(web_app, browser, late)).headers["location"] == _OPENS
    assert "captcha_id" not in hidden_fields((await browser.get(_PAGE)).text)


async def test_a_wrong_captcha_does_not_lose_the_code(web_app: WebApp, voter: Voter) -> None:
    """It is kept, sealed: the page says so and does not have it, and the next form needs the digits alone."""
    person, browser = voter
    wrong = await _send(web_app, browser, await browser.get(_PAGE), voting_code="FAUX")
    refused = await _send(web_app, browser, wrong, voting_code=person.voting_code, captcha="1")
    assert refused.status_code == 422
    assert "Réponse déjà saisie" in refused.text
    assert person.voting_code not in refused.text
    assert person.voting_code not in str(refused.headers)
    another = await _send(web_app, browser, refused, action="captcha")
    assert "Réponse déjà saisie" in another.text
    opened = await _send(web_app, browser, another, voting_code="")
    assert opened.headers["location"] == _OPENS
    assert "code-saisi" not in browser.cookies
