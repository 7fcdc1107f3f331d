"""The access log says what was requested and how it ended, without any secret."""

import asyncio
import re

import httpx2
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from tests.support.web_app import WebApp
from web.http.access_log import AccessLog, loggable


@given(st.text())
def test_nothing_of_a_token_is_logged(token: str) -> None:
    """The path after `/lien/` is left out."""
    assert loggable(f"/lien/{token}") == "/lien/•••"


@pytest.mark.parametrize(
    "path", ["//lien/TOKEN", "/Lien/TOKEN", "/LIEN/TOKEN/note", "/ lien/TOKEN", "/\u200blien /TOKEN"]
)
def test_nothing_of_a_token_is_logged_of_a_mangled_address(path: str) -> None:
    """Such an address leads nowhere, but its token is a link's."""
    assert loggable(path) == "/lien/•••"


@given(st.text().filter(lambda path: "lien" not in path.lower()))
def test_other_paths_are_logged_as_they_are(path: str) -> None:
    """They have no secrets in them."""
    assert loggable(f"/{path}") == f"/{path}"


@pytest.mark.parametrize(
    ("path", "status"), [("/aide?numen=12A3456789BCD", 200), ("/portail", 303), ("/rien", 404)]
)
async def test_a_line_has_the_request_and_its_status(web_app: WebApp, path: str, status: int) -> None:
    """Method, path, status and time, without the query."""
    with capture_logs() as logs:
        async with web_app.browser() as browser:
            await browser.get(path)
    [line] = logs
    assert (line["method"], line["path"], line["status"]) == ("GET", path.partition("?")[0], status)
    assert set(line) == {"event", "log_level", "method", "path", "status", "ms"}


async def _lines(headers: dict[str, str], *, fails: bool = False) -> list[str | None]:
    """Return the request ids of the lines that are logged during a request, and by the server after it."""
    log = structlog.stdlib.get_logger()

    async def application(_scope: Scope, _receive: Receive, send: Send) -> None:
        log.info("step")
        if fails:
            raise ValueError
        await PlainTextResponse("page")(_scope, _receive, send)

    async def server() -> None:
        transport = httpx2.ASGITransport(AccessLog(application))
        try:
            async with httpx2.AsyncClient(transport=transport, base_url="http://portail.exemple.fr") as browser:
                await browser.get("/", headers=headers)
        except ValueError:
            log.error("exception")  # noqa: TRY400 - as the server logs it

    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        await asyncio.create_task(server())
        log.info("later")
    return [line.get("request_id") for line in logs]


async def test_every_line_of_a_request_has_its_id() -> None:
    """Each request has its own, which ends with it."""
    first, second = [await _lines({}) for _ in range(2)]
    for ids in (first, second):
        step, request, later = ids
        assert step == request
        assert later is None
    assert first[0] != second[0]
    assert re.fullmatch("[0-9a-f]{32}", first[0] or "")


async def test_the_proxy_s_id_is_taken() -> None:
    """So that its log and ours can be compared; anything else in that header is not written to a log."""
    given = "0f" * 16
    assert (await _lines({"x-request-id": given}))[:2] == [given, given]
    for wrong in ("camille", "0F" * 16, given + "0", f"{given} x"):
        assert wrong not in await _lines({"x-request-id": wrong})


async def test_an_exception_is_logged_with_the_id_of_its_request() -> None:
    """The server logs it after the middleware."""
    step, request, exception, later = await _lines({}, fails=True)
    assert step is not None
    assert step == request == exception
    assert later is None
