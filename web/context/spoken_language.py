"""The language of each request: French, or the one that the voter has chosen, which the browser keeps."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from web.context.app_context import AppContext
from web.context.cookies import LANGUAGE
from web.context.page_address import FIELD, address, at_address, without_choice

_HOME = "/"


@contextmanager
def spoken_to(request: Request, app: AppContext) -> Iterator[None]:
    """Speak the language of a request within the block."""
    with (
        app.languages.speaking(LANGUAGE.read(request, app)),
        at_address(request.url.path, request.url.query),
    ):
        yield


class SpokenLanguage:
    """Middleware that answers each request in its language, and keeps another that the voter chooses.

    `?langue=en` on any page keeps the choice and leads back to that page; the same as a reload, it loses nothing else.
    """

    def __init__(self, app: ASGIApp, context: AppContext) -> None:
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        answer = self._chosen(request) or self._app
        with spoken_to(request, self._context):
            await answer(scope, receive, send)

    def _chosen(self, request: Request) -> Response | None:
        chosen = request.query_params.get(FIELD)
        if chosen not in self._context.languages.offered or request.method not in {"GET", "HEAD"}:
            return None
        response = RedirectResponse(_same_page(request), 303)
        LANGUAGE.set(response, self._context, chosen)
        return response


def _same_page(request: Request) -> str:
    """Return the address without the choice, or the home page where only forms are taken: never another site's."""
    scope = {**request.scope, "method": "GET"}
    if not any(route.matches(scope)[0] is Match.FULL for route in request.app.routes):
        return _HOME
    return address(request.url.path, without_choice(request.url.query))
