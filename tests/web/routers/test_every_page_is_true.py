"""At any date, every page of every shipped election names only what the election has, and leads only to what is open."""

from contextlib import AsyncExitStack
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


@pytest.mark.parametrize(
    "case", cases(), ids=lambda case: f"{case.name} {case.instant:%m-%d %Hh} {case.has_provider}"
)
async def test_every_sentence_is_true_and_every_link_leads_somewhere(
    web_app: WebApp, temporal: Client, tmp_path: Path, case: Case
) -> None:
    """For a stranger, between identifier and password, and signed in."""
    context = build_app_context(settings_of("unused"), case.election, web_app.services, temporal, demo=False)
    simulated = SimulatedFranceConnect(FictionalFranceConnect(tmp_path, ISSUER, PARTY, utc_now), utc_now)
    app = create_app(
        replace(
            context,
            now=lambda: case.instant,
            france_connect=simulated.client if case.has_provider else None,
            pages=pages_at(case.election, case.instant, has_provider=case.has_provider),
        )
    )
    sessions = [await web_app.before_password(CAMILLE.work_email), await web_app.signed_in()]
    served = replace(web_app, app=app)
    faults: list[str] = []
    async with AsyncExitStack() as stack:
        browsers = [
            await stack.enter_async_context(served.browser(**headers))
            for headers in ({}, *({"cookie": f"session={each.cookie}"} for each in sessions))
        ]
        for browser in browsers:
            pages = await walk(browser, TYPED)
            said = {text: page.url for page in pages.values() for text in page.texts}  # header and footer once
            faults += [f"{said[text]}: {fault}" for text in said for fault in untrue_texts(case, [text])]
            faults += dead_links(case, pages)
    assert sorted(set(faults)) == []
