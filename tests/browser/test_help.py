"""The home page, the help and the form to the support desk, with and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from demo.client.running import Demo
from tests.browser.received_messages import Person
from tests.browser.recovery_steps import NARROW, assert_accessible, type_in_order
from tests.browser.sessions import Sessions
from tests.browser.voter import Voter
from tests.browser.windows import DESKTOP, Windows

_RECOVERABLE = {
    "mon code de vote": "Connectez-vous pour obtenir un nouveau code de vote",
    "mon identifiant": "Obtenir un nouvel identifiant électeur",
    "mon mot de passe": "Mot de passe oublié",
    "ma notice de vote": "Voter sans notice",
}


@pytest.mark.parametrize(("width", "javascript"), [(DESKTOP, True), (NARROW, False)])
def test_the_home_page_links_to_each_recovery(
    windows: Windows, demo: Demo, person: Person, width: int, *, javascript: bool
) -> None:
    """« J’ai perdu… » is visible without scrolling, each link leads to its form, and the help has each guide."""
    voter = Voter(windows.open(demo.url, width=width, javascript=javascript), person)
    voter.page.goto("/")
    expect(voter.page.get_by_role("heading", name="J’ai perdu…")).to_be_in_viewport()
    assert_accessible(voter, "Élections professionnelles", javascript=javascript)
    assert voter.page.locator(".recovery-list__link").all_text_contents() == list(_RECOVERABLE)
    for thing, title in _RECOVERABLE.items():
        voter.page.goto("/")
        voter.link(thing).click()
        expect(voter.page.locator("h1")).to_have_text(title)
    voter.page.goto("/aide")
    assert_accessible(voter, "Aide", javascript=javascript)
    for place in ("code-de-vote", "identifiant", "mot-de-passe", "sans-notice", "questions"):
        expect(voter.page.locator(f"#{place}")).to_have_count(1)


def test_a_question_is_sent_by_keyboard(windows: Windows, demo: Demo, person: Person, sessions: Sessions) -> None:
    """A signed-in elector needs no CAPTCHA, and gets a reference."""
    voter = sessions.window(windows, demo.url, person)
    voter.page.goto("/assistance")
    assert_accessible(voter, "Écrire à l’assistance")
    expect(voter.page.get_by_text("(code de vote)")).to_be_visible()
    type_in_order(voter, {"message": "Le SMS n’arrive pas.", "reply_to": person["personal_email"]})
    voter.page.keyboard.press("Enter")
    assert_accessible(voter, "Votre message à l’assistance")
    expect(voter.page.get_by_text(re.compile(r"pour référence [A-Z0-9]{5}-[A-Z0-9]{5}"))).to_be_visible()


def test_a_question_is_sent_without_scripts(windows: Windows, demo: Demo, person: Person) -> None:
    """Without a session, on a phone: a secret in the message is redacted, and the rest is kept."""
    voter = Voter(windows.open(demo.url, width=NARROW, javascript=False), person)
    voter.page.goto("/assistance")
    message = voter.page.get_by_label("Que vous arrive-t-il ?")
    message.fill(f"Mon NUMEN {person['numen']} est refusé.")
    voter.page.get_by_label("Adresse à laquelle vous répondre").fill(person["personal_email"])
    voter.solve_captcha()
    voter.button("Envoyer").click()
    voter.sees("Une réponse est à corriger")
    expect(message).to_have_value("Mon NUMEN ••• est refusé.")
    voter.solve_captcha()
    voter.button("Envoyer").click()
    assert_accessible(voter, "Votre message à l’assistance", javascript=False)
