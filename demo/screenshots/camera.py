"""Opens pages in a browser, and saves what they show as small PNG files."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page, ViewportSize, expect

_SIZE: ViewportSize = {"width": 1120, "height": 850}
_COLOURS = 256  # a palette makes the files smaller without a visible difference
_FEWER_COLOURS = 48  # of the console, which has no pictures
_MARGIN, _TALLEST = 16, 1100  # pixels
_LOADS, _BETWEEN = 240, 250  # milliseconds
_MARK = "each => Object.assign(each.style, {outline: '4px solid #e1000f', outlineOffset: '4px'})"
_UNMARK = "each => Object.assign(each.style, {outline: ''})"


def open_page(browser: Browser, address: str) -> Page:
    """Return a page of a new browser window; paths are those of an address."""
    return browser.new_context(
        base_url=address, viewport=_SIZE, locale="fr-FR", timezone_id="Europe/Paris"
    ).new_page()


def save(picture: bytes, file: Path, colours: int = _COLOURS) -> None:
    """Save a picture as a PNG file with a palette."""
    Image.open(BytesIO(picture)).convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(
        file, optimize=True
    )


def load_until(wanted: Locator) -> None:
    """Load a page again until it has what is wanted.

    Raises:
        AssertionError: it has not, after a minute.
    """
    for _ in range(_LOADS):
        if wanted.count():
            return
        wanted.page.wait_for_timeout(_BETWEEN)
        wanted.page.reload()
    raise AssertionError(f"the page does not show {wanted}")


class Camera:
    """Takes the pictures of the console, each with what is to be pressed framed in red."""

    def __init__(self, browser: Browser, address: str, folder: Path) -> None:
        self._browser = browser
        self._address = address
        self._folder = folder

    def signed_in(self, login: str) -> Page:
        """Return the console's first page, for an operator who has signed in."""
        page = open_page(self._browser, self._address)
        page.route("**/avancement", lambda route: route.abort())  # a part that renews itself would lose its frame
        page.goto("/exploitation")
        page.get_by_label("Votre identifiant d’opérateur").fill(login)
        page.get_by_role("button", name="Se connecter", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Tableau de bord")
        return page

    def take(self, name: str, pressed: Locator, shown: Locator | None = None) -> None:
        """Save a page's content, or a part of it, with a button framed."""
        page = pressed.page
        pressed.evaluate(_MARK)
        page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
        box = (shown or page.locator("main")).bounding_box()
        assert box is not None
        margin = _MARGIN if shown else 0
        clip: FloatRect = {
            "x": 0,
            "y": box["y"] - margin,
            "width": _SIZE["width"],
            "height": min(_TALLEST, box["height"] + 2 * margin),
        }
        picture = page.screenshot(animations="disabled", full_page=True, clip=clip)
        pressed.evaluate(_UNMARK)
        save(picture, self._folder / name, _FEWER_COLOURS)
