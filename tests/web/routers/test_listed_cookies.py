"""The site sets the cookies that its page lists, for as long as it says, and no other; each listed one is really set."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path

import httpx2
import pytest
from temporalio.client import Client

from activities.config.clock import utc_now
from demo.client.voter import hidden_fields
from demo.state.people import people
from demo.web.france_connect import FictionalFranceConnect
from tests.support.election_words import ELECTIONS
from tests.support.france_connect import ISSUER, PARTY, SimulatedFranceConnect
from tests.support.identified_voter import identified_voter
from tests.support.people import CAMILLE, Person
from tests.support.web_app import WebApp, settings_of
from web.app import build_app_context, create_app
from web.context.cookies import EVERY

_PASSWORD_PAGE = "/connexion/mot-de-passe"
_ROW = re.compile(r'<th scope="row">([^<]+)</th>\s*<td>([^<]+)</td>\s*<td>([^<]+)</td>')
_ALWAYS = {"session", "langue", "identifiant", "connu"}
_BY_CODE = {"demande", "code-saisi", "navigateur", "affichage"}


@dataclass
class Seen:
    """The cookies that browsers were given, with the time for which they keep each."""

    ages: dict[str, int | None] = field(default_factory=dict)

    def watch(self, browser: httpx2.AsyncClient) -> None:
        """Note what a browser is given from now on."""
        browser.event_hooks = {"response": [self._note]}

    async def _note(self, answer: httpx2.Response) -> None:
        for header in answer.headers.get_list("set-cookie"):
            for name, given in SimpleCookie(header).items():
                if given.value:
                    self.ages[name] = int(given["max-age"]) if given["max-age"] else None


@asynccontextmanager
async def _watched(web_app: WebApp, seen: Seen, person: Person | None = None) -> AsyncIterator[httpx2.AsyncClient]:
    async with web_app.browser() as browser:
        if person:
            browser.cookies.set("session", (await web_app.signed_in(person)).cookie)
        seen.watch(browser)
        yield browser


async def _send(
    web_app: WebApp, browser: httpx2.AsyncClient, url: str, page: httpx2.Response | None = None, **typed: str
) -> httpx2.Response:
    """Send a page's form, with the answer of its CAPTCHA if it has one and no other is given."""
    hidden = hidden_fields((page or await browser.get(url)).text)
    if "captcha_id" in hidden:
        typed = {"captcha": await web_app.services.captchas.answer(hidden["captcha_id"]) or "", **typed}
    return await browser.post(url, data=hidden | typed)


async def _signs_in(web_app: WebApp, seen: Seen) -> None:
    person = await web_app.new_elector()
    async with _watched(web_app, seen) as browser:
        await browser.get("/?langue=en")
        await browser.get("/?langue=fr")
        led = await browser.get("/vote")
        sealed = led.headers["location"].partition("?")[2]
        await browser.get(f"/reassort/mot-de-passe?{sealed}")
        await _send(web_app, browser, "/connexion", identifier=person.work_email)
        await _send(web_app, browser, _PASSWORD_PAGE, password=person.password)


async def _opens_the_voting_space(web_app: WebApp, seen: Seen) -> None:
    person = await web_app.new_elector()
    async with _watched(web_app, seen) as browser:
        await _send(web_app, browser, "/vote/connexion", identifier=CAMILLE.identifier, password=CAMILLE.password)
    async with _watched(web_app, seen, person) as browser:
        wrong = await _send(web_app, browser, "/vote", voting_code="FAUX")
        await _send(web_app, browser, "/vote", wrong, voting_code=person.voting_code, captcha="1")


async def _asks(web_app: WebApp, seen: Seen) -> None:
    person = await web_app.new_elector()
    birth = "/".join(reversed(person.birth_date.split("-")))
    async with _watched(web_app, seen, person) as browser:
        question = "/reassort/code-de-vote/question-defi"
        await _send(web_app, browser, question, answer=person.answer, proof=person.numen)
        form = "/reassort/identifiant"
        await _send(web_app, browser, form, phone="06 39 98 17 34", numen=person.numen, birth_date=birth)
        await _send(web_app, browser, f"{form}/verification")


async def _follows_a_link(web_app: WebApp, seen: Seen) -> None:
    link = web_app.link(await web_app.voting_code_link(await web_app.new_elector()))
    async with _watched(web_app, seen) as browser:
        await _send(web_app, browser, link)


async def _listed(browser: httpx2.AsyncClient) -> dict[str, tuple[str, str]]:
    """Return the purpose and the duration of each cookie on the page."""
    rows = _ROW.findall((await browser.get("/cookies")).text)
    assert len(rows) == len(dict.fromkeys(name for name, _, _ in rows))
    return {name: (unescape(purpose), unescape(lasts)) for name, purpose, lasts in rows}


async def test_what_is_listed_is_what_is_set(web_app: WebApp, tmp_path: Path) -> None:
    """In the election that has everything, on every way by which a browser is given a cookie."""
    seen = Seen()
    for journey in (_signs_in, _opens_the_voting_space, _asks, _follows_a_link):
        await journey(web_app, seen)
    simulated = SimulatedFranceConnect(FictionalFranceConnect(tmp_path, ISSUER, PARTY, utc_now), utc_now)
    async with identified_voter(web_app, simulated, people()[0]) as voter:
        seen.watch(voter.browser)
        await voter.start()
        listed = await _listed(voter.browser)
    assert set(seen.ages) == set(listed) == {each.name for each in EVERY}
    assert {name for name, age in seen.ages.items() if age is None} == {
        name for name, (_, lasts) in listed.items() if lasts == "Jusqu’à la fermeture du navigateur"
    }
    _hold_the_durations(web_app, seen)


def _hold_the_durations(web_app: WebApp, seen: Seen) -> None:
    """Each is kept as long as its declaration says; the secret's own, of the longest window, as long as this one's."""
    election, now = web_app.context.election, utc_now()
    assert 0 < (seen.ages.pop("affichage") or 0) <= election.voting_code_recovery.display_window.total_seconds()
    for each in EVERY:
        lasts = each.lasts(election) if each.lasts else None
        if lasts is not None and each.name in seen.ages:
            declared = (lasts - now if isinstance(lasts, datetime) else lasts).total_seconds()
            assert abs((seen.ages[each.name] or 0) - declared) < 60, each.name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2011", _ALWAYS | {"connu-vote", "navigateur", "affichage"}),
        ("2018", _ALWAYS | {"connu-vote", "vers", "suivi", "demande-identifiant"}),
        ("2022", _ALWAYS | _BY_CODE | {"vers"}),
        ("default", _ALWAYS | _BY_CODE | {"vers"}),
    ],
)
async def test_an_election_lists_its_own_cookies(
    web_app: WebApp, temporal: Client, name: str, expected: set[str]
) -> None:
    """None of a recovery that it does not offer, nor of FranceConnect without its provider."""
    context = build_app_context(settings_of("unused"), ELECTIONS[name], web_app.services, temporal, demo=False)
    async with replace(web_app, app=create_app(context)).browser() as browser:
        assert set(await _listed(browser)) == expected


async def test_the_page_asks_for_no_consent(web_app: WebApp) -> None:
    """All are strictly necessary; there is nothing to accept or refuse on the site."""
    async with web_app.browser() as browser:
        page = (await browser.get("/cookies")).text
    assert "strictement nécessaires" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
