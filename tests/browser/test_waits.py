"""A wait before another message is counted down in seconds, and what has to wait cannot be pressed."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from demo.client import running
from demo.client.running import Demo
from demo.client.voter import VERIFICATION
from demo.state import people as fictional
from tests.browser.received_messages import Person
from tests.browser.sessions import Sessions
from tests.browser.voter import Voter
from tests.browser.windows import DESKTOP, PHONE, Windows

_FOLLOW = "/reassort/suivi"
_WAIT = re.compile(r"Vous pourrez demander un autre lien dans (\d+)\u00a0secondes?\.")
_OVER = "Vous pouvez maintenant demander un autre lien."
_DEVICES = [(DESKTOP, True), (PHONE, True), (PHONE, False)]


@pytest.fixture(scope="module")
def minute_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo as `make run` starts it, with its minute between two messages."""
    with running.running(tmp_path_factory.mktemp("minute_demo") / "run") as started:
        yield started


@pytest.fixture(scope="module")
def minute_people() -> Iterator[Person]:
    """The fictional electors, each for one test: who has asked in this demo has to wait."""
    return (person.public() for person in fictional.people())


@pytest.fixture
def person(minute_people: Iterator[Person]) -> Person:
    """An elector who has not asked for anything in this demo."""
    return next(minute_people)


def _asked(
    windows: Windows, demo: Demo, sessions: Sessions, person: Person, width: int, *, javascript: bool
) -> Voter:
    """Return a voter whose link has just been sent; a script's clock goes on only when the test says so."""
    sessions.http_elector(demo.url, person).ask()
    voter = sessions.window(windows, demo.url, person, width=width, javascript=javascript)
    if javascript:
        voter.page.clock.install()
    return voter


def _seconds(voter: Voter) -> int:
    told = voter.page.get_by_text(_WAIT)
    expect(told).to_be_visible()
    found = _WAIT.search(told.text_content() or "")
    assert found
    return int(found[1])


@pytest.mark.parametrize(("width", "javascript"), _DEVICES)
def test_the_follow_up_page_counts_the_seconds(
    windows: Windows, minute_demo: Demo, person: Person, sessions: Sessions, width: int, *, javascript: bool
) -> None:
    """Meanwhile « Recevoir un nouveau lien » is there and disabled; without scripts « Actualiser » shows the page anew."""
    voter = _asked(windows, minute_demo, sessions, person, width, javascript=javascript)
    # Without events, which bring the part of the page anew, as the server's clock has it.
    voter.page.route("**/evenements", lambda route: route.fulfill(status=204))
    voter.page.goto(_FOLLOW)
    at_first = _seconds(voter)
    assert 0 < at_first <= 60
    expect(voter.button("Recevoir un nouveau lien")).to_be_disabled()
    if javascript:
        voter.page.clock.fast_forward(5_000)
        assert _seconds(voter) <= at_first - 5
        voter.page.clock.fast_forward(60_000)
        expect(voter.page.get_by_role("status").filter(has_text=_OVER)).to_be_visible()
        expect(voter.button("Recevoir un nouveau lien")).to_be_enabled()
        assert voter.page.evaluate("document.documentElement.scrollWidth") <= width
    else:
        expect(voter.link("Actualiser")).to_be_visible()


@pytest.mark.parametrize(("width", "javascript"), _DEVICES)
def test_a_request_too_soon_waits_on_its_page(
    windows: Windows, minute_demo: Demo, person: Person, sessions: Sessions, width: int, *, javascript: bool
) -> None:
    """Its button is disabled until the wait is over; without scripts the refusal alone says the seconds."""
    voter = _asked(windows, minute_demo, sessions, person, width, javascript=javascript)
    voter.page.goto("/reassort/code-de-vote/question-defi")
    voter.give_proofs()
    voter.page.locator("label", has_text="Par SMS").click()
    voter.page.get_by_label("Numéro de mobile").fill(person["phone"])
    voter.button("Continuer").click()
    voter.button("Envoyer le lien").press("Enter")
    refused = voter.page.get_by_role("alert")
    expect(refused).to_contain_text(re.compile(r"Vous pourrez en demander un autre dans \d+\u00a0secondes?\."))
    expect(voter.page).to_have_url(re.compile(f"{VERIFICATION}$"))
    if not javascript:
        expect(voter.page.locator("[data-wait]")).to_be_hidden()
        expect(voter.button("Envoyer le lien")).to_be_enabled()
        return
    assert 0 < _seconds(voter) <= 60
    expect(voter.button("Envoyer le lien")).to_be_disabled()
    voter.page.clock.fast_forward(61_000)
    expect(voter.page.get_by_role("status").filter(has_text=_OVER)).to_be_visible()
    expect(voter.button("Envoyer le lien")).to_be_enabled()


def test_what_sends_nothing_does_not_wait(
    windows: Windows, minute_demo: Demo, person: Person, sessions: Sessions
) -> None:
    """The button that corrects the address; the Enter key sends no second request either."""
    voter = _asked(windows, minute_demo, sessions, person, DESKTOP, javascript=True)
    voter.page.goto("/reassort/code-de-vote/question-defi")
    voter.give_proofs()
    voter.give_destination("email", contact="camille@gmial.com")
    voter.button("Envoyer le lien").press("Enter")
    assert 0 < _seconds(voter) <= 60
    expect(voter.button("Envoyer le lien")).to_be_disabled()
    expect(voter.page.locator(".default-button")).to_be_disabled()
    voter.button("Utiliser camille@gmail.com").click()
    expect(voter.page.get_by_text("camille@gmail.com")).to_be_visible()
