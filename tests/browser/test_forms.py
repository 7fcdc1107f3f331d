"""Refused forms show their errors and keep what was typed, except secrets."""

import re

import pytest
from playwright.sync_api import Page, expect

from demo.client.running import Demo
from tests.browser.received_messages import Person
from tests.browser.sessions import Sessions
from tests.browser.voter import Voter
from tests.browser.windows import Windows

_CHALLENGE = "/reassort/code-de-vote/question-defi"


@pytest.fixture
def voter(windows: Windows, demo: Demo, person: Person) -> Voter:
    """A voter who has not signed in, at the sign-in page."""
    voter = Voter(windows.open(demo.url), person)
    voter.page.goto("/connexion")
    return voter


@pytest.fixture
def voter_without_scripts(windows: Windows, demo: Demo, person: Person) -> Voter:
    """A voter who has not signed in, at the sign-in page, in a browser without scripts."""
    voter = Voter(windows.open(demo.url, javascript=False), person)
    voter.page.goto("/connexion")
    return voter


def captcha_of(page: Page) -> str:
    """Wait for the image of the page's CAPTCHA, and return the CAPTCHA's id."""
    image = page.locator("img.captcha__image")
    expect(image).to_have_js_property("complete", value=True)
    assert image.evaluate("image => image.naturalWidth") > 0
    return page.locator("input[name=captcha_id]").input_value()


def test_the_summary_of_errors_links_to_each_field(elector: Voter) -> None:
    """The summary gets the focus, and each of its links moves the focus to its field."""
    elector.page.goto(_CHALLENGE)
    elector.button("Continuer").click()
    summary = elector.page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(elector.page).to_have_title(re.compile("^Erreur"))
    expect(summary.get_by_role("heading")).to_have_text("2 réponses sont à corriger")
    for link, field in zip(summary.get_by_role("link").all(), ("answer", "proof"), strict=True):
        link.click()
        wrong = elector.page.locator(f"#f-{field}")
        expect(wrong).to_be_focused()
        expect(wrong).to_have_attribute("aria-invalid", "true")
        expect(wrong).to_have_accessible_description(re.compile(link.text_content() or "never"))


@pytest.mark.parametrize("javascript", [True, False])
def test_what_was_typed_is_kept_except_secrets(
    windows: Windows, demo: Demo, person: Person, sessions: Sessions, *, javascript: bool
) -> None:
    """Channel and address are shown again; the secret answer and the NUMEN are in no page, and need not be typed again."""
    voter = sessions.window(windows, demo.url, person, javascript=javascript)
    voter.page.goto(_CHALLENGE)
    voter.give_proofs()
    voter.give_destination("email", contact=person["work_email"])
    voter.sees("Une réponse est à corriger")
    expect(voter.page.get_by_role("alert")).to_be_in_viewport()
    address = voter.page.get_by_label("Adresse de messagerie personnelle")
    expect(address).to_have_value(person["work_email"])
    expect(address).to_have_accessible_description(re.compile("Indiquez une adresse personnelle"))
    expect(voter.page.get_by_role("radio", name="Par courriel")).to_be_checked()
    for secret in ("secret_answer", "numen"):
        assert person[secret] not in voter.page.content()
    voter.give_destination("email")
    voter.button("Envoyer le lien").click()
    voter.sees("Suivre ma demande")


def test_a_wrong_proof_can_be_corrected(elector: Voter) -> None:
    """The message does not say which proof is wrong; the destination is kept."""
    elector.page.goto(_CHALLENGE)
    elector.answer_the_challenge("email", answer="autre chose")
    elector.sees("Votre demande n’a pas abouti")
    expect(elector.page.get_by_text("ne correspondent pas")).to_be_visible()
    elector.give_proofs(answer=elector.person["secret_answer"].upper())
    expect(elector.page.get_by_text(elector.person["personal_email"])).to_be_visible()
    elector.button("Envoyer le lien").click()
    elector.sees("Suivre ma demande")


def test_a_wrong_proof_empties_no_other(elector: Voter) -> None:
    """The page says what is typed already, and the empty field keeps it; it is nowhere in the page."""
    elector.page.goto(_CHALLENGE)
    elector.page.get_by_label("Réponse secrète").fill(elector.person["secret_answer"])
    elector.page.get_by_label("NUMEN ou n° de sécurité sociale").fill("12345")
    elector.button("Continuer").click()
    elector.sees("Une réponse est à corriger")
    answer = elector.page.get_by_label("Réponse secrète")
    expect(answer).to_have_value("")
    expect(elector.page.locator("label", has_text="Réponse secrète")).to_contain_text("Réponse déjà saisie")
    assert elector.person["secret_answer"] not in elector.page.content()
    elector.page.get_by_label("NUMEN ou n° de sécurité sociale").fill(elector.person["numen"])
    elector.button("Continuer").click()
    elector.give_destination("email")
    elector.button("Envoyer le lien").click()
    elector.sees("Suivre ma demande")


