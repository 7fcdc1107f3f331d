"""Pages that ask for a password name its account to password managers, and to nobody else."""

import re
from html import unescape

import httpx2
import pytest

from demo.client.voter import hidden_fields
from tests.support.people import CAMILLE
from tests.support.web_app import WebApp, assert_valid_response

PASSWORD_PAGE = "/connexion/mot-de-passe"


def _username(page: str) -> str | None:
    """Return the value of a page's field for password managers, which stands before its passwords."""
    found = re.search(r'<input id="f-username"[^>]*>', page)
    if found is None:
        return None
    assert 'autocomplete="username"' in found[0]
    assert 'name="' not in found[0]
    assert 'tabindex="-1"' in found[0]
    assert page.index(found[0]) < page.index('type="password"')
    assert re.search(r'<div class="fr-sr-only" aria-hidden="true">(?:(?!</div>).)*f-username', page, re.DOTALL)
    value = re.search(r'value="([^"]*)"', found[0])
    return unescape(value[1]) if value else None


async def _types(web_app: WebApp, browser: httpx2.AsyncClient, identifier: str) -> httpx2.Response:
    form = hidden_fields((await browser.get("/connexion")).text)
    captcha = await web_app.services.captchas.answer(form["captcha_id"])
    return await browser.post("/connexion", data=form | {"identifier": identifier, "captcha": captcha})


@pytest.mark.parametrize("identifier", [CAMILLE.work_email, "nobody@ac-lyon.fr", CAMILLE.identifier, "é\"<'&漢"])
async def test_the_password_s_page_has_the_identifier_that_was_typed(web_app: WebApp, identifier: str) -> None:
    """On the roll or not, as it was typed; also when a wrong password is refused."""
    async with web_app.browser() as browser:
        assert (await _types(web_app, browser, identifier)).status_code == 303
        page = await browser.get(PASSWORD_PAGE)
        assert_valid_response(page)
        assert _username(page.text) == identifier
        wrong = await browser.post(PASSWORD_PAGE, data=hidden_fields(page.text) | {"password": "wrong"})
        assert _username(wrong.text) == identifier


async def test_the_last_identifier_of_the_session_counts(web_app: WebApp) -> None:
    """Whoever goes back and types another one."""
    async with web_app.browser() as browser:
        for identifier in ("nobody@ac-lyon.fr", CAMILLE.work_email):
            await _types(web_app, browser, identifier)
        assert _username((await browser.get(PASSWORD_PAGE)).text) == CAMILLE.work_email


async def test_an_identifier_of_another_session_is_not_shown(web_app: WebApp) -> None:
    """Nor one that was changed, or none: the page is the same without it."""
    async with web_app.browser() as browser:
        await _types(web_app, browser, "nobody@ac-lyon.fr")
        kept = browser.cookies["identifiant"]
        await _types(web_app, browser, CAMILLE.work_email)
        text, _, token = browser.cookies["identifiant"].partition(".")
        session = browser.cookies["session"]
    tokens = await web_app.before_password(CAMILLE.work_email)
    for owner, cookie in (
        (tokens.cookie, kept),
        (session, f"{kept.partition('.')[0]}.{token}"),
        (session, text),
        (session, "."),
        (session, ""),
    ):
        async with web_app.browser(cookie=f"session={owner}; identifiant={cookie}") as browser:
            page = await browser.get(PASSWORD_PAGE)
        assert (page.status_code, _username(page.text)) == (200, None)


async def test_a_sign_in_ends_the_cookie_of_the_identifier(web_app: WebApp) -> None:
    """It is of no more use, and the next person at this computer does not see it."""
    async with web_app.browser() as browser:
        await _types(web_app, browser, CAMILLE.work_email)
        form = hidden_fields((await browser.get(PASSWORD_PAGE)).text)
        opened = await browser.post(PASSWORD_PAGE, data=form | {"password": CAMILLE.password})
        assert opened.headers["location"] == "/portail"
        assert "identifiant" not in browser.cookies


async def test_a_new_password_is_saved_with_its_account(web_app: WebApp) -> None:
    """The page of the link has the elector's work address, also when the password is refused."""
    person = await web_app.new_elector()
    link = web_app.link(await web_app.password_link(person))
    async with web_app.browser() as browser:
        page = (await browser.get(link)).text
        refused = await browser.post(
            link, data=hidden_fields(page) | {"password": "short", "confirmation": "short"}
        )
    assert _username(page) == _username(refused.text) == person.work_email


async def test_the_voting_space_has_its_own_field(web_app: WebApp) -> None:
    """Its page has both on it, so nothing is hidden there."""
    async with web_app.browser() as browser:
        page = (await browser.get("/vote/connexion")).text
    assert _username(page) is None
    assert re.search(r'name="identifier"[^>]*autocomplete="username"', page)
