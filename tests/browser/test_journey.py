"""The recovery of a voting code in a browser: by both channels, on two devices, with and without scripts.

With scripts, test_english.py walks it by SMS on a phone, and test_keyboard.py by mail on a desktop.
"""

import pytest
from playwright.sync_api import Page, expect

from demo.client.running import Demo
from tests.browser.received_messages import Person
from tests.browser.voter import Voter
from tests.browser.windows import DESKTOP, PHONE, Windows


def wait_for_title(voter: Voter, title: str, *, javascript: bool) -> None:
    """Wait until the follow-up page has that title; without scripts, press « Actualiser » until it has."""
    heading = voter.page.get_by_role("heading", name=title, exact=True)
    if javascript:
        expect(heading).to_be_visible()
        return
    for _ in range(200):
        if heading.is_visible():
            return
        voter.link("Actualiser").click()
    raise AssertionError(f"no such title: {title}")


def copied(page: Page) -> str:
    """Copy the code with the page's button, and return the text of the clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copier le code").click()
    expect(page.get_by_role("status")).to_have_text("Code copié.")
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize(
    ("channel", "width", "javascript"),
    [("sms", DESKTOP, True), ("email", PHONE, False)],
)
def test_a_lost_code_is_replaced(
    windows: Windows, demo: Demo, person: Person, channel: str, width: int, *, javascript: bool
) -> None:
    """From the sign-in to the voting space: the new code is accepted, and the old one is refused."""
    voter = Voter(windows.open(demo.url, width=width, javascript=javascript), person)
    voter.sign_in()
    voter.open_the_challenge()
    before = voter.newest_message()
    voter.answer_the_challenge(channel)
    voter.sees("Suivre ma demande")
    wait_for_title(
        voter, "Votre SMS est arrivé" if channel == "sms" else "Votre lien est parti", javascript=javascript
    )

    phone = Voter(windows.open(demo.url, width=PHONE, javascript=javascript), person)
    phone.page.goto(voter.received_link(before))
    expect(phone.page.get_by_text("120 secondes seulement")).to_be_visible()
    phone.button("Régénérer mon code de vote").click()
    code = phone.shown_code()
    assert len(code) == 16
    if javascript:
        assert copied(phone.page) == code
    phone.button("J’ai noté mon code").click()
    phone.sees("Le code n’est plus visible")
    expect(phone.page.locator("#voting-code")).to_have_count(0)
    wait_for_title(voter, "C’est fait : vous avez un nouveau code", javascript=javascript)

    voter.enter_code(person["voting_code"])
    voter.sees("Une réponse est à corriger")
    voter.enter_code(code)
    voter.sees("Votre espace de vote est ouvert")
    person["voting_code"] = code
