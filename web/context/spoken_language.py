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
        at_address(request.scope["path"], _query(request)),
    ):
        yield


class SpokenLanguage:
    """Middleware that answers each request in its language."""

    def __init__(self, app: ASGIApp, context: AppContext) -> None:
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with spoken_to(Request(scope), self._context):
            await self._app(scope, receive, send)


class ChosenLanguage:
    """Middleware that keeps the language that a voter chooses; within the one that refuses foreign hosts.

    `?langue=en` on any page keeps the choice and leads back to that page by a GET; what was typed and not sent is lost.
    """

    def __init__(self, app: ASGIApp, context: AppContext) -> None:
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        chosen = self._chosen(Request(scope)) if scope["type"] == "http" else None
        await (chosen or self._app)(scope, receive, send)

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
    return address(request.scope["path"], without_choice(_query(request)))


def _query(request: Request) -> str:
    """Return the query as it was sent, in which a byte that is no ASCII stands for itself."""
    # Not `request.url`, which quotes the path again and fails on bytes that are not UTF-8.
    query: bytes = request.scope["query_string"]
    return query.decode("latin-1")
