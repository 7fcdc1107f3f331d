"""« Tapez ce que vous avez noté », the way back to a code, and the field of the voting page."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from demo.client.running import Demo
from tests.browser.all_pages import PageRenderer, PageServer, violations
from tests.browser.http_elector import HttpElector
from tests.browser.recovery_steps import assert_accessible
from tests.browser.sessions import Sessions
from tests.browser.voter import Voter
from tests.browser.windows import DESKTOP, PHONE, Windows
from tests.support.sample_values import CODE

_FIELD = "Tapez ce que vous avez noté"
_TWO_WRONG = "Les groupes 1 et 4 ne correspondent pas."
_RIGHT = "✔ C’est bien cela : vous l’avez noté sans erreur."
_SEE_AGAIN = re.compile(r"^Revoir mon code, encore (120|1[01]\d|\d{1,2})\ss$")


def _mistakes(code: str) -> dict[str, str]:
    """Return what may be typed, and the sentence about it."""
    first, second, third, last = (code[place : place + 4] for place in range(0, 16, 4))
    other = "x" if second[0] != "X" else "y"
    return {
        "": "Tapez d’abord ce que vous avez noté.",
        f"{first}-{other}{second[1:]}-{third}-{last}".lower(): "Le 2e groupe ne correspond pas.",
        f"ZZZZ {second} {third} ZZZZ": _TWO_WRONG,
        f"{first} {second} {third}": "Le 4e groupe ne correspond pas. Il manque 4 caractères.",
        f"{code}?": "Il y a 1 caractère de trop.",
        f" {first}{second} {third.lower()} {last}": _RIGHT,
    }


@pytest.fixture
def sample(windows: Windows, page_server: PageServer) -> PageRenderer:
    """Shows sample pages in a window whose clock the test moves."""
    page = windows.open(page_server.url)
    page.clock.install()
    return PageRenderer(page, page_server)


def _compare(page: Page, code: str) -> Iterator[str]:
    """Type each mistake, check the sentence about it, and yield that sentence; the code stays visible."""
    for typed, sentence in _mistakes(code).items():
        page.get_by_label(_FIELD).fill(typed)
        page.get_by_role("button", name="Vérifier", exact=True).click()
        expect(page.locator("#f-noted-result")).to_have_text(sentence, use_inner_text=True)
        assert page.get_by_role("button", name="Vérifier", exact=True).get_attribute("aria-disabled") is None
        expect(page.locator("#voting-code")).to_have_text(code)
        yield sentence


def test_the_page_says_which_group_was_noted_wrongly(sample: PageRenderer) -> None:
    """Nothing is sent."""
    page, sent = sample.show("code"), list[str]()
    page.on("request", lambda request: sent.append(request.url))
    expect(page.get_by_role("button", name="Imprimer")).to_be_visible()  # the scripts run
    for sentence in _compare(page, CODE):
        if sentence in {_TWO_WRONG, _RIGHT}:  # the two looks of an answer
            assert violations(page) == []
    assert [url for url in sent if "/static/" not in url] == []


def test_without_scripts_the_server_says_which_group_was_noted_wrongly(
    windows: Windows, demo: Demo, http_elector: HttpElector
) -> None:
    """It says the same."""
    voter = Voter(windows.open(demo.url, width=PHONE, javascript=False), http_elector.person)
    assert [*_compare(voter.page, voter.press(http_elector.ask()))][-1] == _RIGHT
    voter.button("J’ai noté mon code").click()
    voter.sees("Le code n’est plus visible")


def test_the_comparison_works_by_keyboard_and_is_announced(sample: PageRenderer) -> None:
    """Enter compares; the field keeps the focus, and at the window's end it is empty."""
    page = sample.show("code", remaining=120)
    field, keyboard = page.get_by_label(_FIELD), page.keyboard
    page.get_by_role("button", name="Imprimer").focus()
    keyboard.press("Tab")
    expect(field).to_be_focused()
    keyboard.type(CODE[:15])
    keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(re.compile("Il manque 1.caractère"))
    expect(field).to_have_attribute("aria-invalid", "true")
    keyboard.type(CODE[15])
    keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(re.compile("^✔"))
    expect(field).to_be_focused()
    page.clock.fast_forward(121_000)
    expect(page.get_by_role("heading", name="Le code n’est plus visible")).to_be_visible()
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


def test_the_way_back_goes_at_the_window_s_end(sample: PageRenderer) -> None:
    """The portal removes the link by itself; the keyboard goes on in the content."""
    page = sample.show("portal")
    again = page.get_by_role("link", name="Revoir mon code")
    again.focus()
    expect(again).to_be_focused()
    page.clock.fast_forward(81_000)
    expect(again).to_have_count(0)
    expect(page.locator("#contenu")).to_be_focused()


def caret(page: Page) -> str:
    """Return what the voting page's field shows, with | where the caret stands."""
    shown = "field => field.value.slice(0, field.selectionStart) + '|' + field.value.slice(field.selectionEnd)"
    return str(page.get_by_label("Code de vote").evaluate(shown))


def test_a_code_is_shown_in_groups_as_it_is_typed(sample: PageRenderer) -> None:
    """The caret stays where the voter types or deletes, and what is pasted is grouped too."""
    page = sample.show("vote")
    field, keyboard = page.get_by_label("Code de vote"), page.keyboard
    field.focus()
    keyboard.type("abcd-ef gh9")
    assert caret(page) == "abcd efgh 9|"
    for _ in range(7):
        keyboard.press("ArrowLeft")
    keyboard.type("?")
    assert caret(page) == "abcd ?|efg h9"
    keyboard.press("Backspace")
    assert caret(page) == "abcd| efgh 9"
    keyboard.press("Delete")
    keyboard.press("Delete")
    assert caret(page) == "abcd |fgh9"
    keyboard.press("Home")
    keyboard.insert_text("XY 12-")
    assert caret(page) == "XY12| abcd fgh9"
    for name, value in (("autocorrect", "off"), ("autocapitalize", "characters"), ("spellcheck", "false")):
        expect(field).to_have_attribute(name, value)
    expect(field).to_have_css("text-transform", "uppercase")


def test_what_was_typed_can_be_undone(sample: PageRenderer) -> None:
    """As in any field, back to the empty one, and again."""
    page = sample.show("vote")
    page.get_by_label("Code de vote").focus()
    page.keyboard.type("abcdefghij")
    for _ in range(10):
        page.keyboard.press("Control+z")
    assert caret(page) == "|"
    for _ in range(10):
        page.keyboard.press("Control+Shift+z")
    assert caret(page) == "abcd efgh ij|"


@pytest.mark.parametrize(("width", "javascript"), [(DESKTOP, True), (PHONE, False)])
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
