"""A voter who must sign in first is told what for, and led there afterwards."""

import pytest

from demo.client.running import Demo
from tests.browser.http_elector import HttpElector
from tests.browser.received_messages import Person
from tests.browser.recovery_steps import assert_accessible, reach
from tests.browser.voter import Voter
from tests.browser.windows import DESKTOP, PHONE, Windows

_NEW_CODE = "Connectez-vous pour obtenir un nouveau code de vote"


@pytest.mark.parametrize(("width", "javascript"), [(DESKTOP, True), (PHONE, False)])
def test_the_home_page_s_link_leads_to_the_new_code(
    windows: Windows, demo: Demo, person: Person, width: int, *, javascript: bool
) -> None:
    """Through both steps, a wrong CAPTCHA and a wrong password."""
    voter = Voter(windows.open(demo.url, width=width, javascript=javascript), person)
    voter.page.goto("/")
    voter.link("mon code de vote").click()
    assert_accessible(voter, _NEW_CODE, javascript=javascript)
    voter.page.get_by_label("Adresse professionnelle").fill(person["work_email"])
    voter.page.get_by_label("Recopiez les chiffres").fill("1")
    voter.button("Continuer").click()
    voter.sees(_NEW_CODE)
    voter.solve_captcha()
    voter.button("Continuer").click()
    assert_accessible(voter, "Votre mot de passe", javascript=javascript)
    for password in ("pas le bon", person["password"]):
        voter.page.get_by_label("Mot de passe Élections").fill(password)
        voter.button("Se connecter").click()
    voter.sees("Obtenir un nouveau code de vote")


def test_a_used_link_leads_to_the_vote_by_keyboard(
    windows: Windows, demo: Demo, http_elector: HttpElector
) -> None:
    """« Aller voter » is its first button, and the sign-in leads to the voting page."""
    link = http_elector.ask()
    voter = Voter(windows.open(demo.url, width=PHONE), http_elector.person)
    voter.press(link)
    voter.button("J’ai noté mon code").click()
    voter.page.goto(link)
    voter.sees("Lien déjà utilisé")
    keyboard = voter.page.keyboard
    voter.link("Aller voter").focus()
    keyboard.press("Enter")
    voter.sees("Connectez-vous pour voter")
    reach(voter, "identifier")
    keyboard.type(voter.person["work_email"])
    voter.page.locator("[name=captcha]").focus()
    keyboard.type(voter.captcha_answer())
    keyboard.press("Enter")
    voter.sees("Votre mot de passe")
    reach(voter, "password")
    keyboard.type(voter.person["password"])
    keyboard.press("Enter")
    voter.sees("Entrer dans l’espace de vote avec votre code de vote")
