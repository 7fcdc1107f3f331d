"""The operators' console in a browser: on a phone, with and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from demo.client.running import Demo
from tests.browser.all_pages import violations
from tests.browser.windows import DESKTOP, PHONE, Windows


def _sign_in(window: Page, login: str) -> None:
    window.goto("/exploitation")
    window.get_by_label("Votre identifiant d’opérateur").fill(login)
    window.get_by_role("button", name="Se connecter", exact=True).click()
    expect(window.get_by_role("heading", level=1)).to_have_text("Tableau de bord")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_dashboard_renews_itself(windows: Windows, demo: Demo, width: int) -> None:
    """Without a reload; axe finds nothing, here and on the provider's page, and nothing scrolls sideways."""
    window = windows.open(demo.url, width=width)
    window.clock.install()
    window.goto("/exploitation")
    assert violations(window) == []
    _sign_in(window, "a.moreau")
    assert violations(window) == []
    assert window.evaluate("document.documentElement.scrollWidth") <= width
    window.evaluate("document.querySelector('#dashboard h2').dataset.old = 'yes'")
    window.clock.run_for(5000)
    expect(window.locator("#dashboard h2").first).not_to_have_attribute("data-old", "yes")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_pages_of_acts_are_accessible(windows: Windows, demo: Demo, width: int) -> None:
    """Axe finds nothing in them, and nothing scrolls sideways."""
    window = windows.open(demo.url, width=width)
    _sign_in(window, "v.garnier")
    for path in ("echecs", "recherche?reference=x", "actes", "envois", "liste", "liste/electeurs/modifier"):
        window.goto(f"/exploitation/{path}")
        assert violations(window) == []
        assert window.evaluate("document.documentElement.scrollWidth") <= width


def test_the_console_works_without_scripts(windows: Windows, fast_demo: Demo) -> None:
    """Sign in, look again, sign out; in the neutral theme."""
    window = windows.open(fast_demo.url, javascript=False)
    _sign_in(window, "v.garnier")
    window.get_by_role("link", name="Actualiser").click()
    expect(window.get_by_text("Vera Garnier (administration)")).to_be_visible()
    window.get_by_role("button", name="Se déconnecter").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("Vous êtes déconnecté")
