"""The recovery of a password in a browser: with rules checked during typing, and without scripts."""

from collections import deque

import pytest
from playwright.sync_api import expect

from demo.client.running import Demo
from tests.browser.received_messages import Person
from tests.browser.recovery_steps import NARROW, assert_accessible, received, type_in_order
from tests.browser.voter import Voter
from tests.browser.windows import Windows

_LINK = r"/lien/[0-9a-z]+"
_NEW = "Deux Éléphants: 1943"
_CHOOSE = "Choisir un nouveau mot de passe"


@pytest.fixture(scope="module")
def elector_without_password(people: deque[Person]) -> Person:
    """An elector whom no other test uses, since password and sessions are replaced."""
    return people.popleft()


def sign_in(voter: Voter, password: str) -> None:
    """Sign in with this password."""
    voter.person["password"] = password
    voter.sign_in()


def test_a_password_is_replaced_by_keyboard(
    windows: Windows, demo: Demo, elector_without_password: Person
) -> None:
    """From « mon mot de passe » to the portal; each rule shows that it is met as soon as it is."""
    voter = Voter(windows.open(demo.url), elector_without_password)
    page = voter.page
    page.goto("/")
    voter.link("mon mot de passe").click()
    assert_accessible(voter, "Mot de passe oublié")
    before = voter.newest_message()
    type_in_order(voter, {"identifier": elector_without_password["work_email"], "captcha": voter.captcha_answer()})
    page.keyboard.press("Enter")
    assert_accessible(voter, "Voulez-vous un nouveau mot de passe ?")
    page.get_by_role("button", name="Oui").click()
    assert_accessible(voter, "Demande prise en compte")
    page.goto(received(voter, before, voter.person["work_email"], _LINK))
    assert_accessible(voter, _CHOOSE)
    kept = page.locator("[data-rule-state]")
    type_in_order(voter, {"password": "court"})
    expect(page.locator("[data-password-status]")).to_have_text("1 règle respectée sur 5.")
    page.keyboard.press("Control+A")
    page.keyboard.type(_NEW)
    for each in kept.all():
        expect(each).to_have_text("\u00a0: oui")
    page.keyboard.press("Tab")
    page.keyboard.type(_NEW)
    expect(page.locator("[data-password-status]")).to_have_text(
        "5 règles respectées sur 5. Les deux mots de passe sont les mêmes."
    )
    assert_accessible(voter, _CHOOSE)
    page.keyboard.press("Enter")
    assert_accessible(voter, "Votre mot de passe est changé")
    sign_in(voter, _NEW)


def test_a_password_is_replaced_without_scripts(
    windows: Windows, demo: Demo, elector_without_password: Person
) -> None:
    """On a phone: a refused password shows an error, and the link can still be used."""
    voter = Voter(windows.open(demo.url, width=NARROW, javascript=False), elector_without_password)
    page, another = voter.page, f"{_NEW}, encore"
    page.goto("/connexion")
    page.goto("/reassort/mot-de-passe")
    before = voter.newest_message()
    page.get_by_label("Identifiant électeur").fill(elector_without_password["work_email"])
    voter.solve_captcha()
    voter.button("Continuer").click()
    page.get_by_role("button", name="Oui").click()
    voter.sees("Demande prise en compte")
    link = received(voter, before, voter.person["work_email"], _LINK)
    page.goto(link)
    for password, again in (("court", "court"), (another, "autre"), (another, another)):
        page.get_by_label("Nouveau mot de passe").fill(password)
        page.get_by_label("Le même mot de passe, une seconde fois").fill(again)
        voter.button("Changer mon mot de passe").click()
        if again != another:
            voter.sees("Une réponse est à corriger")
            expect(page.get_by_label("Nouveau mot de passe")).to_have_value("")
    voter.sees("Votre mot de passe est changé")
    page.goto(link)
    voter.sees("Lien déjà utilisé")
    sign_in(voter, another)
