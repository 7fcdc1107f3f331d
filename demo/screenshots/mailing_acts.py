"""The runbook's pictures of a mailing and of the administration's orders to it."""

import re

from playwright.sync_api import Locator, Page

from demo.client import electors
from demo.client.running import Demo
from demo.screenshots.camera import Camera, load_until

_ADMINISTRATION = "v.garnier"
_ELECTORS = 600
_NOT_NONE = re.compile(r"[1-9]")


def take(camera: Camera, demo: Demo) -> None:
    """Save a picture of each order, all but the last two given to one mailing; the mails of its last part come back."""
    electors.load(demo.state, _ELECTORS, activated=False)
    page = camera.signed_in(_ADMINISTRATION)
    page.goto("/exploitation/envois")
    page.locator("#f-rate").fill("10")
    _give(camera, "mailing-start.png", page.get_by_role("button", name="Envoyer à toute la liste électorale"))
    page.get_by_role("button", name="Commencer l’envoi").click()
    load_until(page.locator(".figures__one--sent dd", has_text=_NOT_NONE))
    load_until(page.get_by_role("button", name="Changer"))
    page.locator("#f-rate").fill("5")
    _give(camera, "mailing-rate.png", page.get_by_role("button", name="Changer"))
    _give(camera, "mailing-pause.png", page.get_by_role("button", name="Suspendre"))
    demo.gateways(email="full")
    _give(camera, "mailing-resume.png", page.get_by_role("button", name="Reprendre"))
    _leave(camera, page, "mailing-retry.png", "Renvoyer", "Renvoyer")
    demo.gateways(email="ok")
    _leave(camera, page, "mailing-stop.png", "Arrêter", "Arrêter l’envoi")


def _give(camera: Camera, name: str, order: Locator) -> None:
    """Save a picture, and give the order."""
    load_until(order)
    camera.take(name, order)
    order.click()


def _leave(camera: Camera, page: Page, name: str, link: str, order: str) -> None:
    """Save a picture of the confirmation that a link leads to, and do nothing."""
    opened = page.get_by_role("link", name=link)
    load_until(opened)
    opened.first.click()
    camera.take(name, page.get_by_role("button", name=order))
    page.get_by_role("link", name="Ne rien faire").click()
