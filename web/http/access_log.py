"""The access log: method, path, status and time of each request, without queries and without tokens of links."""

from collections.abc import Callable
from time import perf_counter

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.stdlib.get_logger("access")
_LINK = "/lien/"


def loggable(path: str) -> str:
    """Return a path without the token of a link, if it has one."""
    return f"{_LINK}•••" if path.startswith(_LINK) else path


class AccessLog:
    """Middleware that logs each request once it is answered."""

    def __init__(self, app: ASGIApp, timer: Callable[[], float] = perf_counter) -> None:
        self._app = app
        self._timer = timer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started_at = self._timer()
        status = 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            elapsed_ms = round(1000 * (self._timer() - started_at))
            _log.info(
                "request", method=scope["method"], path=loggable(scope["path"]), status=status, ms=elapsed_ms
            )
