"""The access log says what was requested and how it ended, without any secret."""

import asyncio
import re

import httpx2
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from tests.support.web_app import WebApp
from web.app import _ROUTERS
from web.http.access_log import AccessLog, loggable

_TOKEN = "0b3dk9xw4m2p7qrstvz8ceg5hj"


@given(st.text())
def test_nothing_of_a_token_is_logged(token: str) -> None:
    """The path after `/lien/` and `/opposition/` is left out."""
    assert loggable(f"/lien/{token}") == "/lien/•••"
    assert loggable(f"/opposition/{token}") == "/opposition/•••"


@pytest.mark.parametrize(
    "path",
    [
        f"//lien/{_TOKEN}",
        f"/Lien/{_TOKEN}",
        f"/LIEN/{_TOKEN}/note",
        f"/ lien/{_TOKEN}",
        f"/\u200blien /{_TOKEN}",
        f"/lien{_TOKEN}",
        f"/lien:{_TOKEN}",
        f"/liens/{_TOKEN}",
        f"/lien-{_TOKEN}",
        f"/lien\\{_TOKEN}",
        f"/x/lien/{_TOKEN}",
    ],
)
def test_nothing_of_a_token_is_logged_of_a_mangled_address(path: str) -> None:
    """Such an address leads nowhere, but its token is a link's."""
    assert loggable(path) == "/lien/•••"


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        (f"/{_TOKEN}", "/•••"),
        (f"//Opposition{_TOKEN[:9]}", "/opposition/•••"),
        (f"/oppo\u017fition/{_TOKEN[:9]}", "/opposition/•••"),
        (f"/{_TOKEN.upper()}.", "/•••"),
        (f"/{_TOKEN[:-6]}", "/•••"),
        (f"/{_TOKEN}/note", "/•••/note"),
        (f"/l\u200bien{_TOKEN}", "/•••"),
        (f"/aide/x:{_TOKEN}", "/aide/•••"),
        (f"/{_TOKEN[:13]}-\n{_TOKEN[13:]}", "/•••"),
        (f"//{'-'.join(_TOKEN)}", "//•••"),
    ],
)
def test_nothing_of_a_token_is_logged_without_the_word_before_it(path: str, logged: str) -> None:
    """Any part of an address that is as long as a token is left out, also if signs stand in it or six letters are missing."""
    assert loggable(path) == logged


@given(st.lists(st.text(max_size=19).filter(lambda part: "/" not in part), max_size=9))
def test_other_paths_are_logged_as_they_are(parts: list[str]) -> None:
    """They have no secrets in them."""
    path = "/" + "/".join(parts)
    assert loggable(path) == path or "lien" in path.lower() or "opposition" in path.lower()


def test_the_addresses_of_the_web_are_logged_as_they_are() -> None:
    """None is as long as a token between two slashes."""
    routes = [route for module in _ROUTERS for route in module.router.routes if isinstance(route, Route)]
    paths = [route.path for route in routes if "{token}" not in route.path]
    assert len(paths) > 20
    assert [path for path in paths if loggable(path) != path] == []


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
