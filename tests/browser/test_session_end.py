"""Two minutes before a session ends, the page says so, and one button keeps it alive."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.all_pages import APPEARANCE, PageRenderer, PageServer, violations
from tests.browser.windows import DESKTOP, PHONE, Windows


class _Server:
    """Answers how long the session lasts."""

    def __init__(self, page: Page, left: int, *, once_kept: int = 1800) -> None:
        self.left = left
        self._once_kept = once_kept
        self.kept_alive = 0
        page.route("**/session.json", self._answer)

    def _answer(self, route: Route) -> None:
        if route.request.method == "POST":
            self.kept_alive += 1
            self.left = self._once_kept
        route.fulfill(json={"left": self.left})


@pytest.fixture
def page(windows: Windows, page_server: PageServer) -> Page:
    """A signed-in elector's form on a phone, whose clock the test moves."""
    page = windows.open(page_server.url, width=PHONE)
    page.clock.install()
    return PageRenderer(page, page_server).show("challenge")


def test_the_warning_keeps_the_session_alive(page: Page) -> None:
    """It has the focus, can be read aloud, and gives the focus back; what was typed is still there."""
    server = _Server(page, 110)
    answer = page.get_by_label("Réponse secrète")
    answer.fill("Châtaigne")
    warning = page.get_by_role("alertdialog", name="Votre session va se terminer")
    expect(warning).to_be_hidden()
    page.clock.pause_at(page.evaluate("Date.now() / 1000") + 1)
    page.clock.fast_forward("28:30")
    expect(warning).to_be_visible()
    expect(page.get_by_role("button", name="Prolonger ma session", exact=True)).to_be_focused()
    page.clock.run_for(60_000)
    expect(warning.get_by_role("timer")).to_have_text("50\u00a0secondes")
    page.clock.resume()
    _is_accessible(page)
    page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    expect(answer).to_be_focused()
    expect(answer).to_have_value("Châtaigne")
    assert server.kept_alive == 1


def test_a_session_as_old_as_one_may_be_is_not_kept_alive(page: Page) -> None:
    """The button gives way to the reason, and one can go back to what was typed and send it."""
    _Server(page, 110, once_kept=100)
    answer = page.get_by_label("Réponse secrète")
    answer.fill("Châtaigne")
    page.clock.fast_forward("28:30")
    warning = page.get_by_role("alertdialog", name="Votre session va se terminer")
    expect(warning).to_have_accessible_description(re.compile("Sans action de votre part"))
    page.keyboard.press("Enter")
    expect(warning).to_have_accessible_description(re.compile("12\u00a0heures au plus"))
    expect(page.get_by_role("button", name="Prolonger ma session")).to_be_hidden()
    expect(page.get_by_role("button", name="Revenir à la page")).to_be_focused()
    _is_accessible(page)
    page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    expect(answer).to_be_focused()
    expect(answer).to_have_value("Châtaigne")


def test_another_tab_keeps_the_session_alive(page: Page) -> None:
    """The server knows: no warning."""
    _Server(page, 1500)
    with page.expect_response("**/session.json"):
        page.clock.fast_forward("28:30")
    expect(page.locator("[data-session]")).to_be_hidden()


def test_a_session_that_is_over_is_told(page: Page) -> None:
    """After a night's sleep of the computer, say: with the way to sign in."""
    _Server(page, 0)
    page.clock.fast_forward("09:00:00")
    over = page.get_by_role("alertdialog", name="Votre session est terminée")
    expect(over).to_be_visible()
    expect(over.get_by_role("link", name="Se connecter")).to_be_focused()
    _is_accessible(page)


def _is_accessible(page: Page) -> None:
    """Check a page on a phone, then its appearance on a desktop."""
    assert violations(page) == []
    page.set_viewport_size({"width": DESKTOP, "height": 812})
    assert violations(page, *APPEARANCE) == []
