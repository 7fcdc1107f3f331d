"""The file that a new election starts from serves pages, and says of the rest that it is not offered."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from temporalio.client import Client

from activities.config.clock import utc_now
from demo.state.calendar import open_today
from election.settings import load
from tests.support.web_app import WebApp, settings_of
from web.app import build_app_context, create_app
from web.presenters.situations import Situation

_DEFAULT = Path(__file__).parents[3] / "election" / "default.toml"
_NOT_OFFERED = "Cette élection ne propose pas cette démarche"


@pytest_asyncio.fixture
async def browser(web_app: WebApp, temporal: Client, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser of an elector who has signed in, in the default election while its vote is open."""
    open_today(_DEFAULT, tmp_path / "election.toml", utc_now())
    election = load(tmp_path / "election.toml")
    context = build_app_context(settings_of("unused"), election, web_app.services, temporal, demo=False)
    tokens = await web_app.signed_in()
    async with replace(web_app, app=create_app(context)).browser(cookie=f"session={tokens.cookie}") as opened:
        yield opened


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/portail",
        "/vote",
        "/aide",
        "/assistance",
        "/connexion",
        "/reassort/code-de-vote",
        "/portail/reassorts",
    ],
)
async def test_its_pages_are_served(browser: httpx2.AsyncClient, path: str) -> None:
    """Each page that needs no form before it answers, with the support desk's number."""
    answer = await browser.get(path)
    assert answer.status_code in {200, 303}
    assert answer.status_code == 303 or "01\u00a099\u00a000\u00a012\u00a034" in answer.text


@pytest.mark.parametrize("path", ["/reassort/identifiant", "/sans-notice"])
async def test_a_recovery_of_another_election_says_that_it_is_not_offered(
    browser: httpx2.AsyncClient, path: str
) -> None:
    """2018's and 2011's pages name no proof and have no form."""
    answer = await browser.get(path)
    assert (answer.status_code, _NOT_OFFERED in answer.text) == (200, True)
    assert "NUMEN" not in answer.text
    assert f'action="{path}' not in answer.text


async def test_no_page_leads_to_what_is_not_offered(browser: httpx2.AsyncClient) -> None:
    """Home, portal and help name voting code and password alone; the voting space has one entrance."""
    pages = [await browser.get(path) for path in ("/", "/portail", "/aide")]
    for page in pages:
        assert not any(path in page.text for path in ("/reassort/identifiant", "/sans-notice", "/vote/connexion"))
    assert (await browser.get("/vote/connexion")).status_code == 404
    assert (await browser.get("/reassort/mot-de-passe")).status_code == 200


async def test_each_situation_has_its_page(browser: httpx2.AsyncClient) -> None:
    """Home and help lead to the same pages; the challenge form leads whoever forgot the answer to the support desk."""
    home, help_page = [await browser.get(path) for path in ("/", "/aide")]
    led = [re.findall(r'href="(/aide/situations/[a-z-]+)"', page.text) for page in (home, help_page)]
    assert led[0] == led[1]
    assert len(led[0]) == len(Situation)
    for url in led[0]:
        page = await browser.get(url)
        assert page.status_code == 200
        assert set(re.findall(r'href="(/aide/situations/[a-z-]+)"', page.text)) == {*led[0]} - {url}
    form = await browser.get("/reassort/code-de-vote/question-defi")
    assert f'href="{Situation.SECRET_ANSWER.url}">Réponse oubliée\u202f?' in form.text
    assert 'href="/assistance"' in (await browser.get(Situation.SECRET_ANSWER.url)).text
    assert (await browser.get("/aide/situations/inconnue")).status_code == 404


async def test_the_voting_code_is_recovered_by_question_and_numen_alone(browser: httpx2.AsyncClient) -> None:
    """The form does not speak of the social security number, nor the choice of FranceConnect."""
    form = await browser.get("/reassort/code-de-vote/question-defi")
    assert form.status_code == 200
    assert "NUMEN" in form.text
    assert 'name="answer"' in form.text
    assert "numéro de sécurité sociale" not in form.text.partition("<form")[2].partition("</form>")[0]
    choice = await browser.get("/reassort/code-de-vote")
    assert "franceconnect" not in choice.text.lower()
    refused = await browser.get("/reassort/code-de-vote/franceconnect")
    assert refused.headers["location"] == "/reassort/code-de-vote"
