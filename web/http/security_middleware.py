"""Middleware for security: response headers, refusal of foreign hosts and of cross-site posts, limits on what is sent."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_CACHEABLE = {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED}
_MONITORING = {"/healthz", "/livez", "/readyz", "/metrics"}
_HOST = re.compile(r"(\[[0-9a-fA-F:]+\]|[\w.-]+)(?::\d{1,5})?", re.ASCII)
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}  # names of one machine
_MAX_BODY = 64 * 1024
# A body of a few megabytes is read to its end, so that the client reads the answer; a longer one is not.
_MAX_READ = 4 * 1024 * 1024


def response_headers(*, is_https: bool) -> dict[str, str]:
    """Return the headers of every response; pages must not be cached."""
    strict = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if is_https else {}
    return {**HEADERS, **strict, "Cache-Control": "no-store"}


def as_asgi(page: Callable[[], Response]) -> ASGIApp:
    """Return an application that answers every request with a page, for what a middleware refuses."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await page()(scope, receive, send)

    return answer


class SecurityHeaders:
    """Middleware that adds the security headers; only static files may be cached."""

    def __init__(self, app: ASGIApp, *, is_https: bool, provider: str | None = None) -> None:
        self._app = app
        self._headers = response_headers(is_https=is_https)
        if provider:
            # Browsers check `form-action` along redirects too, here to the page of the identity provider.
            self._headers["Content-Security-Policy"] = _POLICY.replace(
                "form-action 'self'", f"form-action 'self' {provider}"
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                if _is_cacheable(scope["path"], message["status"]):
                    # Ten minutes: as long as a voter needs, and not long after a new version of a style sheet.
                    headers["Cache-Control"] = "public, max-age=600"
            await send(message)

        await self._app(scope, receive, with_headers)


def _is_cacheable(path: str, status: int) -> bool:
    # A redirect or an error in a shared cache would be another visitor's answer too.
    return path.startswith("/static/") and status in _CACHEABLE


class HostGuard:
    """Middleware that refuses a request whose `Host` is not the public one (400), whatever its port.

    An answer that was made for a forged host could lead other visitors to it. Starlette's TrustedHostMiddleware does the
    same, but answers in English. The health checks and the metrics take any host, since probes ask by the address of a container.
    """

    def __init__(self, app: ASGIApp, public_url: str, refuse: ASGIApp) -> None:
        self._app = app
        self._refuse = refuse
        host = urlsplit(public_url).hostname or ""
        self._hosts = _LOOPBACK if host in _LOOPBACK else {host}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it."""
        is_foreign = (
            scope["type"] == "http"
            and scope["path"] not in _MONITORING
            and _name_of(Headers(scope=scope).getlist("host")) not in self._hosts
        )
        await (self._refuse if is_foreign else self._app)(scope, receive, send)


def _name_of(hosts: list[str]) -> str | None:
    """Return the name in a `Host` header without its port; None without a header, with two of them, or with a wrong one."""
    found = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    return found[1].strip("[]").lower() if found else None


class CrossSiteGuard:
    """Middleware that refuses posts sent from another site (403), by fetch metadata or Origin."""

    def __init__(self, app: ASGIApp, refuse: ASGIApp) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it."""
        is_cross_site = (
            scope["type"] == "http" and scope["method"] == "POST" and _is_cross_site(Headers(scope=scope))
        )
        await (self._refuse if is_cross_site else self._app)(scope, receive, send)


def is_from_our_page(headers: Headers) -> bool:
    """Return whether nothing says that a post may be another site's; unlike the guard, an origin of "null" alone does.

    With fetch metadata it does not: since our pages send no referrer, browsers send it with their forms too.
    """
    return not _is_cross_site(headers) and ("sec-fetch-site" in headers or headers.get("origin") != "null")


def _is_cross_site(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    # "null" is sent from our own pages by a browser without fetch metadata (Safari before 16.4), since they
    # send no referrer: the hidden field of the form decides then.
    return origin not in {None, "null"} and _host_of(origin) != headers.get("host")


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # "http://[", which no browser sends
        return ""


class BodyLimit:
    """Middleware that refuses bodies over 64 KiB (413), or slower than `timeout` (408), before anything reads them.

    No form here is that long. The bytes that arrive are counted, whatever `Content-Length` says. What is sent to one of the
    paths `streamed` goes through as it comes: the router there counts it itself.
    """

    def __init__(
        self,
        app: ASGIApp,
        too_large: ASGIApp,
        too_slow: ASGIApp,
        timeout: timedelta = timedelta(seconds=30),
        streamed: frozenset[str] = frozenset(),
    ) -> None:
        self._app = app
        self._streamed = streamed
        self._too_large = too_large
        self._too_slow = too_slow
        self._timeout = timeout.total_seconds()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"} or scope["path"] in self._streamed:
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._timeout):
                body = await read_body(receive)
        except TimeoutError:
            await self._too_slow(scope, receive, send)
            return
        if body is None:
            await self._too_large(scope, receive, send)
        else:
            await self._app(scope, replay(body, receive), send)


async def read_body(receive: Receive) -> bytes | None:
    """Return the body of a request, or None when it is longer than any form."""
    parts, size, too_large = [], 0, False
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        part: bytes = message.get("body", b"")
        size += len(part)
        too_large = too_large or size > _MAX_BODY
        if not too_large:
            parts.append(part)
        if size > _MAX_READ or not message.get("more_body", False):
            return None if too_large else b"".join(parts)


def replay(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that was read to who reads it next."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


class NulGuard:
    """Middleware that refuses a request with a NUL in its address or form (400): PostgreSQL refuses a text that has one.

    A body of several parts that names a character set is refused too: that may hide a NUL or a lone surrogate from what looks at its
    bytes, and no browser sends one.
    What is sent to one of the paths `streamed` goes through as it comes. `BodyLimit` comes before.
    """

    def __init__(self, app: ASGIApp, refuse: ASGIApp, streamed: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._refuse = refuse
        self._streamed = streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        kind = Headers(scope=scope).get("content-type", "").lower()
        has_body = scope["method"] not in {"GET", "HEAD"} and scope["path"] not in self._streamed
        body = await read_body(receive) if has_body else b""
        is_refused = (
            "\0" in scope["path"]
            or (has_body and "multipart/" in kind and "charset" in kind)
            or any(nul in text for nul in (b"\0", b"%00") for text in (scope["query_string"], body or b""))
        )
        if is_refused:
            await self._refuse(scope, receive, send)
        else:
            await self._app(scope, replay(body or b"", receive) if has_body else receive, send)
