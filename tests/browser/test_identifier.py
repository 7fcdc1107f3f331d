"""An identifier, lost and replaced by SMS: signed in or not, by keyboard, by phone, without scripts."""

from datetime import date

from playwright.sync_api import expect

from demo.client.running import Demo
from tests.browser.received_messages import Person
from tests.browser.recovery_steps import NARROW, arrives, assert_accessible, captcha_answer, type_in_order
from tests.browser.sessions import Sessions
from tests.browser.voter import Voter
from tests.browser.windows import Windows

_FORM = "Obtenir un nouvel identifiant électeur"
_IDENTIFIER = r"^[A-Z0-9]{12}$"


def typed_by(person: Person) -> dict[str, str]:
    """Return what a person types into the form, in its order."""
    born = f"{date.fromisoformat(person['birth_date']):%d/%m/%Y}"
    return {"phone": person["phone"], "numen": person["numen"], "birth_date": born}


def comes_in(voter: Voter, identifier: str) -> None:
    """Give identifier and password at the voting space's own door."""
    voter.page.get_by_label("Identifiant électeur").fill(identifier)
    voter.page.get_by_label("Mot de passe Élections").fill(voter.person["password"])
    voter.button("Entrer dans l’espace de vote").click()


def votes_with(voter: Voter, identifier: str) -> None:
    """The old identifier is refused, the new one opens."""
    voter.page.goto("/vote/connexion")
    assert_accessible(voter, "Entrer dans l’espace de vote")
    comes_in(voter, voter.person["identifier"])
    voter.sees("Votre demande n’a pas abouti")
    comes_in(voter, identifier)
    voter.sees("Votre espace de vote est ouvert")
    voter.person["identifier"] = identifier


def test_a_lost_identifier_is_replaced_by_keyboard(
    windows: Windows, demo: Demo, person: Person, sessions: Sessions
) -> None:
    """Signed in: from « mon identifiant » to the voting space, the page that follows it changing by itself."""
    voter = sessions.window(windows, demo.url, person)
    voter.page.goto("/reassort/identifiant")
    assert_accessible(voter, _FORM)
    before = voter.newest_message()
    type_in_order(voter, typed_by(person) | {"captcha": captcha_answer(voter)})
    voter.page.keyboard.press("Enter")
    voter.sees("Suivre ma demande")
    assert_accessible(voter, "C’est fait : vous avez un nouvel identifiant")
    expect(voter.page.get_by_text("Référence à donner à l’assistance")).to_be_visible()
    identifier = arrives(voter, before, "phone", _IDENTIFIER)
    stranger = Voter(windows.open(demo.url), person)
    votes_with(stranger, identifier)


def test_a_lost_identifier_is_replaced_without_scripts_or_a_session(
    windows: Windows, demo: Demo, person: Person
) -> None:
    """From « Identifiant électeur oublié ? », on a phone; what is wrong is said, and what was typed is kept."""
    voter = Voter(windows.open(demo.url, width=NARROW, javascript=False), person)
    voter.page.goto("/vote/connexion")
    voter.link("Identifiant électeur oublié\u202f?").click()
    voter.sees(_FORM)
    before = voter.newest_message()
    voter.page.get_by_label("Numéro de mobile").fill("06 39 98")
    voter.solve_captcha()
    voter.button("Recevoir un nouvel identifiant").click()
    expect(voter.page.get_by_role("alert")).to_be_in_viewport()
    expect(voter.page.get_by_label("Numéro de mobile")).to_have_value("06 39 98")
    for name, text in typed_by(person).items():
        voter.page.locator(f"#f-{name}").fill(text)
    voter.solve_captcha()
    voter.button("Recevoir un nouvel identifiant").click()
    assert_accessible(voter, "Demande prise en compte", javascript=False)
    identifier = arrives(voter, before, "phone", _IDENTIFIER)
    voter.link("Entrer dans l’espace de vote").click()
    comes_in(voter, identifier)
    voter.sees("Votre espace de vote est ouvert")
    person["identifier"] = identifier
