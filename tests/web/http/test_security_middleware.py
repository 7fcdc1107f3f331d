"""The security middleware alone: every body and every response goes through it."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import repeat

import httpx2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.support.fuzz_inputs import REPRODUCIBLE
from web.http.security_middleware import BodyLimit, SecurityHeaders

LARGEST = 64 * 1024


class Sender:
    """A client that sends a body in parts, and then nothing more."""

    def __init__(self, parts: Iterable[Message]) -> None:
        self._coming: Iterator[Message] = iter(parts)
        self.heard = 0

    async def __call__(self) -> Message:
        """Return the next part; wait for ever after the last one."""
        for message in self._coming:
            self.heard += 1
            return message
        await asyncio.Event().wait()
        raise AssertionError

    async def posts(self, application: ASGIApp, **headers: str) -> tuple[int, bytes]:
        """Return the status and the body of the answer."""
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        names = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": names}
        await application(scope, self, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def body(*parts: bytes, more: bool = False) -> list[Message]:
    """Return a body in parts; unless there is `more`, the last one says that it is the last."""
    last = len(parts) - 1
    return [
        {"type": "http.request", "body": part, "more_body": more or number < last}
        for number, part in enumerate(parts)
    ]


def guarded(timeout: float = 30) -> ASGIApp:
    """Return an application that answers with the body it received, behind the middleware."""

    async def echo(scope: Scope, receive: Receive, send: Send) -> None:
        answer = Response(b"taken:" + await Request(scope, receive).body())
        await answer(scope, receive, send)

    large, slow = PlainTextResponse("large", 413), PlainTextResponse("slow", 408)
    return BodyLimit(echo, too_large=large, too_slow=slow, timeout=timedelta(seconds=timeout))


@settings(REPRODUCIBLE, max_examples=50)
@given(sizes=st.lists(st.integers(0, 30_000), min_size=1, max_size=8), claimed=st.text("0123456789-x", max_size=9))
@example(sizes=[LARGEST], claimed="1")
@example(sizes=[LARGEST + 1], claimed="1")
@example(sizes=[1], claimed="999999999")
async def test_a_body_is_taken_whole_or_refused_by_its_true_length(sizes: list[int], claimed: str) -> None:
    """However it is divided, and whatever its header says of its length."""
    parts = [bytes([65 + number]) * size for number, size in enumerate(sizes)]
    status, answer = await Sender(body(*parts)).posts(guarded(), content_length=claimed)
    whole = b"".join(parts)
    assert (status, answer) == ((200, b"taken:" + whole) if len(whole) <= LARGEST else (413, b"large"))


async def test_a_body_of_a_megabyte_is_read_to_its_end_before_the_answer() -> None:
    """A browser whose connection ends while it sends shows a network error instead of the page."""
    sender = Sender(body(*[b"k" * 1024] * 1024))
    assert await sender.posts(guarded()) == (413, b"large")
    assert sender.heard == 1024


async def test_a_body_without_an_end_is_not_read_for_ever() -> None:
    """After a few megabytes the application stops reading."""
    sender = Sender(repeat({"type": "http.request", "body": b"k" * 65_536, "more_body": True}))
    assert await sender.posts(guarded()) == (413, b"large")
    assert sender.heard < 100


async def test_a_body_that_stops_is_refused_after_the_timeout() -> None:
    """A client that sends one byte and then nothing keeps a connection open for the timeout, and not longer."""
    assert await Sender(body(b"a", more=True)).posts(guarded(timeout=0.01)) == (408, b"slow")


async def test_half_a_body_reaches_no_form() -> None:
    """A client that disconnects while it sends has sent nothing."""
    cut = [*body(b"password=x", more=True), {"type": "http.disconnect"}]
    assert await Sender(cut).posts(guarded()) == (200, b"taken:")


@pytest.mark.parametrize("is_https", [True, False])
@pytest.mark.parametrize("own", [{}, {"Cache-Control": "no-cache", "X-Frame-Options": "ALLOWALL"}])
async def test_every_response_has_the_headers_and_is_not_cached(own: dict[str, str], *, is_https: bool) -> None:
    """Whatever headers the page itself has; over HTTPS, HSTS is added."""
    application = SecurityHeaders(PlainTextResponse("page", headers=own), is_https=is_https)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(application), base_url="http://x") as browser:
        headers = (await browser.get("/reassort/suivi/evenements")).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert "'unsafe" not in headers["content-security-policy"]
    strict = "max-age=31536000; includeSubDomains" if is_https else None
    assert headers.get("strict-transport-security") == strict


@pytest.mark.parametrize(
    ("path", "status", "kept"),
    [
        ("/static/app/a.css", 200, True),
        ("/static/app/a.css", 206, True),
        ("/static/app/a.css", 304, True),
        ("/static/x", 404, False),
        *(("/static/app/a.css", status, False) for status in (204, 301, 302, 303, 307, 308, 400, 405, 416, 503)),
        ("/statics", 200, False),
        ("/connexion", 304, False),
    ],
)
async def test_static_files_can_be_cached_for_a_while(path: str, status: int, *, kept: bool) -> None:
    """Style sheets are the same for everyone; a redirect or an error is cached nowhere."""
    application = SecurityHeaders(PlainTextResponse("x", status), is_https=True)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(application), base_url="http://x") as browser:
        assert ("max-age" in (await browser.get(path)).headers["cache-control"]) == kept
