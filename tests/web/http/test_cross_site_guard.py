"""A post must come from our own pages: by fetch metadata, or by its Origin in browsers that have none."""

import httpx2
import pytest
from starlette.responses import PlainTextResponse

from web.http.security_middleware import CrossSiteGuard

_HOST = "http://portail.exemple.fr"


@pytest.fixture
async def browser() -> httpx2.AsyncClient:
    """A browser, and an application that says whether it took the post."""
    application = CrossSiteGuard(PlainTextResponse("taken"), refuse=PlainTextResponse("refused", 403))
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(application), base_url=_HOST)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": _HOST},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "null"},
        {},
    ],
)
async def test_our_own_forms_are_taken(browser: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    """The Origin of a page without a referrer is « null »; an old browser sends nothing else."""
    assert (await browser.post("/", headers=headers)).text == "taken"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": _HOST},
        {"Origin": "http://ailleurs.exemple.fr"},
        {"Origin": "http://["},
    ],
)
async def test_another_sites_form_is_refused(browser: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    """Whatever its other headers say."""
    assert (await browser.post("/", headers=headers)).status_code == 403


async def test_reading_is_open_to_all(browser: httpx2.AsyncClient) -> None:
    """A link in a mail or on another site can be opened."""
    assert (await browser.get("/", headers={"Sec-Fetch-Site": "cross-site"})).text == "taken"