def test_a_misspelt_mail_domain_is_corrected_by_a_button(elector: Voter) -> None:
    """The button takes the likely address, which is then shown to be checked."""
    elector.page.goto(_CHALLENGE)
    elector.give_proofs()
    elector.give_destination("email", contact="camille.legoff@gmial.com")
    elector.button("Utiliser camille.legoff@gmail.com").click()
    expect(elector.page.locator(".check")).to_contain_text("camille.legoff@gmail.com")
    expect(elector.page.get_by_role("heading", name="Est-ce la bonne adresse ?")).to_have_count(0)


def test_after_a_wrong_captcha_there_is_a_new_one(voter: Voter) -> None:
    """The identifier is kept, and the image is new."""
    former = captcha_of(voter.page)
    voter.page.get_by_label("Adresse professionnelle").fill(voter.person["work_email"])
    voter.page.get_by_label("Recopiez les chiffres").fill("000000")
    voter.button("Continuer").click()
    voter.sees("Une réponse est à corriger")
    expect(voter.page.get_by_label("Adresse professionnelle")).to_have_value(voter.person["work_email"])
    expect(voter.page.get_by_label("Recopiez les chiffres")).to_have_value("")
    assert captcha_of(voter.page) != former


def test_a_new_captcha_needs_no_reload(voter: Voter) -> None:
    """The CAPTCHA is new, what was typed is kept, and its field has the focus."""
    former = captcha_of(voter.page)
    voter.page.get_by_label("Adresse professionnelle").fill("à moitié")
    voter.button("Nouveau code de sécurité").click()
    expect(voter.page.get_by_role("status")).to_have_text(re.compile("^Nouveau code de sécurité prêt"))
    expect(voter.page.get_by_label("Recopiez les chiffres")).to_be_focused()
    expect(voter.page.get_by_label("Adresse professionnelle")).to_have_value("à moitié")
    assert captcha_of(voter.page) != former
    voter.page.get_by_label("Adresse professionnelle").fill(voter.person["work_email"])
    voter.solve_captcha()
    voter.page.keyboard.press("Enter")
    voter.sees("Votre mot de passe")


def test_a_new_captcha_that_does_not_come_is_told_to_everybody(windows: Windows, voter: Voter) -> None:
    """Without a network, say: the sentence can be seen until there is a new one."""
    voter.page.route("**/captcha", lambda route: route.abort(), times=1)
    status = voter.page.get_by_role("status")
    voter.button("Nouveau code de sécurité").click()
    expect(status).to_have_text(re.compile("^Le nouveau code n’a pas pu être préparé"))
    expect(status).not_to_have_class("fr-sr-only")
    voter.button("Nouveau code de sécurité").click()
    expect(status).to_have_class("fr-sr-only")
    windows.problems.clear()  # the browser's own, of the request that failed


def test_a_new_captcha_for_another_session_comes_with_its_form(windows: Windows, voter: Voter) -> None:
    """Another tab has replaced the session: the page says so, and what was typed is kept."""
    voter.page.get_by_label("Adresse professionnelle").fill("à moitié")
    voter.page.context.clear_cookies()
    voter.button("Nouveau code de sécurité").click()
    expect(voter.page.get_by_text("rien n’a été pris en compte")).to_be_visible()
    expect(voter.page.get_by_label("Adresse professionnelle")).to_have_value("à moitié")
    windows.problems.clear()  # the browser's own, of the request that was refused


def test_a_new_captcha_without_scripts(voter_without_scripts: Voter) -> None:
    """The button sends the form; no error is shown, and what was typed is kept."""
    voter = voter_without_scripts
    former = captcha_of(voter.page)
    voter.page.get_by_label("Adresse professionnelle").fill(voter.person["work_email"])
    voter.button("Nouveau code de sécurité").click()
    expect(voter.page.locator("input[name=captcha_id]")).not_to_have_value(former)
    expect(voter.page.get_by_role("alert")).to_have_count(0)
    expect(voter.page.get_by_label("Adresse professionnelle")).to_have_value(voter.person["work_email"])
    voter.solve_captcha()
    voter.page.get_by_label("Recopiez les chiffres").press("Enter")
    voter.sees("Votre mot de passe")


def test_the_captcha_has_a_sound(voter: Voter) -> None:
    """It can be played, and lasts more than three seconds."""
    sound = voter.page.get_by_label("Écouter le code de sécurité")
    sound.evaluate("sound => { sound.preload = 'metadata'; sound.load() }")
    expect(sound).to_have_js_property("readyState", value=4)
    assert sound.evaluate("sound => sound.duration") > 3


def test_a_password_can_be_shown_and_is_not_kept(voter: Voter) -> None:
    """After a wrong password the field is empty and hidden again."""
    voter.page.get_by_label("Adresse professionnelle").fill(voter.person["work_email"])
    voter.solve_captcha()
    voter.button("Continuer").click()
    password = voter.page.get_by_label("Mot de passe Élections")
    password.fill("pas le bon")
    voter.page.get_by_text("Afficher le mot de passe").click()
    expect(password).to_have_attribute("type", "text")
    voter.button("Se connecter").click()
    voter.sees("Votre demande n’a pas abouti")
    expect(password).to_have_value("")
    expect(password).to_have_attribute("type", "password")
    password.fill(voter.person["password"])
    voter.button("Se connecter").click()
    voter.sees(f"Bonjour {voter.person['name']}")
