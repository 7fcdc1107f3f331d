"""The access log: id, method, path, status and time of each request, without queries and without tokens of links."""

import re
import secrets
from collections.abc import Callable
from time import perf_counter

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.stdlib.get_logger("access")
_LINK = re.compile("(?P<lien>lien)|(?P<opposition>opposition)", re.IGNORECASE)
_REQUEST_ID = re.compile("[0-9a-f]{32}")
# A token has 26 letters and digits, and may come without /lien/ and with signs inside it. nginx leaves out the same:
# deploy/nginx/reassort.conf.
_TOKEN_LENGTH = 20


def loggable(path: str) -> str:
    """Return a path without what may be the token of a link, however the address is mangled."""
    found = _LINK.search(path)
    return f"/{found.lastgroup}/•••" if found else "/".join(map(_without_token, path.split("/")))


def _without_token(segment: str) -> str:
    return "•••" if sum(map(str.isalnum, segment)) >= _TOKEN_LENGTH else segment


def request_id(headers: Headers) -> str:
    """Return the id that the proxy gave to a request, so that its log and ours have the same, or a new one."""
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)


class AccessLog:
    """Middleware that logs each request once it is answered, and puts its id into every line that is logged meanwhile."""

    def __init__(self, app: ASGIApp, timer: Callable[[], float] = perf_counter) -> None:
        self._app = app
        self._timer = timer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Not unbound after an exception: the server logs it next, in the same task.
        bound = structlog.contextvars.bind_contextvars(request_id=request_id(Headers(scope=scope)))
        await self._answer(scope, receive, send)
        structlog.contextvars.reset_contextvars(**bound)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
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
