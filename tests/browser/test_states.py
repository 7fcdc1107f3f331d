"""Every page in each of its states is accessible, in both themes, on a wide or a narrow screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.all_pages import PageRenderer, PageServer, violations
from tests.browser.voter import Voter
from tests.browser.windows import PHONE, Windows
from tests.support.sample_pages import PAGES

# RGAA 10.11: no scrolling in two directions at this width.
_NARROWEST = 320
# What depends on theme, width and colours; all other rules look at the same document.
_APPEARANCE = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")


@pytest.fixture(scope="module", params=["dsfr", "neutral"])
def shown(
    request: pytest.FixtureRequest, browser: Browser, page_server: PageServer
) -> Iterator[tuple[PageRenderer, Windows]]:
    """A renderer of sample pages in one theme, then in the other, with its windows."""
    windows = Windows(browser)
    yield PageRenderer(windows.open(page_server.url), request.param, page_server), windows
    windows.close()


@pytest.mark.parametrize(("number", "state"), list(enumerate(PAGES)))
def test_a_page_is_accessible(shown: tuple[PageRenderer, Windows], number: int, state: str) -> None:
    """Axe finds nothing, in one theme light on a wide screen and in the other dark on a phone; at 320 pixels it does not scroll sideways.

    Which theme is dark changes from page to page, so that each part of pages is seen in both. All rules are tried in one theme.
    """
    renderer, windows = shown
    is_dsfr = renderer.theme == "dsfr"
    page = renderer.show(state)
    is_dark = (number % 2 == 0) is not is_dsfr
    if is_dark:
        page.set_viewport_size({"width": PHONE, "height": 812})
        page.emulate_media(color_scheme="dark")
    assert violations(page, *(() if is_dsfr else _APPEARANCE)) == []
    page.set_viewport_size({"width": _NARROWEST, "height": 568})
    assert page.evaluate("document.documentElement.scrollWidth") <= _NARROWEST
    page.set_viewport_size({"width": 1280, "height": 812})
    page.emulate_media(color_scheme="light")
    assert windows.problems == []


_LIVE = [
    "/",
    "/aide",
    "/portail",
    "/vote",
    "/reassort/code-de-vote",
    "/reassort/code-de-vote/question-defi",
    "/reassort/suivi",
    "/sans-notice",
    "/vote/connexion",
    "/lien/inconnu",
    "/nulle-part",
    "/accessibilite",
    "/mentions-legales",
    "/donnees-personnelles",
    "/cookies",
    "/demo",
]


@pytest.mark.parametrize("path", _LIVE)
def test_a_served_page_is_accessible(elector: Voter, path: str) -> None:
    """With real names, dates, countdown, CAPTCHA and received messages."""
    elector.page.goto(path)
    assert violations(elector.page) == []
    elector.page.set_viewport_size({"width": _NARROWEST, "height": 568})
    assert elector.page.evaluate("document.documentElement.scrollWidth") <= _NARROWEST


def test_static_files_are_cached(elector: Voter) -> None:
    """The second visit of a page loads no static file."""
    for path in ("/portail", "/aide", "/portail"):
        elector.page.goto(path, wait_until="networkidle")  # the browser asks for the icon after the page
    loaded = elector.page.evaluate(
        "performance.getEntriesByType('resource').filter(each => each.transferSize > 0).map(each => each.name)"
    )
    assert [name for name in loaded if "/static/" in name] == []
