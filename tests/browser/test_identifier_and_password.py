"""The recovery of identifier and password in a browser: on two devices, with and without scripts, by keyboard."""

import re
from collections import deque

import pytest
from playwright.sync_api import Page, expect

from demo.client.running import Demo
from tests.browser.all_pages import violations
from tests.browser.received_messages import Person
from tests.browser.recovery_steps import received
from tests.browser.voter import Voter
from tests.browser.windows import DESKTOP, PHONE, Windows

_MAILBOX = "une.autre.adresse@courriel.exemple.org"
_CHOOSE = "Valider l’adresse"
_SHOW = "Valider et afficher le mot de passe"


@pytest.fixture(scope="module")
def elector_without_notice(people: deque[Person]) -> Person:
    """An elector whom no other test uses, since identifier, password and sessions are replaced."""
    return people.popleft()


def request_link(voter: Voter) -> str:
    """Request a link from the home page on, wait for it, and return its path."""
    voter.page.goto("/")
    voter.link("ma notice de vote, ou mon identifiant et mon mot de passe").click()
    before = voter.newest_message()
    voter.page.get_by_label("Adresse professionnelle").fill(voter.person["work_email"])
    voter.solve_captcha()
    voter.button("Recevoir le lien").click()
    voter.sees("Demande prise en compte")
    return received(voter, before, voter.person["work_email"], r"/lien/[0-9a-z]+")


def wait_for_step(voter: Voter, step: int, *, javascript: bool) -> None:
    """Wait for a step, and check that axe finds nothing (axe needs scripts)."""
    expect(voter.page.get_by_text(f"Étape {step} sur 3")).to_be_visible()
    assert not javascript or violations(voter.page) == []


def fill_in_proofs(voter: Voter) -> None:
    """Fill in step 1, and send it."""
    voter.page.get_by_label("NUMEN").fill(voter.person["numen"])
    voter.page.get_by_label("Département de naissance").select_option(voter.person["birth_department"])
    voter.button("Continuer").click()


def choose_another_mailbox(voter: Voter) -> None:
    """Fill in step 2, with a mistake at first."""
    voter.page.get_by_text("Une autre adresse").click()
    voter.page.locator("#f-email").fill(_MAILBOX)
    voter.page.locator("#f-email_again").fill(f"x{_MAILBOX}")
    voter.button(_CHOOSE).click()
    voter.sees("Une réponse est à corriger")
    expect(voter.page.locator("#f-email")).to_have_value(_MAILBOX)
    voter.page.locator("#f-email_again").fill(_MAILBOX)
    voter.button(_CHOOSE).click()
    voter.sees("Vérifiez l’adresse")
    expect(voter.page.get_by_text(_MAILBOX)).to_be_visible()
    voter.button(_SHOW).click()


def shown_password(page: Page) -> str:
    """Return the password that a page shows."""
    password = page.locator("#new-password")
    expect(password).to_be_visible()
    return password.text_content() or ""


@pytest.mark.parametrize(("width", "javascript"), [(DESKTOP, True), (PHONE, False)])
def test_identifier_and_password_are_recovered(
    windows: Windows, demo: Demo, elector_without_notice: Person, width: int, *, javascript: bool
) -> None:
    """The password is shown on the screen, the identifier is sent to a mailbox, and both open the voting space."""
    voter = Voter(windows.open(demo.url, width=width, javascript=javascript), elector_without_notice)
    link = request_link(voter)
    before = voter.newest_message()
    voter.page.goto(link)
    wait_for_step(voter, 1, javascript=javascript)
    fill_in_proofs(voter)
    wait_for_step(voter, 2, javascript=javascript)
    choose_another_mailbox(voter)
    wait_for_step(voter, 3, javascript=javascript)
    password = shown_password(voter.page)
    expect(voter.page.get_by_role("timer")).to_have_text(re.compile("^(10\u00a0minutes|9\u00a0minutes et )"))
    expect(voter.page.get_by_text("u•••@c•••.org")).to_be_visible()
    voter.page.goto(link)
    assert shown_password(voter.page) == password
    voter.button("J’ai noté mon mot de passe").click()
    voter.sees("Le mot de passe n’est plus visible")

    identifier = received(voter, before, _MAILBOX, r"^[0-9A-Z]{8,}\s*$")
    voter.link("Entrer dans l’espace de vote").click()
    voter.page.get_by_label("Identifiant électeur").fill(identifier)
    voter.page.get_by_label("Mot de passe Élections").fill(password)
    voter.button("Entrer dans l’espace de vote").click()
    voter.sees("Votre espace de vote est ouvert")


def test_the_steps_work_by_keyboard_and_the_password_is_copied_and_printed(
    windows: Windows, demo: Demo, elector_without_notice: Person
) -> None:
    """Tab reaches the fields in order; the printed page has the password and instructions, and no button or step."""
    voter = Voter(windows.open(demo.url, width=PHONE), elector_without_notice)
    voter.page.goto(request_link(voter))
    keyboard, department = voter.page.keyboard, voter.page.locator("#f-birth_department")
    voter.page.locator("#f-numen").focus()
    keyboard.type(elector_without_notice["numen"])
    keyboard.press("Tab")
    expect(department).to_be_focused()
    # By arrows: letters that are typed in a list count as one word only if they come within a second.
    values = department.locator("option").evaluate_all("options => options.map(option => option.value)")
    for _ in range(values.index(elector_without_notice["birth_department"])):
        keyboard.press("ArrowDown")
    keyboard.press("Tab")
    keyboard.press("Enter")
    wait_for_step(voter, 2, javascript=True)
    voter.page.get_by_role("radio", name="Ma messagerie professionnelle").focus()
    keyboard.press("Space")
    keyboard.press("Tab")
    expect(voter.button(_CHOOSE)).to_be_focused()
    keyboard.press("Enter")
    password = shown_password(voter.page)

    voter.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    voter.button("Copier le mot de passe").click()
    expect(voter.page.get_by_role("status")).to_have_text("Mot de passe copié.")
    assert voter.page.evaluate("navigator.clipboard.readText()") == password
    voter.page.emulate_media(media="print")
    assert shown_password(voter.page) == password
    expect(voter.page.get_by_text("Ceci est votre mot de passe Élections")).to_be_visible()
    expect(voter.page.get_by_text(re.compile(r"Établi le .* \(heure de Paris\)\. Pour voter"))).to_be_visible()
    for hidden in ("header", ".timer", "main button", ".fr-stepper", ".fr-callout"):
        for each in voter.page.locator(hidden).all():
            expect(each).to_be_hidden()
