"""Requests are counted by the route that answered them."""

from collections.abc import Iterator

import httpx2
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY
from starlette.responses import PlainTextResponse

from web.http.entrance_limit import EntranceLimit
from web.http.request_metrics import RequestMetrics
from web.http.security_middleware import as_asgi

_TOKEN = "0b3dk9xw4m2p7qrstvz8ceg5hj"
Counted = dict[tuple[str, str, str], float]


@pytest.fixture
def app() -> FastAPI:
    """An application with a link, and a route that fails."""
    ticks = iter(range(100))
    app = FastAPI()

    @app.get("/lien/{token}")
    async def link(token: str) -> str:
        return token

    @app.post("/lien/{token}")
    async def fail(token: str) -> str:
        raise LookupError(token)

    app.add_middleware(RequestMetrics, timer=lambda: float(next(ticks)))
    return app


@pytest.fixture
def before() -> Counted:
    """What was counted before the test."""
    return dict(_counted())


async def test_a_request_is_counted_by_its_route(app: FastAPI, before: Counted) -> None:
    """Never by its address: the token of a link, and what somebody typed, is in no label."""
    transport, seconds_before = httpx2.ASGITransport(app, raise_app_exceptions=False), _seconds()
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as browser:
        await browser.get(f"/lien/{_TOKEN}?a={_TOKEN}")
        await browser.get(f"/{_TOKEN}")
        await browser.post(f"/lien/{_TOKEN}")
        await browser.request(_TOKEN.upper(), f"/lien/{_TOKEN}")
    new = {labels: number - before.get(labels, 0) for labels, number in _counted()}
    assert {labels: number for labels, number in new.items() if number} == {
        ("/lien/{token}", "GET", "200"): 1,
        ("other", "GET", "404"): 1,
        ("/lien/{token}", "POST", "500"): 1,
        ("/lien/{token}", "other", "405"): 1,
    }
    assert _seconds() - seconds_before == 3


async def test_a_first_page_that_is_held_up_is_counted_without_a_route(before: Counted) -> None:
    """So that the alert on errors of the site tells it from a page that has failed."""
    full = as_asgi(lambda: PlainTextResponse("full", 503))
    app = FastAPI()
    app.get("/connexion")(lambda: "")
    app.add_middleware(EntranceLimit, entrances=("/connexion",), most=0, patience=0.001, full=full)
    app.add_middleware(RequestMetrics)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://x") as browser:
        await browser.get("/connexion")
    new = {labels: number - before.get(labels, 0) for labels, number in _counted()}
    assert {labels: number for labels, number in new.items() if number} == {("other", "GET", "503"): 1}


def _seconds() -> float:
    return REGISTRY.get_sample_value("reassort_request_seconds_sum", {"route": "/lien/{token}"}) or 0


def _counted() -> Iterator[tuple[tuple[str, str, str], float]]:
    for family in REGISTRY.collect():
        for sample in family.samples:
            if sample.name == "reassort_requests_total":
                labels = sample.labels
                yield (labels["route"], labels["method"], labels["status"]), sample.value
