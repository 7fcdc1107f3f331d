"""At any date, every page of every shipped election names only what the election has, and leads only to what is open."""

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from temporalio.client import Client

from activities.config.clock import utc_now
from demo.web.france_connect import FictionalFranceConnect
from tests.support.election_words import Case, cases, dead_links, untrue_texts
from tests.support.france_connect import ISSUER, PARTY, SimulatedFranceConnect
from tests.support.open_pages import pages_at
from tests.support.page_walk import walk
from tests.support.people import CAMILLE
from tests.support.web_app import WebApp, settings_of
from web.app import _ROUTERS, build_app_context, create_app

# Their answers are no pages.
_NO_PAGES = ("/healthz", "/livez", "/readyz", "/metrics", ".json", "/evenements", "/franceconnect/retour")
ROUTES = [route for module in _ROUTERS for route in module.router.routes if isinstance(route, APIRoute)]
# Every address that a voter could type, on the list of links or not.
TYPED = [
    route.path
    for route in ROUTES
    if "GET" in (route.methods or ()) and "{" not in route.path and not route.path.endswith(_NO_PAGES)
]
# What may differ between identifier and password.
_OF_SIGN_IN = [path for path in TYPED if "connexion" in path or "mot-de-passe" in path]


@pytest.mark.parametrize(
    "case", cases(), ids=lambda case: f"{case.name} {case.instant:%m-%d %Hh} {case.has_provider}"
)
async def test_every_sentence_is_true_and_every_link_leads_somewhere(
    web_app: WebApp, temporal: Client, tmp_path: Path, case: Case
) -> None:
    """For a stranger, between identifier and password, whose other pages are a stranger's, and signed in."""
    context = build_app_context(settings_of("unused"), case.election, web_app.services, temporal, demo=False)
    if case.has_provider:
        simulated = SimulatedFranceConnect(FictionalFranceConnect(tmp_path, ISSUER, PARTY, utc_now), utc_now)
        context = replace(context, france_connect=simulated.client)
    pages = pages_at(case.election, case.instant, has_provider=case.has_provider)
    served = replace(web_app, app=create_app(replace(context, now=lambda: case.instant, pages=pages)))
    between, signed_in = await web_app.before_password(CAMILLE.work_email), await web_app.signed_in()
    async with served.browser() as browser:
        walks = [await walk(browser, TYPED)]
    async with served.browser(cookie=f"session={between.cookie}") as browser:
        walks.append(await walk(browser, _OF_SIGN_IN, known=walks[0]))
    async with served.browser(cookie=f"session={signed_in.cookie}") as browser:
        walks.append(await walk(browser, TYPED))
    faults: list[str] = []
    for walked in walks:
        said = {text: page.url for page in walked.values() for text in page.texts}  # header and footer once
        if untrue_texts(case, said):
            faults += [f"{said[text]}: {fault}" for text in said for fault in untrue_texts(case, [text])]
        faults += dead_links(case, walked)
    assert sorted(set(faults)) == []
