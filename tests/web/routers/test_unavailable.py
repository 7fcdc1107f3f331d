"""A form that gets no answer, since the database is away: the page of the fault leads back to the form."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from secrets import token_hex

import httpx2
import pytest_asyncio
from starlette.routing import Match

from activities.store.database import Database
from demo.client.voter import hidden_fields
from tests.support.web_app import WebApp, assert_valid_response, roll_services, settings_of
from tests.web.routers.test_every_page_is_true import ROUTES
from web.app import create_app

# Those whose button has no page of its own, and those that a script reads.
_NO_FORMS = {"/captcha", "/deconnexion", "/session.json"}
# The page of a button that has none itself, or of a form's beginning.
_BEGUN_AT = {
    "/reassort/suivi/renvoyer": "/reassort/suivi",
    "/reassort/mot-de-passe/confirmation": "/reassort/mot-de-passe",
}
_FORMS = sorted(route.path for route in ROUTES if "POST" in (route.methods or ()) and route.path not in _NO_FORMS)


@pytest_asyncio.fixture
async def browser(web_app: WebApp) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser with a session, at an application whose database does not answer."""
    nowhere = Database("postgresql+psycopg://web@127.0.0.1:1/reassort")
    core, election = settings_of("postgresql://unused"), web_app.context.election
    app = create_app(replace(web_app.context, services=roll_services(core, election, nowhere)))
    async with replace(web_app, app=app).browser(cookie="session=" + "a" * 64) as away:
        yield away
    await nowhere.close()


async def test_a_form_that_got_no_answer_leads_back_to_its_page(
    browser: httpx2.AsyncClient, web_app: WebApp
) -> None:
    """Also that of « Ce n’était pas moi », whose voter no sign-in helps: each button leads to a page that there is."""
    services = web_app.services
    tokens = {
        "/lien": services.links.token("code-de-vote/abc", "abc"),
        "/opposition": services.objection_links.token("code-de-vote/abc", "abc-requested"),
    }
    for form in _FORMS:
        path = form.format(token=tokens.get(form.partition("/{")[0]))
        answer = await browser.post(path, data={"csrf": "a" * 64})
        assert_valid_response(answer, fault=True)
        assert "Suivre ma demande" not in answer.text, path
        again = re.search(r'href="([^"?]+)"[^>]*>\s*Réessayer', answer.text)
        assert again, path
        assert again[1] == _BEGUN_AT.get(path, path)
        asked = {"type": "http", "method": "GET", "path": again[1]}
        assert any(route.matches(asked)[0] is Match.FULL for route in web_app.app.routes), path


async def test_a_letter_to_support_is_kept_in_its_form(browser: httpx2.AsyncClient, web_app: WebApp) -> None:
    """Of an elector who has signed in, who stays so: the form that comes back can be sent once the database is there."""
    tokens = await web_app.signed_in()
    session = {"cookie": f"session={tokens.cookie}"}
    typed = {
        "message": "Le SMS n’arrive pas depuis 14 h.",
        "reply_to": "camille@exemple.fr",
        "form_id": token_hex(16),
    }
    kept = await browser.post("/assistance", data={"csrf": tokens.csrf, **typed}, headers=session)
    assert_valid_response(kept, fault=True)
    assert "Il est encore dans le formulaire" in kept.text
    assert f"\n{typed['message']}</textarea>" in kept.text
    assert "set-cookie" not in kept.headers
    assert 'name="captcha"' not in kept.text
    again = hidden_fields(kept.text)
    assert again["form_id"] == typed["form_id"]
    async with web_app.browser(**session) as back:
        assert (await back.post("/assistance", data={**typed, **again})).status_code == 303
