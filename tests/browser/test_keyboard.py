"""Pages can be used by keyboard, and the focus is visible."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import FloatRect, Page, expect

from demo.client.running import Demo
from tests.browser.all_pages import PageRenderer, PageServer
from tests.browser.recovery_steps import reach
from tests.browser.voter import Voter
from tests.browser.windows import PHONE, Windows

_CHALLENGE = "/reassort/code-de-vote/question-defi"
_FOCUSED = """() => {
  const focused = document.activeElement, { left, top, right, bottom } = focused.getBoundingClientRect();
  const name = focused.id || focused.ariaLabel || focused.textContent.trim().replace(/\\s+/g, ' ');
  return [name, [left, top, right, bottom], Boolean(focused.closest("main"))];
}"""
_AROUND = 40  # pixels: the mark of a hidden radio button is beside it


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


def picture(page: Page, box: list[float]) -> Image.Image:
    """Return a screenshot of a part of a window and what is around it, without the text cursor."""
    assert page.viewport_size is not None
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    left, top = max(0, box[0] - _AROUND), max(0, box[1] - _AROUND)
    right, bottom = min(width, box[2] + _AROUND), min(height, box[3] + _AROUND)
    assert left < right, box
    assert top < bottom, box
    clip: FloatRect = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    return Image.open(BytesIO(page.screenshot(clip=clip))).convert("RGB")


def stops(page: Page, *, of_main: bool) -> dict[str, bool]:
    """Return each element that Tab reaches, in the page's own part or in all, and whether it looks different with the focus."""
    seen: dict[str, bool] = {}
    while True:
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return seen
        name, box, is_in_main = page.evaluate(_FOCUSED)
        if of_main and not is_in_main:
            continue
        focused = picture(page, box)
        page.evaluate("document.activeElement.blur()")
        difference = ImageChops.difference(focused, picture(page, box))
        seen[name] = seen.get(name, False) or difference.getbbox() is not None


@pytest.mark.parametrize(
    ("theme", "state", "last", "of_main"),
    [
        ("dsfr", "challenge, refused", "Continuer", False),
        ("dsfr", "verification, misspelt", "Envoyer le lien", True),
        ("dsfr", "link", "Régénérer mon code de vote", True),
        ("neutral", "destination, refused", "Continuer", True),
        ("neutral", "verification, misspelt", "Envoyer le lien", True),
        ("neutral", "sign in", "Continuer", False),
    ],
)
def test_the_focus_is_visible(
    windows: Windows, page_server: PageServer, theme: str, state: str, last: str, *, of_main: bool
) -> None:
    """Every element that Tab reaches looks different with the focus; one page of each theme has that of header and footer."""
    reached = stops(PageRenderer(windows.open(page_server.url), page_server).show(state, theme), of_main=of_main)
    assert last in reached
    assert [name for name, is_seen in reached.items() if not is_seen] == []
