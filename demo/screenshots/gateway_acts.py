"""The runbook's pictures of acts on gateways."""

from playwright.sync_api import Locator, Page, expect

from demo.screenshots.camera import Camera

_OPERATOR = "o.petit"
_PAGE = "/exploitation/passerelles"


def take(camera: Camera) -> None:
    """Save a picture of each act. The demo's second gateway, `brevo`, is suspended at first; it is in service afterwards."""
    page = camera.signed_in(_OPERATOR)
    resume = _filled(page, "brevo", "Reprendre", "panne de l’opérateur SMPP")
    camera.take("gateway-resume.png", resume, _section(page, "brevo"))
    _give(page, resume)
    shift = _filled(page, "brevo", "Choisir la part", "partage de la charge")
    page.locator("#priority-brevo").fill("50")
    camera.take("gateway-shift.png", shift, _section(page, "brevo"))
    _give(page, shift)
    release = _filled(page, "brevo", "Rendre à la répartition automatique", "fin de la panne")
    camera.take("gateway-release.png", release, _section(page, "brevo"))
    _give(page, release)
    suspend = _filled(page, "smpp", "Suspendre", "panne de l’opérateur SMPP")
    camera.take("gateway-suspend.png", suspend, _section(page, "smpp"))


def _give(page: Page, button: Locator) -> None:
    button.click()
    page.locator("form.confirmation button").click()
    expect(page.locator("main [role=status]")).to_be_visible()


def _filled(page: Page, gateway: str, act: str, reason: str) -> Locator:
    """Fill in the form of an act, and return its button."""
    page.goto(_PAGE)
    section = _section(page, gateway)
    section.locator("summary").click()
    button = section.get_by_role("button", name=act, exact=True)
    form = section.locator("form", has=page.get_by_role("button", name=act, exact=True))
    form.locator("[name=reason]").fill(reason)
    return button


def _section(page: Page, gateway: str) -> Locator:
    return page.locator(f"section[aria-labelledby=passerelle-{gateway}]")
