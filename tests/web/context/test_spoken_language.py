"""The choice of a language: on every page, kept by the browser, and back on the same page."""

import httpx2
import pytest
from fastapi import FastAPI
from starlette.types import Message, Scope

from tests.support.web_app import Markup, WebApp
from web.app import create_app

_ENGLISH = {"cookie": "langue=en"}


async def test_pages_are_in_french_until_the_voter_chooses(web_app: WebApp) -> None:
    """Whatever languages the browser says it prefers."""
    async with web_app.browser(**{"accept-language": "en"}) as browser:
        page = (await browser.get("/")).text
        assert Markup(page).language == "fr"
        assert "J’ai perdu…" in page
        chosen = await browser.get("/?langue=en")
        assert (chosen.status_code, chosen.headers["location"]) == (303, "/")
        page = (await browser.get("/")).text
    assert Markup(page).language == "en"
    assert "I have lost…" in page
    assert "The vote closes on " in page


async def test_the_choice_is_kept_in_a_cookie_that_says_nothing_else(web_app: WebApp) -> None:
    """For half a year, for no script and no other site."""
    async with web_app.browser() as browser:
        [cookie] = (await browser.get("/aide?langue=en")).headers.get_list("set-cookie")
    assert cookie == "langue=en; HttpOnly; Max-Age=15552000; Path=/; SameSite=lax"


async def test_each_language_has_a_link_back_to_this_page(web_app: WebApp) -> None:
    """With the address's other values; the current one is marked."""
    async with web_app.browser(**_ENGLISH) as browser:
        page = (await browser.get("/connexion?vers=x%26y")).text
    assert 'href="/connexion?vers=x%26y&amp;langue=fr"' in page
    assert 'href="/connexion?vers=x%26y&amp;langue=en"' in page
    assert page.partition('hreflang="en"')[2].lstrip().startswith('aria-current="true"')


@pytest.mark.parametrize(
    ("address", "back"),
    [
        ("/aide?langue=en", "/aide"),
        ("/connexion?vers=x%26y&langue=en&langue=fr", "/connexion?vers=x%26y"),
        ("/lien/a%3Fb%23c?langue=en", "/lien/a%3Fb%23c"),
        ("/aide?q=%E9&x=%25&langue=en", "/aide?q=%EF%BF%BD&x=%25"),
        ("/reassort/suivi/renvoyer?langue=en", "/"),  # takes forms alone
        ("//autre.example/?langue=en", "/"),
        ("/%5Cautre.example?langue=en", "/"),
        ("/https://autre.example?langue=en", "/"),
    ],
)
async def test_a_choice_leads_back_to_the_page_and_never_elsewhere(
    web_app: WebApp, address: str, back: str
) -> None:
    """An address that names another site, or that takes forms alone, leads home."""
    async with web_app.browser() as browser:
        answer = await browser.get(f"http://portail.exemple.fr{address}")
    assert (answer.status_code, answer.headers["location"]) == (303, back)


async def test_the_links_lead_to_no_other_site(web_app: WebApp) -> None:
    """Also on the page of an address that begins like another site's, and of one with quoted signs."""
    async with web_app.browser() as browser:
        absent = (await browser.get("http://portail.exemple.fr//autre.example/x")).text
        quoted = (await browser.get("/nulle%3Fpart%5C")).text
    assert 'href="/autre.example/x?langue=en"' in absent
    assert 'href="/nulle%3Fpart%5C?langue=en"' in quoted


async def test_bytes_that_are_no_utf_8_are_taken(web_app: WebApp) -> None:
    """A server passes them on as they were sent: the page is shown, and the choice leads back to it."""
    assert (await _sent_raw(web_app, b"q=\xe9"))["status"] == 200
    assert (await _sent_raw(web_app, b"q=\xe9", "/portail"))["status"] == 303  # to the sign-in
    chosen = await _sent_raw(web_app, b"q=\xe9&langue=en")
    assert (chosen["status"], dict(chosen["headers"])[b"location"]) == (303, b"/aide?q=%C3%A9")


async def _sent_raw(web_app: WebApp, query: bytes, path: str = "/aide") -> Message:
    """Return the beginning of the answer to a query that no client would send unquoted."""
    headers = [(b"host", b"portail.exemple.fr")]
    scope: Scope = {"type": "http", "method": "GET", "scheme": "http", "path": path, "query_string": query}
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    await web_app.app({**scope, "headers": headers}, receive, send)
    return sent[0]


async def test_a_forged_host_gets_no_choice(web_app: WebApp) -> None:
    """It is refused like any other of its requests, without a cookie."""
    async with web_app.browser(host="autre.example") as browser:
        answer = await browser.get("/?langue=en")
    assert (answer.status_code, "set-cookie" in answer.headers) == (400, False)


async def test_an_unknown_language_changes_nothing(web_app: WebApp) -> None:
    """Neither in the address nor in the cookie."""
    async with web_app.browser(cookie="langue=tlh") as browser:
        answer = await browser.get("/?langue=tlh")
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
    assert Markup(answer.text).language == "fr"


async def test_a_form_under_way_is_still_valid_after_the_choice(web_app: WebApp) -> None:
    """The session and its hidden field stay; a form that is sent is not taken for a choice."""
    tokens = await web_app.signed_in()
    async with web_app.browser(cookie=f"session={tokens.cookie}; langue=fr") as browser:
        assert (await browser.get("/assistance?langue=en")).status_code == 303
        sent = await browser.post("/assistance?langue=en", data={"csrf": tokens.csrf, "message": ""})
    assert (sent.status_code, Markup(sent.text).language) == (422, "fr")


async def test_errors_are_in_the_language_too(web_app: WebApp) -> None:
    """A page that does not exist, a refused host, and a fault that nothing else handles."""
    async with web_app.browser(**_ENGLISH) as browser:
        absent = await browser.get("/nulle-part")
        refused = await browser.get("/", headers={"host": "autre.example"})
    assert [Markup(page.text).language for page in (absent, refused)] == ["en", "en"]
    transport = httpx2.ASGITransport(_with_a_fault(web_app), raise_app_exceptions=False)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://portail.exemple.fr", headers=_ENGLISH
    ) as browser:
        fault = await browser.get("/faute")
    assert (fault.status_code, Markup(fault.text).language) == (500, "en")


def _with_a_fault(web_app: WebApp) -> FastAPI:
    async def broken() -> None:
        raise ArithmeticError

    app = create_app(web_app.context)
    app.add_api_route("/faute", broken)
    return app
