"""The page that shows the code for 120 seconds, in one browser."""

import re

import pytest
from playwright.sync_api import expect

from demo.client.running import Demo
from tests.browser.http_elector import HttpElector
from tests.browser.received_messages import Person
from tests.browser.voter import Voter
from tests.browser.windows import PHONE, Windows

_USED = "Lien déjà utilisé"


@pytest.fixture
def phone(windows: Windows, demo: Demo, person: Person) -> Voter:
    """The elector's phone, without a session."""
    return Voter(windows.open(demo.url, width=PHONE), person)


def seconds_left(voter: Voter) -> int:
    """Return the remaining seconds that the page shows."""
    return int((voter.page.get_by_role("timer").text_content() or "").split()[0])


def test_a_reload_shows_the_code_with_the_remaining_time(
    windows: Windows, phone: Voter, http_elector: HttpElector
) -> None:
    """The timer continues, and another browser never sees the code."""
    link = http_elector.ask()
    code = phone.press(link)
    at_first = seconds_left(phone)
    assert 110 < at_first <= 120
    expect(phone.page.get_by_role("timer")).not_to_have_text(re.compile(f"^{at_first}\u00a0"))

    phone.page.reload()
    assert phone.shown_code() == code
    after = seconds_left(phone)
    assert after < at_first
    phone.page.goto(link)
    assert phone.shown_code() == code
    assert seconds_left(phone) <= after

    other = Voter(windows.open(http_elector.url), http_elector.person)
    other.page.goto(link)
    other.sees(_USED)
    assert code not in other.page.content()


def test_the_page_hides_the_code_and_announces_it(phone: Voter, http_elector: HttpElector) -> None:
    """It announces 60, 30 and 10 seconds to screen readers, and at the end moves the focus to what to do next."""
    phone.page.clock.install()
    code = phone.press(http_elector.ask())
    announced = phone.page.get_by_role("status")
    expect(announced).to_have_text("")
    left = seconds_left(phone)
    for mark in (60, 30, 10):
        phone.page.clock.fast_forward(1000 * (left - mark))
        expect(announced).to_have_text(f"Le code reste visible {mark} secondes.")
        left = mark
    phone.page.clock.fast_forward(1000 * left)
    phone.sees("Le code n’est plus visible")
    expect(phone.link("Aller voter")).to_be_visible()
    expect(phone.page.locator("[data-code-over]")).to_be_focused()
    expect(phone.page.locator("[data-code-over]")).to_have_css("outline-offset", "8px")  # clear of the letters
    assert code not in phone.page.content()
    assert "Caractère par caractère" not in phone.page.content()


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


def test_the_printed_page_has_the_code_its_date_and_where_to_vote(
    phone: Voter, http_elector: HttpElector, demo: Demo
) -> None:
    """And nothing else, on one sheet: no title, name of the election or instruction, no menu, button or countdown."""
    code = phone.press(http_elector.ask())
    expect(phone.button("Imprimer")).to_be_visible()
    phone.page.emulate_media(media="print")
    assert phone.shown_code() == code
    printed = [line for line in phone.page.locator("body").inner_text().splitlines() if line.strip()]
    assert printed[0].replace(" ", "") == code
    assert re.fullmatch(r"Établi le [a-z]+ \w+ \w+ 20\d\d à \d+\sh(\s\d\d)? \(heure de Paris\)", printed[1])
    assert printed[2:] == [f"Pour voter\u00a0: {demo.url}/vote"]
    assert phone.printed_sheets() == 1
    for hidden in ("header", "footer", ".timer", "main button", ".fr-skiplinks"):
        for each in phone.page.locator(hidden).all():
            expect(each).to_be_hidden()


@pytest.mark.parametrize("javascript", [True, False])
def test_the_code_is_visible_on_a_small_phone(
    windows: Windows, http_elector: HttpElector, demo: Demo, *, javascript: bool
) -> None:
    """It is in the viewport without scrolling."""
    link = http_elector.ask()
    phone = Voter(windows.open(demo.url, width=PHONE, javascript=javascript), http_elector.person)
    phone.page.set_viewport_size({"width": PHONE, "height": 560})
    phone.press(link)
    expect(phone.page.locator("#voting-code")).to_be_in_viewport(ratio=1)


def test_a_click_on_the_code_selects_all_of_it_without_spaces(phone: Voter, http_elector: HttpElector) -> None:
    """The groups are only visual: the copied text has no spaces."""
    code = phone.press(http_elector.ask())
    phone.page.locator("#voting-code").click()
    assert phone.page.evaluate("getSelection().toString()") == code
    expect(phone.page.locator(".code-group")).to_have_count(4)
