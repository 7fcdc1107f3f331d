"""The home page, the help and the form to the support desk, with and without scripts."""

import re

import httpx2
import pytest
from playwright.sync_api import expect

from demo.client.running import Demo
from tests.browser.received_messages import Person
from tests.browser.recovery_steps import NARROW, assert_accessible, type_in_order
from tests.browser.sessions import Sessions
from tests.browser.voter import Voter, printed_sheets
from tests.browser.windows import DESKTOP, PHONE, Windows

_RECOVERABLE = {
    "mon code de vote": "Connectez-vous pour obtenir un nouveau code de vote",
    "mon identifiant": "Obtenir un nouvel identifiant électeur",
    "mon mot de passe": "Mot de passe oublié",
    "ma notice de vote, ou mon identifiant et mon mot de passe": "Voter sans notice",
}
_GUIDES = {
    "Remplacer un code de vote perdu": "/aide/guides/code-de-vote",
    "Remplacer un mot de passe oublié": "/aide/guides/mot-de-passe",
    "Remplacer un identifiant perdu": "/aide/guides/identifiant",
    "Voter sans notice": "/aide/guides/sans-notice",
}


@pytest.mark.parametrize(("width", "javascript"), [(DESKTOP, True), (NARROW, False)])
def test_the_home_page_links_to_each_recovery(
    windows: Windows, demo: Demo, person: Person, width: int, *, javascript: bool
) -> None:
    """« J’ai perdu… » is visible without scrolling, each link leads to its form, and none is there twice."""
    voter = Voter(windows.open(demo.url, width=width, javascript=javascript), person)
    voter.page.goto("/")
    expect(voter.page.get_by_role("heading", name="J’ai perdu…")).to_be_in_viewport()
    assert_accessible(voter, "Élections professionnelles", javascript=javascript)
    assert voter.page.locator(".recovery-list__link").all_text_contents() == list(_RECOVERABLE)
    found = [link.get_attribute("href") for link in voter.page.locator("main a").all()]
    addresses = [address for address in found if address]
    assert sorted(addresses) == sorted(set(addresses))
    for twice in ("Je n’ai pas reçu ma notice", "Je ne connais pas mon identifiant"):
        expect(voter.link(twice)).to_have_count(0)
    expect(voter.link("Je n’ai pas de mobile")).to_have_count(1)
    for thing, title in _RECOVERABLE.items():
        voter.page.goto("/")
        voter.link(thing).click()
        expect(voter.page.locator("h1")).to_have_text(title)


@pytest.mark.parametrize(
    ("title", "width", "javascript"),
    [*((title, DESKTOP, True) for title in _GUIDES), ("Remplacer un code de vote perdu", PHONE, False)],
)
def test_each_guide_is_a_page_that_prints_on_one_sheet(
    windows: Windows, demo: Demo, person: Person, title: str, width: int, *, javascript: bool
) -> None:
    """The help leads to it; it has its steps with their pictures, and leads to the recovery while that takes requests.

    All have one template: without scripts one of them is looked at.
    """
    voter = Voter(windows.open(demo.url, width=width, javascript=javascript), person)
    voter.page.goto("/aide")
    voter.link(title).focus()
    voter.page.keyboard.press("Enter")
    assert_accessible(voter, title, javascript=javascript)
    expect(voter.page).to_have_url(re.compile(f"{_GUIDES[title]}$"))
    assert voter.page.locator(".guide__step").count() >= 3
    expect(voter.page.locator("main .actions a")).to_be_visible()
    expect(voter.button("Imprimer ce guide")).to_be_visible(visible=javascript)
    for image in voter.page.locator(".guide__image").all():
        image.scroll_into_view_if_needed()
        if javascript:
            expect(image).to_have_js_property("complete", value=True)
    assert printed_sheets(voter.page) == 1
    voter.page.emulate_media(media="print")
    for hidden in ("header", "footer", "main button", "main .actions", ".help-card"):
        for each in voter.page.locator(hidden).all():
            expect(each).to_be_hidden()


def test_a_guide_that_is_not_offered_is_no_page(demo: Demo) -> None:
    """Another name is answered with 404."""
    assert httpx2.get(f"{demo.url}/aide/guides/inconnu").status_code == 404


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


@pytest.mark.parametrize("path", ["/assistance", "/portail/reassorts"])
def test_no_reference_breaks_over_two_lines(elector: Voter, path: str) -> None:
    """It is read out on the phone in one piece: in the form to the support desk, and in one's own record."""
    page = elector.page
    page.goto(path)
    for width in (DESKTOP, PHONE, 320):
        page.set_viewport_size({"width": width, "height": 812})
        lines = page.locator(".reference:visible").evaluate_all(
            "all => all.map(each => each.getClientRects().length)"
        )
        assert set(lines) == {1}, width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
