"""« Tapez ce que vous avez noté », the way back to a code, and the field of the voting page."""

import re

import pytest
from playwright.sync_api import expect

from demo.client.running import Demo
from tests.browser.all_pages import violations
from tests.browser.http_elector import HttpElector
from tests.browser.recovery_steps import assert_accessible
from tests.browser.sessions import Sessions
from tests.browser.voter import Voter
from tests.browser.windows import DESKTOP, PHONE, Windows

_FIELD = "Tapez ce que vous avez noté"
_RIGHT = "✔ C’est bien cela : vous l’avez noté sans erreur."
_SEE_AGAIN = re.compile(r"^Revoir mon code, encore 1[012][0-9]\ss$")


def _mistakes(code: str) -> dict[str, str]:
    """Return what may be typed, and the sentence about it."""
    first, second, third, last = (code[place : place + 4] for place in range(0, 16, 4))
    other = "x" if second[0] != "X" else "y"
    return {
        "": "Tapez d’abord ce que vous avez noté.",
        f"{first}-{other}{second[1:]}-{third}-{last}".lower(): "Le 2e groupe ne correspond pas.",
        f"ZZZZ {second} {third} ZZZZ": "Les groupes 1 et 4 ne correspondent pas.",
        f"{first} {second} {third}": "Le 4e groupe ne correspond pas. Il manque 4 caractères.",
        f"{code}?": "Il y a 1 caractère de trop.",
        f" {first}{second} {third.lower()} {last}": _RIGHT,
    }


@pytest.mark.parametrize(("width", "javascript"), [(DESKTOP, True), (PHONE, True), (PHONE, False)])
def test_the_page_says_which_group_was_noted_wrongly(
    windows: Windows, demo: Demo, http_elector: HttpElector, width: int, *, javascript: bool
) -> None:
    """With scripts nothing is sent; without them the server says the same, and the code stays visible."""
    voter = Voter(windows.open(demo.url, width=width, javascript=javascript), http_elector.person)
    code = voter.press(http_elector.ask())
    sent: list[str] = []
    voter.page.on("request", lambda request: sent.append(request.url))
    for typed, sentence in _mistakes(code).items():
        voter.page.get_by_label(_FIELD).fill(typed)
        voter.button("Vérifier").click()
        expect(voter.page.locator("#f-noted-result")).to_have_text(sentence, use_inner_text=True)
        assert voter.button("Vérifier").get_attribute("aria-disabled") is None
        assert voter.shown_code() == code
        assert not javascript or violations(voter.page) == []
    assert any("/static/" not in url for url in sent) != javascript
    voter.button("J’ai noté mon code").click()
    voter.sees("Le code n’est plus visible")


def test_the_comparison_works_by_keyboard_and_is_announced(
    windows: Windows, demo: Demo, http_elector: HttpElector
) -> None:
    """Enter compares; the field keeps the focus, and at the window's end it is empty."""
    voter = Voter(windows.open(demo.url, width=PHONE), http_elector.person)
    voter.page.clock.install()
    code = voter.press(http_elector.ask())
    field = voter.page.get_by_label(_FIELD)
    voter.page.get_by_role("button", name="Imprimer").focus()
    voter.page.keyboard.press("Tab")
    expect(field).to_be_focused()
    voter.page.keyboard.type(code[:15])
    voter.page.keyboard.press("Enter")
    expect(voter.page.get_by_role("status")).to_have_text(re.compile("Il manque 1.caractère"))
    expect(field).to_have_attribute("aria-invalid", "true")
    voter.page.keyboard.type(code[15])
    voter.page.keyboard.press("Enter")
    expect(voter.page.get_by_role("status")).to_have_text(re.compile("^✔"))
    expect(field).to_be_focused()
    voter.page.clock.fast_forward(121_000)
    voter.sees("Le code n’est plus visible")
    assert field.evaluate("field => field.value") == ""


