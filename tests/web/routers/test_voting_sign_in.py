"""The sign-in of the voting space: identifier and password, typed as people read them."""

import re

import httpx2
import pytest

from tests.support.people import CAMILLE
from tests.support.web_app import WebApp


async def _tries(web_app: WebApp, identifier: str, password: str) -> tuple[httpx2.Response, str]:
    async with web_app.browser() as browser:
        page = await browser.get("/vote/connexion")
        csrf = re.findall(r'name="csrf" value="(\w+)"', page.text)[0]
        typed = {"csrf": csrf, "identifier": identifier, "password": password}
        answer = await browser.post("/vote/connexion", data=typed)
        return answer, (await browser.get("/espace-de-vote")).text


async def test_identifier_and_password_open_the_voting_space(web_app: WebApp) -> None:
    """No other page is needed."""
    answer, space = await _tries(web_app, CAMILLE.identifier, CAMILLE.password)
    assert (answer.status_code, answer.headers["location"]) == (303, "/espace-de-vote")
    assert "Votre espace de vote est ouvert" in space


@pytest.mark.parametrize(
    ("identifier", "password"),
    [
        (CAMILLE.identifier, "wrong"),
        (CAMILLE.identifier + "9", CAMILLE.password),
        (CAMILLE.identifier, CAMILLE.password + " "),
        (CAMILLE.identifier, CAMILLE.password.replace(" ", "")),
        (CAMILLE.work_email, CAMILLE.password),
        ("nobody", CAMILLE.password),
        ("", ""),
    ],
)
async def test_another_identifier_or_password_is_refused(web_app: WebApp, identifier: str, password: str) -> None:
    """With the same page, which shows neither the password nor which of the two is wrong."""
    answer, space = await _tries(web_app, identifier, password)
    assert answer.status_code == 422
    assert "Votre espace de vote est ouvert" not in space
    assert not password.strip() or password not in answer.text


@pytest.mark.parametrize("typed", ["c00 A47#h9", "C00a47#H9", "c00-a47#h9", "C00\u2011A47 #h9."])
async def test_case_and_separators_of_an_identifier_do_not_count(web_app: WebApp, typed: str) -> None:
    """An identifier that came by SMS or on paper is read out, retyped and grouped as people like."""
    answer, _ = await _tries(web_app, typed, CAMILLE.password)
    assert answer.headers.get("location") == "/espace-de-vote"


@pytest.mark.parametrize("around", ["\u200b", "\ufeff", "\u202a", "\u00ad", "\u00a0", " "])
async def test_a_pasted_identifier_is_understood(web_app: WebApp, around: str) -> None:
    """Whatever cannot be seen came with it from a mail or a document."""
    pasted = around + CAMILLE.identifier.replace(" ", "\u00a0") + around
    answer, _ = await _tries(web_app, pasted, CAMILLE.password)
    assert answer.headers.get("location") == "/espace-de-vote"


@pytest.mark.parametrize(
    ("password", "is_said"),
    [
        (CAMILLE.password + " ", True),
        ("\u200b" + CAMILLE.password, True),
        ("wrong\u00a0one", True),
        ("wrong one", False),
    ],
)
async def test_the_form_says_what_cannot_be_seen_in_a_wrong_password(
    web_app: WebApp, password: str, is_said: bool
) -> None:
    """Of a known and an unknown identifier alike: it depends on what was typed alone."""
    for identifier in (CAMILLE.identifier, "nobody"):
        answer, _ = await _tries(web_app, identifier, password)
        assert ("invisible" in answer.text) is is_said


async def test_the_page_says_what_counts_in_the_two_fields(web_app: WebApp) -> None:
    """Nothing of how the identifier is written; capitals, small letters and spaces of the password."""
    async with web_app.browser() as browser:
        page = (await browser.get("/vote/connexion")).text
    assert "Ni les majuscules, ni les espaces, ni les tirets ne comptent." in page
    assert "Respectez les majuscules et les minuscules" in page
