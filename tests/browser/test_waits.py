"""A wait before another message is counted down in seconds, and what has to wait cannot be pressed.

What the server answers meanwhile, and how long the wait is, is in `tests/web/routers/test_request_too_soon.py`.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.all_pages import PageRenderer, PageServer
from tests.browser.windows import PHONE, Windows
from tests.support.sample_values import form

_WAIT = re.compile(r"Vous pourrez demander un autre lien dans (\d+)\u00a0secondes?\.")
_OVER = "Vous pouvez maintenant demander un autre lien."


def _shown(windows: Windows, server: PageServer, state: str, *, javascript: bool = True, wait: int = 0) -> Page:
    """Return a sample page on a phone, whose clock the test moves; a form has `wait` seconds to go."""
    page = windows.open(server.url, width=PHONE, javascript=javascript)
    if javascript:
        page.clock.install()
    return PageRenderer(page, server).show(state, **({"form": form(wait=wait)} if wait else {}))


def _seconds(page: Page) -> int:
    told = page.get_by_text(_WAIT)
    expect(told).to_be_visible()
    found = _WAIT.search(told.text_content() or "")
    assert found
    return int(found[1])


@pytest.mark.parametrize("javascript", [True, False])
def test_the_follow_up_page_counts_the_seconds(
    windows: Windows, page_server: PageServer, *, javascript: bool
) -> None:
    """Meanwhile « Recevoir un nouveau lien » is there and disabled; without scripts « Actualiser » shows the page anew."""
    page = _shown(windows, page_server, "follow", javascript=javascript)
    again = page.get_by_role("button", name="Recevoir un nouveau lien", exact=True)
    at_first = _seconds(page)
    assert 0 < at_first <= 45
    expect(again).to_be_disabled()
    if not javascript:
        expect(page.get_by_role("link", name="Actualiser", exact=True)).to_be_visible()
        return
    page.clock.fast_forward(5_000)
    assert _seconds(page) <= at_first - 5
    page.clock.fast_forward(45_000)
    expect(page.get_by_role("status").filter(has_text=_OVER)).to_be_visible()
    expect(again).to_be_enabled()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


@pytest.mark.parametrize("javascript", [True, False])
def test_a_request_too_soon_waits_on_its_page(
    windows: Windows, page_server: PageServer, *, javascript: bool
) -> None:
    """Its button is disabled until the wait is over; without scripts the refusal alone says the seconds."""
    page = _shown(windows, page_server, "verification, refused", javascript=javascript)
    send = page.get_by_role("button", name="Envoyer le lien", exact=True)
    expect(page.get_by_role("alert")).to_contain_text("Un lien vient de partir.")
    if not javascript:
        expect(page.locator("[data-wait]")).to_be_hidden()
        expect(send).to_be_enabled()
        return
    assert 0 < _seconds(page) <= 45
    expect(send).to_be_disabled()
    page.clock.fast_forward(45_000)
    expect(page.get_by_role("status").filter(has_text=_OVER)).to_be_visible()
    expect(send).to_be_enabled()


def test_what_sends_nothing_does_not_wait(windows: Windows, page_server: PageServer) -> None:
    """The button that corrects the address; the Enter key sends no second request either."""
    page = _shown(windows, page_server, "verification, misspelt", wait=45)
    assert 0 < _seconds(page) <= 45
    expect(page.get_by_role("button", name="Envoyer le lien", exact=True)).to_be_disabled()
    expect(page.locator(".default-button")).to_be_disabled()
    with page.expect_request("**/verification") as sent:
        page.get_by_role("button", name="Utiliser camille@gmail.com").click()
    assert "action=corriger" in (sent.value.post_data or "")
