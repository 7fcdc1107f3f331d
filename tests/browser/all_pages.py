"""Renders the sample pages in a browser window, with the portal's static files and headers."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import SystemRandom
from threading import Thread
from time import sleep
from typing import Any

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Page
from starlette.responses import HTMLResponse, Response

from election.settings import load
from tests.support.open_pages import open_pages
from tests.support.sample_pages import PAGES
from tests.support.waiting import free_port
from web.captcha.picture import draw
from web.http.security_middleware import SecurityHeaders
from web.http.static_files import mount_static

# The rules of axe whose findings depend on theme, width and colours; all others look at the same document.
APPEARANCE = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")
_ELECTION = load(Path(__file__).parents[2] / "election" / "demo.toml")
_STYLE_SHEETS = re.compile(r'<link rel="stylesheet"[^>]*>')
_HEAD_END = "</head>"
_AXE_ELEMENT = '<script src="/static/axe.js"></script>'
_RESTYLE = """async (sheets) => {
  const former = document.querySelectorAll("link[rel=stylesheet]");
  const wanted = document.createRange().createContextualFragment(sheets);
  const loading = Array.from(wanted.children, (sheet) => new Promise((loaded) => { sheet.onload = loaded; }));
  document.head.append(wanted);
  await Promise.all(loading);
  former.forEach((sheet) => sheet.remove());
}"""


class PageServer:
    """Serves one page, the static files, axe and a CAPTCHA; whatever else a page asks for is answered with nothing.

    A server, since a browser keeps no file in its cache while a test answers its requests.
    """

    def __init__(self) -> None:
        self.html = ""
        self.port = free_port()
        app = FastAPI(openapi_url=None)
        mount_static(app)
        app.add_api_route("/etat", self._page, response_model=None)
        app.add_api_route("/static/axe.js", _axe, response_model=None)
        app.add_api_route("/captcha/{name}.png", _captcha, response_model=None)
        app.add_api_route("/{path:path}", _nothing, methods=["GET", "POST"], response_model=None)
        app.add_middleware(SecurityHeaders, is_https=False)
        self._server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_config=None))

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator["PageServer"]:
        """Serve until the end of the block."""
        thread = Thread(target=self._server.run)
        thread.start()
        while not self._server.started:
            sleep(0.01)
        yield self
        self._server.should_exit = True
        thread.join()

    async def _page(self) -> Response:
        return HTMLResponse(self.html)


@cache
def _axe_script() -> str:
    return str(Axe().axe_script)


async def _axe() -> Response:
    return Response(_axe_script(), media_type="text/javascript")


async def _captcha(name: str) -> Response:  # noqa: ARG001 - any has the same picture
    return Response(draw("123456", SystemRandom()), media_type="image/png")


async def _nothing(path: str) -> Response:  # noqa: ARG001 - the same for any
    return Response(status_code=204)


class PageRenderer:
    """Shows any state of any page in one window of a `PageServer`, without the requests that lead to it."""

    def __init__(self, page: Page, server: PageServer) -> None:
        self.page = page
        self._server = server

    def show(self, state: str, theme: str = "dsfr", *, part: str = "", **changes: Any) -> Page:
        """Load a sample page by its name, with changes of its context, at a part of it, and return the window."""
        html = sample_html(state, theme, **changes)
        self._server.html = html.replace(_HEAD_END, f"{_AXE_ELEMENT}{_HEAD_END}")
        self.page.goto(f"/etat{part}")
        return self.page

    def restyle(self, state: str, theme: str) -> None:
        """Put the style sheets of another theme in the place of those that the page has: themes differ in nothing else."""
        self.page.evaluate(_RESTYLE, "".join(_STYLE_SHEETS.findall(sample_html(state, theme))))


def sample_html(state: str, theme: str, **changes: Any) -> str:
    """Return a sample page by its name, with changes of its context."""
    template, given = PAGES[state]
    return open_pages(_ELECTION, theme, demo=True).text(template, **(given | changes))


def unstyled(html: str) -> str:
    """Return a page without its style sheets."""
    return re.sub(r"\s+", " ", _STYLE_SHEETS.sub("", html))


def violations(page: Page, *rules: str) -> list[str]:
    """Return axe's findings in a page, by all rules or by these, each with rule, explanation and first element.

    Frames are left out: the desk's have the mails that it shows, which run no script. Style sheets are not loaded beforehand: a
    rule that does not run by default, as an experiment, alone reads them. A page that a click leads to is waited for.
    """
    page.wait_for_load_state()
    options: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False, "preload": {"assets": ["media"]}}
    if rules:
        options["runOnly"] = list(rules)
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe_script())
    found: list[dict[str, Any]] = page.evaluate("options => axe.run(options).then(r => r.violations)", options)
    return [f"{each['id']}: {each['help']} {each['nodes'][0]['html']}" for each in found]
