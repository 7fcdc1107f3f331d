"""Every page that a voter meets says nothing in French alone."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import lru_cache

import httpx2
import pytest
from temporalio.client import Client

from activities.recoveries.links import LinkRecord
from activities.texts.dates import written_instant
from election.settings import Election
from tests.support.election_words import Case, cases
from tests.support.open_pages import pages_at
from tests.support.page_walk import parts_of, walk
from tests.support.people import CAMILLE, Person
from tests.support.spoken import WRAPPED
from tests.support.untranslated import on_page
from tests.support.web_app import SessionTokens, WebApp, settings_of
from tests.web.routers.test_every_page_is_true import ROUTES, TYPED
from web.app import build_app_context, create_app
from web.context.cookies import EVERY

# The election of 2022 shows what is said without FranceConnect's provider.
_IN_VOTE = [case for case in cases() if case.is_voting and (case.has_provider or case.name != "demo")]
_NO_PAGES = {"/captcha", "/session.json", "/deconnexion"}
# What each form says when it is sent with nothing in it.
_FORMS = [
    route.path
    for route in ROUTES
    if "POST" in (route.methods or ()) and "{" not in route.path and route.path not in _NO_PAGES
]
_NOBODY = SessionTokens("", "")


@pytest.mark.parametrize(
    "case", _IN_VOTE, ids=lambda case: f"{case.name} {case.instant:%m-%d} {case.has_provider}"
)
async def test_every_page_is_in_the_voter_s_language(web_app: WebApp, temporal: Client, case: Case) -> None:
    """With a language that writes ⟦each text⟧: for a stranger, between identifier and password, and signed in."""
    context = build_app_context(settings_of("unused"), case.election, web_app.services, temporal, demo=False)
    pages = pages_at(case.election, case.instant, has_provider=case.has_provider)
    app = create_app(replace(context, now=lambda: case.instant, languages=WRAPPED, pages=pages))
    served = replace(web_app, app=app)
    with WRAPPED.speaking("en"):
        values = {*_names(case.election), written_instant(case.instant, case.election.zone)}
    found = set[str]()
    for tokens in (_NOBODY, await web_app.before_password(CAMILLE.work_email), await web_app.signed_in()):
        async with _browser(served, tokens) as browser:
            walked = await walk(browser, [*TYPED, "/nulle-part", "/lien/inconnu"])
            answers = [await browser.post(path, data={"csrf": tokens.csrf}) for path in _FORMS]
        found |= {f"{url}: {text}" for url, page in walked.items() for text in _french(page.markup, values)}
        found |= _untranslated(answers, values)
    assert sorted(found) == []


@pytest.mark.parametrize(
    "started",
    [WebApp.voting_code_link, WebApp.identifier_and_password_link, WebApp.password_link],
    ids=lambda method: method.__name__,
)
async def test_the_pages_of_a_link_are_in_the_voter_s_language(
    web_app: WebApp, started: Callable[[WebApp, Person], Awaitable[LinkRecord]]
) -> None:
    """Opened, refused, used and used already, and what its other forms answer."""
    link = await started(web_app, await web_app.new_elector())
    url, csrf = web_app.link(link), web_app.context.form_tokens.make(link.link_id)
    served = replace(web_app, app=create_app(replace(web_app.context, languages=WRAPPED)))
    async with _browser(served) as browser:
        answers = [await browser.get(url), await browser.post(url)]
        answers += [await browser.post(url, data={"csrf": csrf}), await browser.get(url)]
        answers += [await browser.post(f"{url}/verification", data={"csrf": csrf, "noted": "AAAA"})]
        answers += [await browser.get(f"{url}/note")]
    assert sorted(_untranslated(answers, _names(web_app.context.election))) == []


def _browser(served: WebApp, tokens: SessionTokens = _NOBODY) -> httpx2.AsyncClient:
    return served.browser(cookie=f"langue=en; session={tokens.cookie}")


def _untranslated(answers: Iterable[httpx2.Response], values: set[str]) -> set[str]:
    return {
        f"{each.url.path}: {text}"
        for each in answers
        if each.headers.get("content-type", "").startswith("text/html")
        for text in _french(each.text, values)
    }


def _french(markup: str, values: set[str]) -> list[str]:
    return [text for part in parts_of(markup) for text in _french_in(part, frozenset(values))]


@lru_cache(maxsize=5_000)
def _french_in(part: str, values: frozenset[str]) -> list[str]:
    return on_page(part, set(values))


def _names(election: Election) -> set[str]:
    """Return what has no translation: addresses, the names of cookies, and the numbers of départements."""
    legal = election.legal
    return {
        election.support.email,
        legal.publisher.address,
        legal.host.address,
        legal.personal_data.controller_address,
        legal.personal_data.officer_address,
        *(cookie.name for cookie in EVERY),
        "2A",
        "2B",
    }
