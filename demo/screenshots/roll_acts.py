"""The pictures of the acts on the roll: a file and one elector's change, each by two persons."""

import io

from playwright.sync_api import FilePayload, Page

from activities.roll_import.fictional_roll import people as electors
from activities.roll_import.fictional_roll import write
from demo.screenshots.camera import Camera, load_until
from demo.state.people import people

_FIRST, _SECOND = "v.garnier", "n.roussel"
_ROLL = "/exploitation/liste"
_NEW_NAME = "Dupont"
_ABANDON = "Abandonner et effacer"


def take(camera: Camera) -> None:
    """Save a picture of each act; the roll stays as it is."""
    first, second = camera.signed_in(_FIRST), camera.signed_in(_SECOND)
    for page in (first, second):
        page.route("**/etat", lambda route: route.abort())  # a part that renews itself would lose its frame
    _take_file(camera, first, second)
    _take_change(camera, first, second)


def _take_file(camera: Camera, first: Page, second: Page) -> None:
    first.goto(_ROLL)
    first.locator("#kind-add").check(force=True)  # its label is the circle that is seen
    first.locator("#fichier").set_input_files(_file())
    upload = first.get_by_role("button", name="Déposer et lire")
    camera.take("roll-upload.png", upload, first.locator("section[aria-labelledby=deposer]"))
    upload.click()
    load_until(first.get_by_role("heading", name="Ce que la lecture a trouvé"))
    second.goto(first.url)
    camera.take("roll-confirm.png", second.get_by_role("button", name="Confirmer l’import"))
    camera.take("roll-abandon.png", first.get_by_role("link", name=_ABANDON))
    _abandon(first)


def _take_change(camera: Camera, first: Page, second: Page) -> None:
    first.goto(f"{_ROLL}/electeurs/modifier")
    _type_change(first)
    first.locator("#reason").fill("acte de mariage vu au guichet")
    ask = first.get_by_role("button", name="Demander la modification")
    camera.take("elector-change.png", ask)
    ask.click()
    second.goto(first.url)
    confirm = second.get_by_role("link", name="Confirmer la modification")
    load_until(confirm)
    confirm.click()
    _type_change(second)
    camera.take("elector-confirm.png", second.get_by_role("button", name="Confirmer la modification"))
    _abandon(first)


def _abandon(page: Page) -> None:
    page.get_by_role("link", name=_ABANDON).click()
    page.get_by_role("button", name=_ABANDON).click()


def _type_change(page: Page) -> None:
    page.locator("#work_email").fill(people()[3].work_email)
    page.locator("#used_name").fill(_NEW_NAME)


def _file() -> FilePayload:
    """Return a file of two hundred electors."""
    text = io.StringIO()
    write(text, electors(200))
    return {"name": "liste.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}
