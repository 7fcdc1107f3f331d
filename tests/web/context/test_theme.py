"""The setting of the theme reaches the portal's pages."""

from dataclasses import replace

import pytest
from temporalio.client import Client

from tests.support.web_app import WebApp, settings_of
from web.app import build_app_context, create_app


@pytest.mark.parametrize("theme", ["dsfr", "neutral"])
async def test_pages_have_the_theme_of_the_settings(
    web_app: WebApp, temporal: Client, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    """The neutral one asks for no file of the State's design system."""
    monkeypatch.setenv("REASSORT_THEME", theme)
    settings, election = settings_of("postgresql+psycopg:///unused"), web_app.context.election
    context = build_app_context(settings, election, web_app.services, temporal, demo=False)
    async with replace(web_app, context=context, app=create_app(context)).browser() as browser:
        page = (await browser.get("/")).text
    assert ("/static/dsfr/" in page, "neutral.css" in page) == (theme == "dsfr", theme == "neutral")
