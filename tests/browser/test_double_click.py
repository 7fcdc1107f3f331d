"""A button pressed twice, or an answer lost on its way: the code is not."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Route

from demo.client.running import Demo
from tests.browser.http_elector import HttpElector
from tests.browser.voter import Voter
from tests.browser.windows import PHONE, Windows

_BUTTON = "Régénérer mon code de vote"


def lose_the_answer(route: Route) -> None:
    """Let a post reach the portal, and nothing of its answer come back."""
    request = route.request
    if request.method != "POST":
        route.continue_()
        return
    address = urlsplit(request.url)
    connection = HTTPConnection(address.netloc)
    connection.request("POST", address.path, request.post_data, request.all_headers())
    assert connection.getresponse().status == 200
    connection.close()
    route.abort()


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def phone(request: pytest.FixtureRequest, windows: Windows, http_elector: HttpElector, demo: Demo) -> Voter:
    """The elector's phone, at the link that has just arrived."""
    link = http_elector.ask()
    voter = Voter(windows.open(demo.url, width=PHONE, javascript=request.param), http_elector.person)
    voter.page.goto(link)
    return voter


def test_a_double_click_shows_the_code(phone: Voter) -> None:
    """Whichever of the two clicks is answered first."""
    phone.button(_BUTTON).dblclick()
    again = phone.link("Afficher le code dans ce navigateur")
    code = phone.page.locator("#voting-code")
    again.or_(code).wait_for()
    if again.is_visible():
        again.click()
    assert len(phone.shown_code()) == 16


def test_an_answer_that_was_lost_is_read_again(windows: Windows, phone: Voter, demo: Demo) -> None:
    """The same browser opens the link again and sees the code; another one does not."""
    link = urlsplit(phone.page.url).path
    phone.page.route("**/lien/*", lose_the_answer)
    with pytest.raises(Error, match="ERR_FAILED"), phone.page.expect_navigation():
        phone.button(_BUTTON).click()
    phone.page.unroute_all()

    stranger = Voter(windows.open(demo.url), phone.person)
    stranger.page.goto(link)
    stranger.sees("Lien déjà utilisé")
    phone.page.goto(link)
    assert len(phone.shown_code()) == 16


def test_the_button_pressed_anew_leads_to_the_code(phone: Voter) -> None:
    """The tab that was left open offers to show the code that its first click had made."""
    link = urlsplit(phone.page.url).path
    other_tab = phone.page.context.new_page()
    other_tab.goto(link)
    phone.page.route("**/lien/*", lose_the_answer)
    with pytest.raises(Error, match="ERR_FAILED"), phone.page.expect_navigation():
        phone.button(_BUTTON).click()

    other = Voter(other_tab, phone.person)
    other.button(_BUTTON).click()
    other.sees("Lien déjà utilisé")
    other.link("Afficher le code dans ce navigateur").click()
    assert len(other.shown_code()) == 16
