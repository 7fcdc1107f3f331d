"""A form whose session is gone or new comes back filled in, but for its secrets, and nothing is done."""

import re

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from demo.client.voter import hidden_fields
from tests.support.people import CAMILLE
from tests.support.web_app import WebApp, assert_valid_response

OTHER = "rien n’a été pris en compte"
# Of each form that has fields to fill in: some of them, and the secrets that never come back.
FORMS = [
    ("/connexion", {"identifier": "camille@ac-lyon.fr"}, {}),
    ("/sans-notice", {"identifier": "camille@ac-lyon.fr"}, {}),
    ("/reassort/mot-de-passe", {"identifier": "camille@ac-lyon.fr"}, {}),
    ("/vote/connexion", {"identifier": "C00 a47#H9"}, {"password": "Craie-Ardoise-2026"}),
    ("/assistance", {"message": "Le SMS n’arrive pas.", "reply_to": "c@exemple.fr"}, {}),
    (
        "/reassort/identifiant",
        {"phone": "06 39 98 12 34"},
        {"numen": "14E0912345ABC", "birth_date": "31/05/1962"},
    ),
]
# What a browser with fetch metadata sends, one without, and a program.
OURS = [{"sec-fetch-site": "same-origin", "origin": "null"}, {"origin": "http://portail.exemple.fr"}, {}]


def _values(page: str) -> dict[str, str]:
    inputs = dict(re.findall(r'name="(\w+)"[^>]*?value="([^"]*)"', page))
    return inputs | dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\n([^<]*)', page))


@pytest.mark.parametrize(("path", "typed", "secrets"), FORMS)
async def test_of_two_first_visits_at_once_either_form_can_be_sent(
    web_app: WebApp, path: str, typed: dict[str, str], secrets: dict[str, str]
) -> None:
    """The browser keeps the second session; the first tab's form comes back for it, and is taken at the next try."""
    async with web_app.browser() as first, web_app.browser() as second:
        form = hidden_fields((await first.get(path)).text) | typed | secrets
        await second.get(path)
        back = await second.post(path, data=form | {"captcha": "123456"})
        assert_valid_response(back)
        assert back.status_code == 403
        assert OTHER in back.text
        assert _values(back.text) | typed == _values(back.text)
        assert not [secret for secret in (*secrets.values(), "123456") if secret in back.text]
        again = await second.post(path, data=hidden_fields(back.text) | typed | secrets)
        assert again.status_code != 403
        assert OTHER not in again.text


@pytest.mark.parametrize("headers", OURS)
async def test_a_form_whose_session_is_gone_comes_back(web_app: WebApp, headers: dict[str, str]) -> None:
    """With a new session, whatever of our own page the browser says."""
    async with web_app.browser() as browser:
        form = hidden_fields((await browser.get("/connexion")).text) | {"identifier": "camille@ac-lyon.fr"}
        browser.cookies.clear()
        back = await browser.post("/connexion", data=form, headers=headers)
        assert (back.status_code, _values(back.text)["identifier"]) == (403, "camille@ac-lyon.fr")
        assert "session=" in back.headers["set-cookie"]


async def test_a_form_that_another_site_may_have_sent_is_not_shown(web_app: WebApp) -> None:
    """It would fill in what it likes, as its own telephone number."""
    async with web_app.browser() as browser:
        form = hidden_fields((await browser.get("/reassort/identifiant")).text) | {"phone": "06 39 98 12 34"}
        for headers in ({"origin": "null"}, {"sec-fetch-site": "cross-site"}, {"origin": "https://other.example"}):
            browser.cookies.clear()
            refused = await browser.post("/reassort/identifiant", data=form, headers=headers)
            assert refused.status_code == 403
            assert "Formulaire refusé" in refused.text
            assert "06 39 98 12 34" not in refused.text


