"""Renders the sample pages in a browser window, with the portal's static files and headers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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

_ELECTION = load(Path(__file__).parents[2] / "election" / "demo.toml")


class PageServer:
    """Serves one page, the static files, and a CAPTCHA; whatever else a page asks for is answered with nothing.

    A server, since a browser keeps no file in its cache while a test answers its requests.
    """

    def __init__(self) -> None:
        self.html = ""
        self.port = free_port()
        app = FastAPI(openapi_url=None)
        mount_static(app)
        app.add_api_route("/etat", self._page, response_model=None)
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


async def _captcha(name: str) -> Response:  # noqa: ARG001 - any has the same picture
    return Response(draw("123456"), media_type="image/png")


async def _nothing(path: str) -> Response:  # noqa: ARG001 - the same for any
    return Response(status_code=204)


class PageRenderer:
    """Shows any state of any page in one window of a `PageServer`, without the requests that lead to it."""

    def __init__(self, page: Page, theme: str, server: PageServer) -> None:
        self.theme = theme
        self._page = page
        self._server = server
        self._pages = open_pages(_ELECTION, theme, demo=True)

    def show(self, state: str) -> Page:
        """Load a sample page by its name, and return the window."""
        template, given = PAGES[state]
        self._server.html = self._pages.text(template, **given)
        self._page.goto("/etat")
        return self._page


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