@pytest.mark.parametrize("javascript", [True, False])
def test_pages_lead_back_to_the_code(
    windows: Windows, demo: Demo, http_elector: HttpElector, sessions: Sessions, *, javascript: bool
) -> None:
    """While it is visible, and counting down where scripts run; not once it is noted."""
    voter = sessions.window(windows, demo.url, http_elector.person, width=PHONE, javascript=javascript)
    code = voter.press(http_elector.ask())
    again = voter.page.get_by_role("link", name=_SEE_AGAIN)
    for path, title in (("/portail", f"Bonjour {voter.person['name']}"), ("/reassort/suivi", "Suivre ma demande")):
        voter.page.goto(path)
        assert_accessible(voter, title, javascript=javascript)
        at_first = again.text_content() or ""
        if javascript:
            expect(again).not_to_have_text(at_first)
        again.click()
        assert voter.shown_code() == code
    voter.button("J’ai noté mon code").click()
    voter.sees("Le code n’est plus visible")
    voter.page.goto("/portail")
    expect(again).to_have_count(0)


def test_the_way_back_goes_at_the_window_s_end(
    windows: Windows, demo: Demo, http_elector: HttpElector, sessions: Sessions
) -> None:
    """The portal removes the link by itself."""
    voter = sessions.window(windows, demo.url, http_elector.person)
    voter.press(http_elector.ask())
    voter.page.clock.install()
    voter.page.goto("/portail")
    again = voter.page.get_by_role("link", name=_SEE_AGAIN)
    expect(again).to_be_visible()
    voter.page.clock.fast_forward(121_000)
    expect(again).to_have_count(0)


def caret(voter: Voter) -> str:
    """Return what the voting page's field shows, with | where the caret stands."""
    shown = "field => field.value.slice(0, field.selectionStart) + '|' + field.value.slice(field.selectionEnd)"
    return str(voter.page.get_by_label("Code de vote").evaluate(shown))


def test_a_code_is_shown_in_groups_as_it_is_typed(elector: Voter) -> None:
    """The caret stays where the voter types or deletes, and what is pasted is grouped too."""
    keyboard = elector.page.keyboard
    elector.page.goto("/vote")
    field = elector.page.get_by_label("Code de vote")
    field.focus()
    keyboard.type("abcd-ef gh9")
    assert caret(elector) == "abcd efgh 9|"
    for _ in range(7):
        keyboard.press("ArrowLeft")
    keyboard.type("?")
    assert caret(elector) == "abcd ?|efg h9"
    keyboard.press("Backspace")
    assert caret(elector) == "abcd| efgh 9"
    keyboard.press("Delete")
    keyboard.press("Delete")
    assert caret(elector) == "abcd |fgh9"
    keyboard.press("Home")
    keyboard.insert_text("XY 12-")
    assert caret(elector) == "XY12| abcd fgh9"
    for name, value in (("autocorrect", "off"), ("autocapitalize", "characters"), ("spellcheck", "false")):
        expect(field).to_have_attribute(name, value)
    expect(field).to_have_css("text-transform", "uppercase")


def test_what_was_typed_can_be_undone(elector: Voter) -> None:
    """As in any field, back to the empty one, and again."""
    elector.page.goto("/vote")
    elector.page.get_by_label("Code de vote").focus()
    elector.page.keyboard.type("abcdefghij")
    for _ in range(10):
        elector.page.keyboard.press("Control+z")
    assert caret(elector) == "|"
    for _ in range(10):
        elector.page.keyboard.press("Control+Shift+z")
    assert caret(elector) == "abcd efgh ij|"


@pytest.mark.parametrize(("width", "javascript"), [(DESKTOP, True), (PHONE, True), (PHONE, False)])
def test_a_code_opens_the_voting_space_however_it_is_typed(
    windows: Windows, demo: Demo, http_elector: HttpElector, sessions: Sessions, width: int, *, javascript: bool
) -> None:
    """In small letters, with spaces and dashes."""
    voter = sessions.window(windows, demo.url, http_elector.person, width=width, javascript=javascript)
    code = voter.press(http_elector.ask())
    voter.button("J’ai noté mon code").click()
    voter.link("Aller voter").click()
    voter.sees("Entrer dans l’espace de vote avec votre code de vote")
    field = voter.page.get_by_label("Code de vote")
    typed = f"{code[:4]}-{code[4:8]} {code[8:]}".lower()
    field.press_sequentially(typed)
    groups = [code[place : place + 4].lower() for place in range(0, 16, 4)]
    expect(field).to_have_value(" ".join(groups) if javascript else typed)
    voter.button("Entrer dans l’espace de vote").click()
    voter.sees("Votre espace de vote est ouvert")
    voter.person["voting_code"] = code
