"""« Ce n’était pas moi », from the mail to the page that says whom to call: by mouse, by keyboard, without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from demo.client.demo_internals import execute
from demo.client.running import Demo
from tests.browser.all_pages import violations
from tests.browser.http_elector import HttpElector
from tests.browser.windows import DESKTOP, PHONE, Windows

_LIFT = "UPDATE objections SET lifted_at = now() WHERE made_at IS NOT NULL AND lifted_at IS NULL"


def _opened_from_the_mail(desk: Page, elector: HttpElector) -> Page:
    """Return the page that the link of the newest notice opens, as from a mailbox."""
    desk.goto("/demo")
    subject = "Un nouveau code de vote a été demandé"
    section = desk.locator("section", has=desk.get_by_role("heading", name=elector.person["name"], exact=True))
    mail = section.locator(f"iframe[title^='{subject}']").first.content_frame
    with desk.expect_popup() as opened:
        mail.get_by_role("link", name="/opposition/").click()
    return opened.value


@pytest.mark.parametrize(
    ("width", "javascript"),
    [(DESKTOP, True), (PHONE, False)],
    ids=["desktop", "no script"],
)
def test_the_link_of_a_notice_leads_to_support(
    windows: Windows, http_elector: HttpElector, demo: Demo, width: int, *, javascript: bool
) -> None:
    """The keyboard reaches the button; both pages are accessible and do not scroll sideways on a phone."""
    http_elector.ask("email")
    desk = windows.open(demo.url, width=width, javascript=javascript)
    page = _opened_from_the_mail(desk, http_elector)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce n’était pas vous\u202f?")
    _is_accessible(page, javascript=javascript)
    page.get_by_role("button", name="Ce n’était pas moi").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Les demandes sont suspendues")
    expect(page.get_by_role("main").get_by_role("link", name="01 99 00 12 34").first).to_be_visible()
    _is_accessible(page, javascript=javascript)
    execute(demo, _LIFT)  # other tests share the person


def _is_accessible(page: Page, *, javascript: bool) -> None:
    if javascript:
        assert violations(page) == []
        page.set_viewport_size({"width": PHONE, "height": 812})
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
