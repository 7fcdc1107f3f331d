"""Sessions: drawn by the server, changed at sign-in, bound to their forms and to this host."""

from dataclasses import replace
from http.cookies import SimpleCookie

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.accounts.sessions import Session
from activities.store.tables import captchas, sessions
from demo.client.voter import hidden_fields, shown_code
from tests.support.database_dump import rows
from tests.support.fuzz_inputs import REPRODUCIBLE
from tests.support.people import CAMILLE, SACHA
from tests.support.web_app import WebApp
from web.app import create_app
from web.context.form_tokens import CsrfError


@pytest.fixture(scope="session")
def secure(web_app: WebApp) -> WebApp:
    """The same application over HTTPS."""
    context = replace(web_app.context, public_url=web_app.context.public_url.replace("http://", "https://"))
    return replace(web_app, context=context, app=create_app(context))


def given_to(answer: httpx2.Response) -> SimpleCookie:
    """Return the cookies of a response, with their attributes."""
    return SimpleCookie("\r\n".join(answer.headers.get_list("set-cookie")))


async def _first_step(web_app: WebApp, browser: httpx2.AsyncClient) -> httpx2.Response:
    form = hidden_fields((await browser.get("/connexion")).text)
    right = str(await web_app.services.captchas.answer(form["captcha_id"]))
    return await browser.post("/connexion", data={**form, "identifier": CAMILLE.work_email, "captcha": right})


async def _second_step(browser: httpx2.AsyncClient) -> httpx2.Response:
    form = hidden_fields((await browser.get("/connexion/mot-de-passe")).text)
    return await browser.post("/connexion/mot-de-passe", data={**form, "password": CAMILLE.password})


async def test_signing_in_draws_a_new_session(web_app: WebApp) -> None:
    """Somebody who knew the cookie before, or set it, has an anonymous session afterwards."""
    async with web_app.browser() as browser:
        await browser.get("/connexion")
        seen = [browser.cookies["session"]]
        assert (await _first_step(web_app, browser)).headers["location"] == "/connexion/mot-de-passe"
        assert (await _second_step(browser)).headers["location"] == "/portail"
        seen.append(browser.cookies["session"])
    before, after = [await web_app.services.sessions.find(cookie) for cookie in seen]
    assert before == Session(before.id_hash if before else "")
    assert after is not None
    assert after.elector_id == CAMILLE.id


async def test_loading_the_first_step_writes_nothing(web_app: WebApp) -> None:
    """Nor does asking for another CAPTCHA: loading the page again and again fills no table."""
    before = [await rows(web_app.services.database, table) for table in (sessions, captchas)]
    async with web_app.browser() as browser:
        form = hidden_fields((await browser.get("/connexion")).text)
        another = (await browser.post("/captcha", data=form)).json()["id"]
        assert (await browser.get(f"/captcha/{another}.png")).status_code == 200
    assert [await rows(web_app.services.database, table) for table in (sessions, captchas)] == before


async def test_two_clicks_on_either_step_lead_to_the_same_page_as_one(web_app: WebApp) -> None:
    """Without scripts a form can be sent twice, and the browser shows the answer to the second one."""
    async with web_app.browser() as browser:
        first = hidden_fields((await browser.get("/connexion")).text)
        first["captcha"] = str(await web_app.services.captchas.answer(first["captcha_id"]))
        first["identifier"] = CAMILLE.work_email
        second = {"csrf": first["csrf"], "password": CAMILLE.password}
        for path, form, lead in (
            ("/connexion", first, "/connexion/mot-de-passe"),
            ("/connexion/mot-de-passe", second, "/portail"),
        ):
            clicks = [await browser.post(path, data=form) for _ in range(2)]
            assert [answer.headers.get("location") for answer in clicks] == [lead] * 2
        assert (await browser.post("/connexion", data=first)).headers.get("location") == "/portail"


async def test_a_session_id_that_the_server_did_not_draw_is_replaced(web_app: WebApp) -> None:
    """The browser gets a new one (session fixation)."""
    async with web_app.browser(cookie="session=planted") as browser:
        answer = await browser.get("/connexion")
    assert given_to(answer)["session"].value != "planted"


async def test_signing_out_ends_the_session_wherever_it_is_open(web_app: WebApp) -> None:
    """The cookie is deleted, and so is the session in the database."""
    tokens = await web_app.signed_in()
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        answer = await browser.post("/deconnexion", data={"csrf": tokens.csrf})
    assert given_to(answer)["session"]["max-age"] == "0"
    assert await web_app.services.sessions.find(tokens.cookie) is None


async def test_a_form_of_another_session_is_refused(web_app: WebApp) -> None:
    """Its hidden field is wrong, and nothing happens."""
    mine, theirs = await web_app.signed_in(), await web_app.signed_in(SACHA)
    async with web_app.browser(cookie=f"session={mine.cookie}") as browser:
        assert (await browser.post("/deconnexion", data={"csrf": theirs.csrf})).status_code == 403
    assert await web_app.services.sessions.find(mine.cookie) is not None


async def test_over_https_the_session_is_this_host_s_alone(secure: WebApp) -> None:
    """No other host of the domain can set or read it, nor can a script; a cookie without the prefix is ignored."""
    async with secure.browser() as browser:
        cookie = given_to(await browser.get("/connexion"))["__Host-session"]
    assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")
    assert cookie["samesite"] == "lax"
    tokens = await secure.signed_in()
    for name, status in (("session", 303), ("__Host-session", 200)):
        async with secure.browser(cookie=f"{name}={tokens.cookie}") as browser:
            assert (await browser.get("/portail")).status_code == status


async def test_over_https_the_code_is_sealed_to_a_cookie_of_this_host_alone(secure: WebApp) -> None:
    """Another host of the domain that sets a key of its own in the voter's browser cannot read the code."""
    voter = await secure.new_elector()
    link_record = await secure.voting_code_link(voter)
    link = f"/lien/{secure.services.links.token(link_record.workflow_id, link_record.link_id)}"
    planted = await _planted(secure)
    async with secure.browser(cookie=f"navigateur={planted}") as browser:
        form = hidden_fields((await browser.get(link)).text)
        pressed = await browser.post(link, data=form)
    assert shown_code(pressed.text)
    cookies = given_to(pressed)
    assert set(cookies) == {"__Host-navigateur", "__Host-affichage"}
    assert all(each["secure"] and each["httponly"] and not each["domain"] for each in cookies.values())
    async with secure.browser(cookie=f"__Host-navigateur={planted}") as thief:
        assert shown_code((await thief.get(link)).text) is None


async def _planted(secure: WebApp) -> str:
    other = await secure.new_elector()
    link_record = await secure.voting_code_link(other)
    async with secure.browser() as browser:
        opened = await browser.get(
            f"/lien/{secure.services.links.token(link_record.workflow_id, link_record.link_id)}"
        )
    return given_to(opened)["__Host-navigateur"].value


@settings(REPRODUCIBLE, max_examples=40)
@given(st.text(), st.text())
def test_a_form_token_is_valid_for_what_it_was_made_for_alone(web_app: WebApp, bound_to: str, typed: str) -> None:
    """Any other text, and the token of any other session or link, is refused."""
    form_tokens = web_app.context.form_tokens
    form_tokens.require(form_tokens.make(bound_to), bound_to)
    with pytest.raises(CsrfError):
        form_tokens.require(typed, bound_to)
    if typed != bound_to:
        with pytest.raises(CsrfError):
            form_tokens.require(form_tokens.make(bound_to), typed)
