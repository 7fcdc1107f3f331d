"""The page that shows the code for 120 seconds, in one browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from demo.client.running import Demo
from tests.browser.all_pages import PageRenderer, PageServer, sample_html
from tests.browser.http_elector import HttpElector
from tests.browser.received_messages import Person
from tests.browser.voter import Voter, printed_sheets
from tests.browser.windows import PHONE, Windows
from tests.support.sample_values import CODE, SHOWN

_USED = "Lien déjà utilisé"


@pytest.fixture
def phone(windows: Windows, demo: Demo, person: Person) -> Voter:
    """The elector's phone, without a session."""
    return Voter(windows.open(demo.url, width=PHONE), person)


@pytest.fixture
def sample(windows: Windows, page_server: PageServer) -> Page:
    """A phone with a code on it, whose clock goes on as the test says."""
    page = windows.open(page_server.url, width=PHONE)
    page.clock.install()
    return PageRenderer(page, page_server).show("code", remaining=120)


def seconds_left(page: Page) -> int:
    """Return the remaining seconds that the page shows."""
    return int((page.get_by_role("timer").text_content() or "").split()[0])


def test_a_reload_shows_the_code_with_the_remaining_time(
    windows: Windows, phone: Voter, http_elector: HttpElector, demo: Demo
) -> None:
    """The timer continues, and another browser never sees the code; on paper the page says when it was made and where to vote."""
    link = http_elector.ask()
    code = phone.press(link)
    at_first = seconds_left(phone.page)
    assert 0 < at_first <= 120
    made, vote = phone.page.locator("main p.print-only").all_text_contents()
    assert re.fullmatch(r"Établi le [a-z]+ \w+ \w+ 20\d\d à \d+\sh(\s\d\d)? \(heure de Paris\)", made)
    assert vote == f"Pour voter\u00a0: {demo.url}/vote"
    expect(phone.page.get_by_role("timer")).not_to_have_text(re.compile(f"^{at_first}\u00a0"))

    phone.page.reload()
    assert phone.shown_code() == code
    after = seconds_left(phone.page)
    assert after < at_first
    phone.page.goto(link)
    assert phone.shown_code() == code
    assert seconds_left(phone.page) <= after

    other = Voter(windows.open(http_elector.url), http_elector.person)
    other.page.goto(link)
    other.sees(_USED)
    assert code not in other.page.content()


def test_the_page_hides_the_code_and_announces_it(sample: Page) -> None:
    """It announces 60, 30 and 10 seconds to screen readers, and at the end moves the focus to what to do next."""
    announced, over = sample.get_by_role("status"), sample.locator("[data-code-over]")
    expect(sample.locator("#voting-code")).to_have_text(CODE)
    expect(announced).to_have_text("")
    left = seconds_left(sample)
    for mark in (60, 30, 10):
        sample.clock.fast_forward(1000 * (left - mark))
        expect(announced).to_have_text(f"Le code reste visible {mark} secondes.")
        left = mark
    sample.clock.fast_forward(1000 * left)
    expect(over.get_by_role("heading", name="Le code n’est plus visible")).to_be_visible()
    expect(over.get_by_role("link", name="Aller voter")).to_be_visible()
    expect(over).to_be_focused()
    expect(over).to_have_css("outline-offset", "8px")  # clear of the letters
    assert CODE not in (sample.locator("body").text_content() or "")
    assert "Caractère par caractère" not in sample.content()


def test_without_scripts_the_page_is_replaced_at_the_window_s_end(
    windows: Windows, page_server: PageServer
) -> None:
    """The browser asks for the link by itself; `tests/web/routers/test_noted_secret.py` has when, and what it is answered."""
    page = windows.open(page_server.url, javascript=False)
    with page.expect_request("**/lien/x"):
        PageRenderer(page, page_server).show("code", remaining=1)


def test_the_back_button_asks_the_server_again(phone: Voter, http_elector: HttpElector) -> None:
    """« Précédent » shows the code within the display window, and not after it."""
    code = phone.press(http_elector.ask())
    phone.page.goto("/aide")
    phone.page.go_back()
    assert phone.shown_code() == code

    phone.button("J’ai noté mon code").click()
    phone.sees("Le code n’est plus visible")
    phone.page.go_back()
    phone.sees(_USED)
    assert code not in phone.page.content()


def test_the_printed_page_has_the_code_its_date_and_where_to_vote(sample: Page) -> None:
    """And nothing else, on one sheet: no title, name of the election or instruction, no menu, button or countdown."""
    expect(sample.get_by_role("button", name="Imprimer")).to_be_visible()
    sample.emulate_media(media="print")
    printed = [line for line in sample.locator("body").inner_text().splitlines() if line.strip()]
    assert printed[0].replace(" ", "") == CODE
    assert printed[1:] == [f"Établi le {SHOWN['made_at']}", f"Pour voter\u00a0: {SHOWN['vote_url']}"]
    assert printed_sheets(sample) == 1
    for hidden in ("header", "footer", ".timer", "main button", ".fr-skiplinks"):
        for each in sample.locator(hidden).all():
            expect(each).to_be_hidden()


@pytest.mark.parametrize("javascript", [True, False])
def test_the_code_is_visible_on_a_small_phone(
    windows: Windows, page_server: PageServer, *, javascript: bool
) -> None:
    """It is in the viewport without scrolling, since the link's form leads to the page's content."""
    assert 'action="#contenu"' in sample_html("link", "dsfr")
    phone = windows.open(page_server.url, width=PHONE, javascript=javascript)
    phone.set_viewport_size({"width": PHONE, "height": 560})
    page = PageRenderer(phone, page_server).show("code", part="#contenu")
    expect(page.locator("#voting-code")).to_be_in_viewport(ratio=1)


def test_a_click_on_the_code_selects_all_of_it_without_spaces(sample: Page) -> None:
    """The groups are only visual: the copied text has no spaces."""
    sample.locator("#voting-code").click()
    assert sample.evaluate("getSelection().toString()") == CODE
    expect(sample.locator(".code-group")).to_have_count(4)
