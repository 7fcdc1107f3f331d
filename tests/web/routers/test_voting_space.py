"""The page of the voting code: no CAPTCHA before a wrong try, and a wrong CAPTCHA does not lose the code."""

from collections.abc import AsyncIterator

import httpx2
import pytest_asyncio

from demo.client.voter import hidden_fields
from tests.support.people import Person
from tests.support.web_app import WebApp

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
