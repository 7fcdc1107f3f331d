"""The voting space's own sign-in: identifier and password, to the letter."""

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
    """Of whoever has both, and no other page is needed."""
    answer, space = await _tries(web_app, CAMILLE.identifier, CAMILLE.password)
    assert (answer.status_code, answer.headers["location"]) == (303, "/espace-de-vote")
    assert "Votre espace de vote est ouvert" in space


@pytest.mark.parametrize(
    ("identifier", "password"),
    [
        (CAMILLE.identifier, "wrong"),
        (CAMILLE.identifier.lower(), CAMILLE.password),
        (CAMILLE.identifier.replace(" ", ""), CAMILLE.password),
        (CAMILLE.identifier, CAMILLE.password + " "),
        (CAMILLE.work_email, CAMILLE.password),
        ("nobody", CAMILLE.password),
        ("", ""),
    ],
)
async def test_what_is_not_to_the_letter_is_refused(web_app: WebApp, identifier: str, password: str) -> None:
    """With one answer, which shows neither the password nor which of the two was wrong."""
    answer, space = await _tries(web_app, identifier, password)
    assert answer.status_code == 422
    assert "Votre espace de vote est ouvert" not in space
    assert not password.strip() or password not in answer.text


async def test_the_page_says_what_counts(web_app: WebApp) -> None:
    """Capitals, small letters and spaces."""
    async with web_app.browser() as browser:
        page = (await browser.get("/vote/connexion")).text
    assert "respecter les majuscules, les minuscules et les espaces" in page
