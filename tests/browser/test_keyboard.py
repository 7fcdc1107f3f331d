"""Pages can be used by keyboard, and the focus is visible."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page, expect

from demo.client.running import Demo
from tests.browser.all_pages import PageRenderer
from tests.browser.recovery_steps import reach
from tests.browser.voter import Voter
from tests.browser.windows import PHONE, Windows

_CHALLENGE = "/reassort/code-de-vote/question-defi"
_NAME = """() => {
  const focused = document.activeElement;
  return focused.id || focused.ariaLabel || focused.textContent.trim().replace(/\\s+/g, ' ');
}"""


def tab_until(voter: Voter, name: str) -> None:
    """Press Tab until the button with that label has the focus."""
    for _ in range(30):
        voter.page.keyboard.press("Tab")
        if voter.page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"never reached: {name}")


def test_the_form_is_filled_in_by_keyboard_alone(windows: Windows, elector: Voter, demo: Demo) -> None:
    """From « Contenu » through the fields in their order, to the code and to the end of its display."""
    page, keyboard = elector.page, elector.page.keyboard
    page.goto(_CHALLENGE)
    before = elector.newest_message()
    keyboard.press("Tab")
    expect(elector.link("Contenu")).to_be_focused()
    expect(elector.link("Contenu")).to_be_in_viewport()
    keyboard.press("Enter")
    for field, typed in (("answer", "secret_answer"), ("proof", "numen")):
        reach(elector, field)
        keyboard.type(elector.person[typed])
    keyboard.press("Enter")
    elector.sees("Où recevoir le lien ?")
    keyboard.press("Tab")
    keyboard.press("Enter")
    keyboard.press("Tab")
    expect(page.get_by_role("radio", name="Par SMS")).to_be_focused()
    keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Par courriel")).to_be_checked()
    keyboard.press("Tab")
    expect(page.locator("#f-email")).to_be_focused()
    keyboard.type(elector.person["personal_email"])
    keyboard.press("Tab")
    expect(elector.button("Continuer")).to_be_focused()
    keyboard.press("Enter")
    elector.sees("Vérifiez avant l’envoi")
    tab_until(elector, "Envoyer le lien")
    keyboard.press("Enter")
    elector.sees("Suivre ma demande")

    phone = Voter(windows.open(demo.url, width=PHONE), elector.person)
    phone.page.goto(elector.received_link(before))
    tab_until(phone, "Régénérer mon code de vote")
    phone.page.keyboard.press("Enter")
    phone.shown_code()
    tab_until(phone, "J’ai noté mon code")
    phone.page.keyboard.press("Enter")
    phone.sees("Le code n’est plus visible")


def picture(page: Page) -> Image.Image:
    """Return a screenshot of a window, without the text cursor."""
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def stops(page: Page) -> dict[str, bool]:
    """Return each element that Tab reaches, and whether it looks different with the focus."""
    seen: dict[str, bool] = {}
    while True:
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return seen
        name = page.evaluate(_NAME)
        focused = picture(page)
        page.evaluate("document.activeElement.blur()")
        difference = ImageChops.difference(focused, picture(page))
        seen[name] = seen.get(name, False) or difference.getbbox() is not None


@pytest.mark.parametrize("theme", ["dsfr", "neutral"])
@pytest.mark.parametrize(
    ("state", "last"),
    [
        ("challenge, refused", "Continuer"),
        ("destination, refused", "Continuer"),
        ("verification, misspelt", "Envoyer le lien"),
        ("sign in", "Continuer"),
        ("link", "Régénérer mon code de vote"),
    ],
)
def test_the_focus_is_visible(windows: Windows, demo: Demo, theme: str, state: str, last: str) -> None:
    """Every element that Tab reaches looks different with the focus."""
    reached = stops(PageRenderer(windows.open(demo.url), theme).show(state))
    assert last in reached
    assert [name for name, is_seen in reached.items() if not is_seen] == []
