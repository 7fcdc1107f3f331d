"""The recovery of a voting code with an identity from FranceConnect, in a browser."""

import re

import pytest
from playwright.sync_api import expect

from demo.client.running import Demo
from tests.browser.received_messages import Person
from tests.browser.recovery_steps import NARROW, assert_accessible, received
from tests.browser.sessions import Sessions
from tests.browser.windows import DESKTOP, Windows

_CHOICE = "/reassort/code-de-vote"
_BUTTON = "S’identifier avec FranceConnect"


@pytest.mark.parametrize(("width", "javascript"), [(DESKTOP, True), (NARROW, False)])
def test_a_lost_code_is_replaced_with_an_identity(
    windows: Windows, demo: Demo, person: Person, sessions: Sessions, width: int, *, javascript: bool
) -> None:
    """The content security policy allows the redirect; the link is sent to the account's mailbox."""
    voter = sessions.window(windows, demo.url, person, width=width, javascript=javascript)
    voter.page.goto(_CHOICE)
    assert_accessible(voter, "Obtenir un nouveau code de vote", javascript=javascript)
    before = voter.newest_message()
    voter.button(_BUTTON).press("Enter")
    assert_accessible(voter, "Qui s’identifie ?", javascript=javascript)
    voter.page.locator(f'button[value="{person["work_email"]}"]').press("Enter")
    assert_accessible(voter, "Vérifiez avant l’envoi", javascript=javascript)
    expect(voter.page.get_by_text(voter.person["personal_email"])).to_be_visible()
    voter.button("Envoyer le lien").press("Enter")
    voter.sees("Suivre ma demande")
    link = received(voter, before, voter.person["personal_email"], r"/lien/[0-9a-z]+")
    expect(voter.page.get_by_text("Référence à donner à l’assistance")).to_be_visible()
    person["voting_code"] = voter.press(link)


def test_after_a_refused_identity_other_proofs_are_offered(
    windows: Windows, demo: Demo, person: Person, sessions: Sessions
) -> None:
    """Neither after a cancelled login nor after another person's does the page name that person; both pages have links."""
    voter = sessions.window(windows, demo.url, person)
    voter.page.goto(_CHOICE)
    stops = voter.page.locator("main .panel a, main .panel button").all_text_contents()
    order = [re.sub(r"\s+", " ", stop).strip() for stop in stops]
    assert order == [_BUTTON, "Qu’est-ce que FranceConnect ?", "Répondre à la question défi"]
    voter.button(_BUTTON).click()
    voter.button("Annuler et revenir au portail").click()
    title = voter.page.locator("h1")
    expect(title).not_to_have_text("Qui s’identifie ?")
    assert_accessible(voter, str(title.text_content()).strip())
    voter.page.goto(_CHOICE)
    voter.button(_BUTTON).click()
    voter.page.locator(f'button[name=who]:not([value="{person["work_email"]}"])').first.click()
    voter.button("Envoyer le lien").click()
    expect(title).to_have_text("Demande non prise en compte")
    assert_accessible(voter, str(title.text_content()).strip())
    assert person["name"].split()[-1] not in str(voter.page.locator("main").text_content())
    expect(voter.page.locator("main a").first).to_be_visible()