async def test_a_form_comes_back_whatever_its_address_has_for_a_query(web_app: WebApp) -> None:
    """A byte that is no UTF-8, as a program may send it."""

    async def with_a_byte(scope: Scope, receive: Receive, send: Send) -> None:
        await web_app.app({**scope, "query_string": b"\xff"}, receive, send)

    async with web_app.browser() as browser:
        form = hidden_fields((await browser.get("/connexion")).text) | {"identifier": "camille@ac-lyon.fr"}
        transport = httpx2.ASGITransport(with_a_byte)
        async with httpx2.AsyncClient(transport=transport, base_url=browser.base_url) as raw:
            back = await raw.post("/connexion", data=form)
    assert (back.status_code, _values(back.text)["identifier"]) == (403, "camille@ac-lyon.fr")


async def test_the_second_page_of_a_form_begins_it_again(web_app: WebApp) -> None:
    """The confirmation of a forgotten password has nothing to fill in: the identifier's page comes back."""
    async with web_app.browser() as first, web_app.browser() as second:
        page = (await first.get("/reassort/mot-de-passe")).text
        answer = await web_app.services.captchas.answer(hidden_fields(page)["captcha_id"])
        typed = hidden_fields(page) | {"identifier": CAMILLE.work_email, "captcha": answer}
        confirm = hidden_fields((await first.post("/reassort/mot-de-passe", data=typed)).text)
        await second.get("/reassort/mot-de-passe")
        back = await second.post("/reassort/mot-de-passe/confirmation", data=confirm)
    assert (back.status_code, _values(back.text)["identifier"]) == (403, CAMILLE.work_email)
    assert OTHER in back.text


@pytest.mark.parametrize("path", ["/connexion/mot-de-passe", "/connexion/code"])
async def test_a_step_of_a_sign_in_that_is_gone_begins_it_again(web_app: WebApp, path: str) -> None:
    """Its page needs the session's identifier: the first page comes back, with the reason."""
    tokens = await web_app.before_password(CAMILLE.work_email)
    async with web_app.browser() as browser:
        back = await browser.post(path, data={"csrf": tokens.csrf, "password": CAMILLE.password, "code": "123456"})
    _is_sign_in_page(back)
    assert CAMILLE.password not in back.text


@pytest.mark.parametrize("path", ["/reassort/code-de-vote/question-defi", "/vote", "/reassort/suivi/renvoyer"])
async def test_an_elector_whose_session_is_over_reads_so(web_app: WebApp, path: str) -> None:
    """A form that needs a sign-in is not taken: the sign-in page says why it is shown."""
    tokens = await web_app.signed_in()
    async with web_app.browser() as browser:
        back = await browser.post(path, data={"csrf": tokens.csrf, "answer": "Marronnier"})
    _is_sign_in_page(back)
    assert "Marronnier" not in back.text


def _is_sign_in_page(back: httpx2.Response) -> None:
    assert_valid_response(back)
    assert back.status_code == 403
    assert OTHER in back.text
    assert 'action="/connexion"' in back.text


async def test_a_form_of_an_elector_who_has_signed_in_again_comes_back(web_app: WebApp) -> None:
    """In another tab, say: with the destination, and neither the answer nor the number that prove who it is."""
    old, new = await web_app.signed_in(), await web_app.signed_in()
    contact = {"channel": "email", "phone": "06 39 98 12 34", "email": "c@exemple.fr"}
    async with web_app.browser(cookie=f"session={new.cookie}") as browser:
        proofs = {"csrf": old.csrf, "answer": "Marronnier", "proof": CAMILLE.numen}
        asked = await browser.post("/reassort/code-de-vote/question-defi", data=proofs)
        back = await browser.post("/reassort/code-de-vote/destination", data={"csrf": old.csrf, **contact})
        last = await browser.post("/reassort/code-de-vote/verification", data={"csrf": old.csrf})
    for page in (asked, last):
        assert page.status_code == 403
        assert OTHER in page.text
        assert 'action="/reassort/code-de-vote/question-defi"' in page.text
    assert not [secret for secret in ("Marronnier", CAMILLE.numen) if secret in asked.text]
    assert back.status_code == 403
    assert OTHER in back.text
    assert {contact["phone"], contact["email"]} <= set(_values(back.text).values())
    assert re.search(r'value="email"[^>]*\schecked', back.text)
    assert not [secret for secret in ("Marronnier", CAMILLE.numen) if secret in back.text]
