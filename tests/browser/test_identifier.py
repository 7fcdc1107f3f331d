"""The recovery of an identifier by SMS in a browser: with and without a session, by keyboard, without scripts."""

from datetime import date

from playwright.sync_api import expect

from demo.client.running import Demo
from tests.browser.received_messages import Person
from tests.browser.recovery_steps import NARROW, assert_accessible, received, type_in_order
from tests.browser.sessions import Sessions
from tests.browser.voter import Voter
from tests.browser.windows import Windows

_FORM = "Obtenir un nouvel identifiant électeur"
_IDENTIFIER = r"^[A-Z0-9]{12}$"


def typed_by(person: Person) -> dict[str, str]:
    """Return what a person types into the form, in the order of the fields."""
    born = f"{date.fromisoformat(person['birth_date']):%d/%m/%Y}"
    return {"phone": person["phone"], "numen": person["numen"], "birth_date": born}


def enter_voting_space(voter: Voter, identifier: str) -> None:
    """Enter identifier and password on the voting space's sign-in page."""
    voter.page.get_by_label("Identifiant électeur").fill(identifier)
    voter.page.get_by_label("Mot de passe Élections").fill(voter.person["password"])
    voter.button("Entrer dans l’espace de vote").click()


def check_identifiers(voter: Voter, identifier: str) -> None:
    """Check that the old identifier is refused and that the new one opens the voting space."""
    voter.page.goto("/vote/connexion")
    assert_accessible(voter, "Entrer dans l’espace de vote avec votre identifiant et votre mot de passe")
    enter_voting_space(voter, voter.person["identifier"])
    voter.sees("Votre demande n’a pas abouti")
    enter_voting_space(voter, identifier)
    voter.sees("Votre espace de vote est ouvert")
    voter.person["identifier"] = identifier


def test_a_lost_identifier_is_replaced_by_keyboard(
    windows: Windows, demo: Demo, person: Person, sessions: Sessions
) -> None:
    """With a session: the follow-up page updates by itself, and the new identifier opens the voting space."""
    voter = sessions.window(windows, demo.url, person)
    voter.page.goto("/reassort/identifiant")
    assert_accessible(voter, _FORM)
    before = voter.newest_message()
    type_in_order(voter, typed_by(person) | {"captcha": voter.captcha_answer()})
    voter.page.keyboard.press("Enter")
    assert_accessible(voter, "Vérifiez avant l’envoi")
    voter.button("Recevoir un nouvel identifiant").press("Enter")
    voter.sees("Suivre ma demande")
    assert_accessible(voter, "C’est fait : vous avez un nouvel identifiant")
    expect(voter.page.get_by_text("Référence à donner à l’assistance")).to_be_visible()
    identifier = received(voter, before, voter.person["phone"], _IDENTIFIER)
    without_session = Voter(windows.open(demo.url), person)
    check_identifiers(without_session, identifier)


def test_a_lost_identifier_is_replaced_without_scripts_or_a_session(
    windows: Windows, demo: Demo, person: Person
) -> None:
    """From « Identifiant électeur oublié ? », on a phone; a refused form has its errors and keeps what was typed."""
    voter = Voter(windows.open(demo.url, width=NARROW, javascript=False), person)
    voter.page.goto("/vote/connexion")
    voter.link("Identifiant électeur oublié\u202f?").click()
    voter.sees(_FORM)
    before = voter.newest_message()
    voter.page.get_by_label("Numéro de mobile").fill("06 39 98")
    voter.solve_captcha()
    voter.button("Continuer").click()
    expect(voter.page.get_by_role("alert")).to_be_in_viewport()
    expect(voter.page.get_by_label("Numéro de mobile")).to_have_value("06 39 98")
    for name, text in typed_by(person).items():
        voter.page.locator(f"#f-{name}").fill(text)
    voter.button("Continuer").click()
    voter.sees("Vérifiez avant l’envoi")
    voter.button("Recevoir un nouvel identifiant").click()
    assert_accessible(voter, "Demande prise en compte", javascript=False)
    identifier = received(voter, before, voter.person["phone"], _IDENTIFIER)
    voter.link("Entrer dans l’espace de vote").click()
    enter_voting_space(voter, identifier)
    voter.sees("Votre espace de vote est ouvert")
    person["identifier"] = identifier
