"""Every page in each of its states is accessible, in both themes, on a wide or a narrow screen."""

from collections import deque
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from demo.client.running import Demo
from tests.browser.all_pages import APPEARANCE, PageRenderer, PageServer, sample_html, unstyled, violations
from tests.browser.received_messages import Person
from tests.browser.sessions import Sessions
from tests.browser.voter import Voter
from tests.browser.windows import DESKTOP, Contexts, Windows
from tests.support.sample_pages import PAGES

# RGAA 10.11: no scrolling in two directions at this width.
_NARROWEST = 320
_WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture(scope="module")
def shown(contexts: Contexts, page_server: PageServer) -> Iterator[tuple[PageRenderer, Windows]]:
    """A renderer of sample pages, with its windows."""
    windows = Windows(contexts)
    yield PageRenderer(windows.open(page_server.url), page_server), windows
    windows.close()


@pytest.mark.parametrize(("number", "state"), list(enumerate(PAGES)))
def test_a_page_is_accessible(shown: tuple[PageRenderer, Windows], number: int, state: str) -> None:
    """Axe finds nothing, in one theme light on a wide screen and in the other dark at 320 pixels; there it does not scroll sideways.

    Which theme is dark changes from page to page, so that each part of pages is seen in both. All rules are tried in one theme.
    """
    renderer, windows = shown
    is_dark = number % 2 == 1  # at first, as the page before was at last
    _look(renderer.page, is_dark=is_dark)
    page = renderer.show(state)
    assert violations(page) == []
    _set_width(page, _NARROWEST)
    assert page.evaluate(_WIDTH) <= _NARROWEST
    renderer.restyle(state, "neutral")
    assert page.evaluate(_WIDTH) <= _NARROWEST
    _look(page, is_dark=not is_dark)
    assert violations(page, *APPEARANCE) == []
    assert windows.problems == []


def _look(page: Page, *, is_dark: bool) -> None:
    page.emulate_media(color_scheme="dark" if is_dark else "light")
    _set_width(page, _NARROWEST if is_dark else DESKTOP)


def _set_width(page: Page, width: int) -> None:
    if page.viewport_size is None or page.viewport_size["width"] != width:
        page.set_viewport_size({"width": width, "height": 812})


def test_themes_differ_in_their_style_sheets_alone() -> None:
    """So that a page whose sheets are exchanged is the page of the other theme."""
    differing = [
        state for state in PAGES if unstyled(sample_html(state, "dsfr")) != unstyled(sample_html(state, "neutral"))
    ]
    assert differing == []
    assert sample_html("home", "dsfr") != sample_html("home", "neutral")


# The sample pages have the whole content of the others.
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
    "/nulle-part",
    "/cookies",
    "/demo",
]


@pytest.fixture(scope="module")
def window(
    contexts: Contexts, demo: Demo, people: deque[Person], sessions: Sessions
) -> Iterator[tuple[Voter, Windows]]:
    """One window of a signed-in elector for all pages, and its errors."""
    windows = Windows(contexts)
    yield sessions.window(windows, demo.url, people[0]), windows
    windows.close()


@pytest.mark.parametrize("path", _LIVE)
def test_a_served_page_is_accessible(window: tuple[Voter, Windows], path: str) -> None:
    """With real names, dates, countdown, CAPTCHA and received messages."""
    page, windows = window[0].page, window[1]
    _set_width(page, DESKTOP)
    page.goto(path)
    assert violations(page) == []
    _set_width(page, _NARROWEST)
    assert page.evaluate(_WIDTH) <= _NARROWEST
    assert windows.problems == []


def test_static_files_are_cached(elector: Voter) -> None:
    """The second visit of a page loads no static file."""
    for path in ("/portail", "/aide", "/portail"):
        elector.page.goto(path, wait_until="networkidle")  # the browser asks for the icon after the page
    loaded = elector.page.evaluate(
        "performance.getEntriesByType('resource').filter(each => each.transferSize > 0).map(each => each.name)"
    )
    assert [name for name in loaded if "/static/" in name] == []
