"""What every page of the console refuses, and what it answers then."""

from typing import Annotated

import pytest
from fastapi import FastAPI, Form
from starlette.responses import HTMLResponse, PlainTextResponse
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError

from console.context.operator import ActingOperator, Administrator, require_csrf
from demo.client.operators import ADMINISTRATION, ASSISTANCE, OPERATEUR, csrf_of
from tests.support.console_app import ConsoleApp


@pytest.fixture(scope="module")
def acts(console_app: ConsoleApp) -> FastAPI:
    """The console with two acts, one of operators, one of administrators, and with an order that is refused."""
    app = console_app.app

    @app.post("/exploitation/essai/acte")
    async def act(operator: ActingOperator, csrf: Annotated[str, Form()] = "") -> PlainTextResponse:
        require_csrf(operator, csrf)
        return PlainTextResponse("done")

    @app.get("/exploitation/essai/liste")
    async def administer(_operator: Administrator) -> HTMLResponse:
        return HTMLResponse("roll")

    @app.get("/exploitation/essai/refus")
    async def refuse() -> None:
        raise WorkflowFailureError(cause=ApplicationError("not a recent order of the console"))

    return app


@pytest.mark.usefixtures("acts")
@pytest.mark.parametrize(("login", "may"), [(ASSISTANCE, False), (OPERATEUR, True), (ADMINISTRATION, True)])
async def test_only_operators_act(console_app: ConsoleApp, login: str, *, may: bool) -> None:
    """Assistance gets a page that names its role; with the right role a form needs the session's token."""
    async with console_app.signed_in(login) as browser:
        csrf = csrf_of((await browser.get("/exploitation")).text)
        answer = await browser.post("/exploitation/essai/acte", data={"csrf": csrf})
        assert answer.status_code == (200 if may else 403)
        assert may or "votre rôle\u00a0: assistance" in answer.text


@pytest.mark.usefixtures("acts")
@pytest.mark.parametrize(("login", "status"), [(OPERATEUR, 403), (ADMINISTRATION, 200)])
async def test_only_administrators_change_the_roll(console_app: ConsoleApp, login: str, status: int) -> None:
    """Other operators are told that their role does not."""
    async with console_app.signed_in(login) as browser:
        assert (await browser.get("/exploitation/essai/liste")).status_code == status


@pytest.mark.usefixtures("acts")
async def test_a_form_of_another_session_is_refused(console_app: ConsoleApp) -> None:
    """Without a token, and with that of another session of the same operator."""
    async with console_app.signed_in() as browser, console_app.signed_in() as other:
        foreign = csrf_of((await other.get("/exploitation")).text)
        for data in ({}, {"csrf": foreign}, {"csrf": "é" * 64}):
            answer = await browser.post("/exploitation/essai/acte", data=data)
            assert answer.status_code == 403
            assert "Rien n’a été pris en compte" in answer.text


@pytest.mark.usefixtures("acts")
@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "http://autre.fr"}]
)
async def test_a_post_from_another_site_is_refused(console_app: ConsoleApp, headers: dict[str, str]) -> None:
    """Even with the right token."""
    async with console_app.signed_in() as browser:
        csrf = csrf_of((await browser.get("/exploitation")).text)
        answer = await browser.post("/exploitation/essai/acte", data={"csrf": csrf}, headers=headers)
    assert answer.status_code == 403


async def test_another_host_and_a_long_body_are_refused(console_app: ConsoleApp) -> None:
    """400 and 413, in French."""
    async with console_app.browser() as browser:
        foreign = await browser.get("/exploitation", headers={"host": "autre.exemple.fr"})
        long = await browser.post("/exploitation/deconnexion", content=b"x" * 70_000)
    assert (foreign.status_code, long.status_code) == (400, 413)
    assert "Rien n’a été pris en compte" in foreign.text
    assert "trop long" in long.text


async def test_a_form_that_may_hide_a_nul_is_refused(console_app: ConsoleApp) -> None:
    """In its bytes, and in a character set of its own; PostgreSQL would refuse the text."""
    parts = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n+AAA-\r\n--x--\r\n'
    form, utf7 = "application/x-www-form-urlencoded", "Multipart/form-data; boundary=x; charset=utf-7"
    async with console_app.signed_in() as browser:
        for body, kind in ((b"csrf=%00", form), (b"csrf=\0", form), (parts, utf7)):
            answer = await browser.post("/exploitation/deconnexion", content=body, headers={"content-type": kind})
            assert (answer.status_code, "Demande illisible" in answer.text) == (400, True)


@pytest.mark.usefixtures("acts")
async def test_an_order_that_is_refused_and_an_id_that_is_none_are_told(console_app: ConsoleApp) -> None:
    """In a sentence: whatever page gave the order, and whatever stands in the address."""
    async with console_app.signed_in() as browser:
        refused = await browser.get("/exploitation/essai/refus")
        unknown = await browser.get("/exploitation/reassorts/code-de-vote/é")
    assert (refused.status_code, "L’ordre n’a pas été exécuté" in refused.text) == (409, True)
    assert (unknown.status_code, "Page introuvable" in unknown.text) == (404, True)


async def test_every_answer_has_the_headers(console_app: ConsoleApp) -> None:
    """A strict policy, whose forms may lead to the provider; nothing is cached; HEAD has no body."""
    async with console_app.browser() as browser:
        for address in ("/exploitation", "/exploitation/nulle-part", "/exploitation/deconnexion"):
            answer = await browser.get(address)
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert "form-action 'self' http://portail.exemple.fr;" in answer.headers["content-security-policy"]
            assert answer.headers["cache-control"] == "no-store"
        head = await browser.head("/exploitation/deconnexion")
    assert (head.status_code, head.content) == (200, b"")


async def test_what_a_program_asks_for_is_answered_in_json(console_app: ConsoleApp) -> None:
    """401 without a session, 404 for what there is not."""
    async with console_app.browser() as browser:
        assert (await browser.get("/exploitation/nulle-part.json")).json() == {"detail": "not found"}
        polled = await browser.get("/exploitation/tableau")
    assert polled.status_code == 303
