"""One line a request: method, path, status, time; never a query, never a link's token."""

from collections.abc import Callable
from time import perf_counter

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.stdlib.get_logger("access")
_LINK = "/lien/"


def loggable(path: str) -> str:
    """Return a path as it may be logged: whatever follows `/lien/` is left out."""
    return f"{_LINK}•••" if path.startswith(_LINK) else path


class AccessLog:
    """Logs each request once it is answered."""

    def __init__(self, app: ASGIApp, timer: Callable[[], float] = perf_counter) -> None:
        self._app = app
        self._timer = timer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = self._timer()
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            spent = round(1000 * (self._timer() - begun))
            _log.info("request", method=scope["method"], path=loggable(scope["path"]), status=status, ms=spent)
