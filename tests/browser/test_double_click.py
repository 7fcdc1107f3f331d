"""After a double click or a lost response the code can still be displayed."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Route

from demo.client.running import Demo
from tests.browser.http_elector import HttpElector
from tests.browser.voter import Voter
from tests.browser.windows import PHONE, Windows

_BUTTON = "Régénérer mon code de vote"


def lose_the_response(route: Route) -> None:
    """Send a POST to the portal, and abort the request in the browser after the response."""
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


def _with_a_link_open(windows: Windows, elector: HttpElector, *, javascript: bool) -> Voter:
    """Return the elector's phone, with a new link open."""
    voter = Voter(windows.open(elector.url, width=PHONE, javascript=javascript), elector.person)
    voter.page.goto(elector.ask())
    return voter


@pytest.fixture
def phone(windows: Windows, http_elector: HttpElector) -> Voter:
    """The elector's phone, with a new link open; what a lost answer leads to does not depend on scripts."""
    return _with_a_link_open(windows, http_elector, javascript=True)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_double_click_shows_the_code(windows: Windows, http_elector: HttpElector, *, javascript: bool) -> None:
    """Whichever click is answered first, the page shows the code."""
    phone = _with_a_link_open(windows, http_elector, javascript=javascript)
    phone.button(_BUTTON).dblclick()
    assert len(phone.shown_code()) == 16


def test_a_code_can_be_displayed_after_a_lost_response(windows: Windows, phone: Voter, demo: Demo) -> None:
    """The same browser opens the link again and shows the code; another browser does not."""
    link = urlsplit(phone.page.url).path
    phone.page.route("**/lien/*", lose_the_response)
    with pytest.raises(Error, match="ERR_FAILED"), phone.page.expect_navigation():
        phone.button(_BUTTON).click()
    phone.page.unroute_all()

    other = Voter(windows.open(demo.url), phone.person)
    other.page.goto(link)
    other.sees("Lien déjà utilisé")
    phone.page.goto(link)
    assert len(phone.shown_code()) == 16


def test_pressing_the_button_again_shows_the_code(phone: Voter) -> None:
    """In another tab of the same browser, whose page is from before."""
    link = urlsplit(phone.page.url).path
    other_tab = phone.page.context.new_page()
    other_tab.goto(link)
    phone.page.route("**/lien/*", lose_the_response)
    with pytest.raises(Error, match="ERR_FAILED"), phone.page.expect_navigation():
        phone.button(_BUTTON).click()

    other = Voter(other_tab, phone.person)
    other.button(_BUTTON).click()
    assert len(other.shown_code()) == 16
