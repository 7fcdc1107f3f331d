"""Recoveries in English, on a phone: pages, messages and what scripts write; those of an identifier have none that write."""

import re
from collections import deque

import pytest
from playwright.sync_api import expect

from demo.client.running import Demo
from tests.browser.received_messages import Person
from tests.browser.recovery_steps import received
from tests.browser.sessions import Sessions
from tests.browser.voter import Voter
from tests.browser.windows import PHONE, Windows

_LINK = r"/lien/[0-9a-z]+"
_NEW = "Deux Éléphants: 1943"
_MAILBOX = "another.address@mail.example.org"


@pytest.fixture(scope="module")
def elector_in_english(people: deque[Person]) -> Person:
    """An elector whom no other test uses, since password and identifier are replaced."""
    return people.popleft()


def in_english(voter: Voter, path: str) -> Voter:
    """Open a page and choose English on it; the voter keeps the language."""
    voter.page.goto(path)
    voter.link("English").click()
    expect(voter.page.locator("html")).to_have_attribute("lang", "en")
    return voter


def solve_captcha(voter: Voter) -> None:
    """Type the answer of the page's security code."""
    voter.page.get_by_label("Enter the digits that you see or hear").fill(voter.captcha_answer())


def enter_the_voting_space(voter: Voter, identifier: str, password: str) -> None:
    """Sign in to the voting space with identifier and password."""
    voter.page.get_by_label("User ID").fill(identifier)
    voter.page.get_by_label("Elections password", exact=False).fill(password)
    voter.button("Enter the voting space").click()
    voter.sees("Your voting space is open")


def compare(voter: Voter, secret: str, wrong: str) -> None:
    """Compare what was noted with the secret, first with a mistake in its second group."""
    for typed, sentence in ((wrong, "Group 2 does not match."), (secret, "✔ That is right")):
        voter.page.get_by_label("Type what you have written down").fill(typed)
        voter.button("Check").click()
        expect(voter.page.locator("#f-noted-result")).to_contain_text(sentence)


def test_a_voting_code_is_replaced_by_sms(
    windows: Windows, demo: Demo, person: Person, sessions: Sessions
) -> None:
    """The countdown and the comparison speak English too, and the code opens the voting space."""
    voter = in_english(
        sessions.window(windows, demo.url, person, width=PHONE), "/reassort/code-de-vote/question-defi"
    )
    before, page = voter.newest_message(), voter.page
    page.get_by_label("Secret answer").fill(person["secret_answer"])
    page.get_by_label("NUMEN or French social security number").fill(person["numen"])
    voter.button("Continue").click()
    page.locator("label", has_text="By SMS").click()
    page.get_by_label("Mobile number").fill(person["phone"])
    voter.button("Continue").click()
    voter.sees("Check before sending")
    voter.button("Send the link").click()
    text = received(voter, before, person["phone"], r"(?s)Voting code\. One-time link.*")
    found = re.search(_LINK, text)
    assert found
    page.goto(found[0])
    voter.button("Generate my voting code again").click()
    code, timer = voter.shown_code(), page.get_by_role("timer")
    expect(timer).to_have_text(re.compile(r"^(120|1[01]\d|\d{1,2})\sseconds$"))
    wrong = "x" if code[4] != "X" else "y"
    compare(voter, code, f"{code[:4]} {wrong}{code[5:]}")
    voter.button("I have written down my code").click()
    voter.sees("The code is no longer visible")
    voter.link("Go and vote").click()
    page.get_by_label("Voting code").fill(code)
    voter.button("Enter the voting space").click()
    voter.sees("Your voting space is open")
    person["voting_code"] = code


def test_a_password_is_replaced(windows: Windows, demo: Demo, elector_in_english: Person) -> None:
    """The rules are counted as one types; the link is below the French in the same mail."""
    voter = in_english(Voter(windows.open(demo.url, width=PHONE), elector_in_english), "/reassort/mot-de-passe")
    before, page, mailbox = voter.newest_message(), voter.page, elector_in_english["work_email"]
    page.get_by_label("Work email address").fill(mailbox)
    solve_captcha(voter)
    voter.button("Continue").click()
    voter.button("Yes, send the link").click()
    voter.sees("Request received")
    page.goto(received(voter, before, mailbox, rf"(?s)works once only.*?{_LINK}")[-32:])
    page.get_by_label("New password").fill(_NEW)
    page.get_by_label("The same password, a second time").fill(_NEW)
    expect(page.locator("[data-password-status]")).to_have_text("5 of 5 rules met. Both passwords are the same.")
    voter.button("Change my password").click()
    voter.sees("Your password has been changed")
    elector_in_english["password"] = _NEW


def test_identifier_and_password_are_replaced(windows: Windows, demo: Demo, elector_in_english: Person) -> None:
    """To another address, which is checked; the password is shown, and the identifier comes in English."""
    voter = in_english(Voter(windows.open(demo.url, width=PHONE), elector_in_english), "/sans-notice")
    before, page, mailbox = voter.newest_message(), voter.page, elector_in_english["work_email"]
    page.get_by_label("Work email address").fill(mailbox)
    solve_captcha(voter)
    voter.button("Get the link").click()
    voter.sees("Request received")
    page.goto(received(voter, before, mailbox, rf"(?s)works once only.*?{_LINK}")[-32:])
    page.get_by_label("NUMEN").fill(elector_in_english["numen"])
    page.get_by_label("Département of birth").select_option(elector_in_english["birth_department"])
    voter.button("Continue").click()
    page.get_by_text("Another address").click()
    for field in ("email", "email_again"):
        page.locator(f"#f-{field}").fill(_MAILBOX)
    voter.button("Confirm the address").click()
    voter.sees("Check the address")
    voter.button("Confirm and show the password").click()
    shown = page.locator("#new-password")
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^(10\sminutes|[2-9]\sminutes and )"))
    password = shown.text_content() or ""
    compare(voter, password, f"{password[:4]}{'?' if password[4] != '?' else '!'}{password[5:]}")
    voter.button("I have written down my password").click()
    voter.sees("The password is no longer visible")
    identifier = received(voter, before, _MAILBOX, r"(?s)Here is your new elector user ID:\s+\S+").split()[-1]
    voter.link("Enter the voting space").click()
    enter_the_voting_space(voter, identifier, password)
