"""Counts requests and measures how long they take, by the route that answered them and never by their address."""

from collections.abc import Callable
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from activities.metrics.definitions import REQUEST_SECONDS, REQUESTS

# Of what no route has answered: static files, HEAD, addresses that do not exist, what was refused before.
_NO_ROUTE = "other"
_METHODS = frozenset({"GET", "HEAD", "POST"})


class RequestMetrics:
    """Middleware that counts each request; its time is that until the answer begins, since an event stream does not end."""

    def __init__(self, app: ASGIApp, timer: Callable[[], float] = perf_counter) -> None:
        self._app = app
        self._timer = timer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started_at, is_counted = self._timer(), False

        def count(status: int) -> None:
            nonlocal is_counted
            if not is_counted:
                is_counted = True
                _count(scope, status, self._timer() - started_at)

        async def send_and_count(message: Message) -> None:
            if message["type"] == "http.response.start":
                count(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, send_and_count)
        finally:
            count(500)  # of a request that an exception or a closed connection has left without an answer


def _count(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", _NO_ROUTE)
    method = scope["method"] if scope["method"] in _METHODS else _NO_ROUTE
    REQUESTS.labels(route, method, status).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)
