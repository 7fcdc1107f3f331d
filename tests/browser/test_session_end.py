"""Two minutes before a session ends, the page says so, and one button keeps it alive."""

import re

import pytest
from playwright.sync_api import Route, expect

from demo.client.running import Demo
from tests.browser.all_pages import violations
from tests.browser.received_messages import Person
from tests.browser.sessions import Sessions
from tests.browser.voter import Voter
from tests.browser.windows import DESKTOP, PHONE, Windows

_PAGE = "/reassort/code-de-vote/question-defi"
_STAY = "Prolonger ma session"


class _Server:
    """Answers how long the session lasts."""

    def __init__(self, voter: Voter, left: int) -> None:
        self.left = left
        self.kept_alive = 0
        voter.page.route("**/session.json", self._answer)

    def _answer(self, route: Route) -> None:
        if route.request.method == "POST":
            self.kept_alive += 1
            self.left = 1800
        route.fulfill(json={"left": self.left})


@pytest.fixture(params=[DESKTOP, PHONE])
def voter(
    request: pytest.FixtureRequest, windows: Windows, demo: Demo, person: Person, sessions: Sessions
) -> Voter:
    """An elector with a form open, whose clock the test moves."""
    voter = sessions.window(windows, demo.url, person, width=request.param)
    voter.page.clock.install()
    voter.page.goto(_PAGE)
    return voter


def test_the_warning_keeps_the_session_alive(voter: Voter) -> None:
    """It has the focus, can be read aloud, and gives the focus back; what was typed is still there."""
    server = _Server(voter, 110)
    answer = voter.page.get_by_label("Réponse secrète")
    answer.fill("Châtaigne")
    warning = voter.page.get_by_role("alertdialog", name="Votre session va se terminer")
    expect(warning).to_be_hidden()
    voter.page.clock.fast_forward("28:30")
    expect(warning).to_be_visible()
    expect(voter.button(_STAY)).to_be_focused()
    voter.page.clock.run_for(60_000)
    # The page's clock also goes on by itself.
    expect(warning.get_by_role("timer")).to_have_text(re.compile("^(50|4[0-9])\u00a0secondes$"))
    assert violations(voter.page) == []
    voter.page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    expect(answer).to_be_focused()
    expect(answer).to_have_value("Châtaigne")
    assert server.kept_alive == 1


def test_another_tab_keeps_the_session_alive(voter: Voter) -> None:
    """The server knows: no warning."""
    _Server(voter, 1500)
    with voter.page.expect_response("**/session.json"):
        voter.page.clock.fast_forward("28:30")
    expect(voter.page.locator("[data-session]")).to_be_hidden()


def test_a_session_that_is_over_is_told(voter: Voter) -> None:
    """After a night's sleep of the computer, say: with the way to sign in."""
    _Server(voter, 0)
    voter.page.clock.fast_forward("09:00:00")
    over = voter.page.get_by_role("alertdialog", name="Votre session est terminée")
    expect(over).to_be_visible()
    expect(over.get_by_role("link", name="Se connecter")).to_be_focused()
    assert violations(voter.page) == []
