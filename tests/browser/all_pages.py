"""Renders the sample pages in a browser window, with the portal's static files and headers."""

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route

from election.settings import load
from tests.support.open_pages import open_pages
from tests.support.sample_pages import PAGES
from web.captcha.picture import draw
from web.http import security_middleware

_ELECTION = load(Path(__file__).parents[2] / "election" / "demo.toml")


class PageRenderer:
    """Shows any state of any page in one window, without the requests that lead to it."""

    def __init__(self, page: Page, theme: str) -> None:
        self.theme = theme
        self._page = page
        self._pages = open_pages(_ELECTION, theme, demo=True)
        self._html = ""
        page.route("**", self._answer)

    def show(self, state: str) -> Page:
        """Load a sample page by its name, and return the window."""
        template, given = PAGES[state]
        self._html = self._pages.text(template, **given)
        self._page.goto("/etat")
        return self._page

    def _answer(self, route: Route) -> None:
        if route.request.is_navigation_request():
            route.fulfill(
                body=self._html, content_type="text/html; charset=utf-8", headers=security_middleware.HEADERS
            )
        elif route.request.url.endswith(".png"):
            route.fulfill(body=draw("123456"), content_type="image/png")
        elif "/static/" in route.request.url:
            route.continue_()
        else:
            route.fulfill(status=204)


def violations(page: Page, *rules: str) -> list[str]:
    """Return axe's findings in a page, by all rules or by these, each with rule, explanation and first element.

    Frames are left out: the desk's have the mails that it shows, which run no script.
    """
    options: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False}
    if rules:
        options["runOnly"] = list(rules)
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: list[dict[str, Any]] = page.evaluate("options => axe.run(options).then(r => r.violations)", options)
    return [f"{each['id']}: {each['help']} {each['nodes'][0]['html']}" for each in found]
