"""The setting of the theme reaches the console's pages."""

import httpx2
import pytest

from console.app import build_console_context, create_app
from console.routers.sign_in import SIGNED_OUT
from tests.support.console_app import PORTAL, ConsoleApp, console_settings


@pytest.mark.parametrize("theme", ["dsfr", "neutral"])
async def test_pages_have_the_theme_of_the_settings(
    console_app: ConsoleApp, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    """The neutral one asks for no file of the State's design system."""
    monkeypatch.setenv("REASSORT_THEME", theme)
    known, settings = console_app.context, console_settings("postgresql+psycopg:///unused")
    app = create_app(build_console_context(settings, known.election, known.services, known.client, demo=True))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=PORTAL) as browser:
        page = (await browser.get(SIGNED_OUT)).text
    assert ("/static/dsfr/" in page, "neutral.css" in page) == (theme == "dsfr", theme == "neutral")
