"""Too many voters at once: who comes first waits at the entrance, who is inside is served."""

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.support.web_app import WebApp
from web import error_pages
from web.http.entrance_limit import EntranceLimit
from web.http.security_middleware import as_asgi

LONG, SHORT = 60.0, 0.001  # seconds


async def never() -> Message:
    """Stand for the body of a request that has none."""
    raise AssertionError


class Service:
    """An application that answers a request when the test says so."""

    def __init__(self, patience: float) -> None:
        self.may_answer = asyncio.Event()
        self.begun: list[str] = []
        full = as_asgi(lambda: PlainTextResponse("full", 503))
        self._limited: ASGIApp = EntranceLimit(
            self._answer, entrances=("/connexion",), most=1, patience=patience, full=full
        )

    async def status(self, method: str, path: str) -> int:
        """Return the status of an answer."""
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        scope: Scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
        await self._limited(scope, never, send)
        return int(sent[0]["status"])

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun.append(Request(scope).url.path)
        await self.may_answer.wait()
        await Response()(scope, receive, send)


async def test_a_first_page_is_refused_while_the_process_has_enough_to_do() -> None:
    """It is not begun; other pages and every form are."""
    service = Service(SHORT)
    inside = asyncio.ensure_future(service.status("GET", "/reassort/suivi"))
    await asyncio.sleep(0)
    assert await service.status("GET", "/connexion") == 503
    others = [asyncio.ensure_future(service.status(*each)) for each in (("POST", "/connexion"), ("GET", "/vote"))]
    await asyncio.sleep(0)
    service.may_answer.set()
    assert [await each for each in (inside, *others)] == [200, 200, 200]
    assert service.begun == ["/reassort/suivi", "/connexion", "/vote"]
    assert await service.status("GET", "/connexion") == 200


async def test_a_first_page_that_waits_is_answered_when_another_request_has_ended() -> None:
    """Voters who come in the same second as others need not load the page again."""
    service = Service(LONG)
    inside = asyncio.ensure_future(service.status("GET", "/reassort/suivi"))
    await asyncio.sleep(0)
    waiting = asyncio.ensure_future(service.status("GET", "/connexion"))
    await asyncio.sleep(0)
    assert service.begun == ["/reassort/suivi"]
    service.may_answer.set()
    assert [await inside, await waiting] == [200, 200]


async def test_a_request_that_fails_or_streams_gives_its_place_back() -> None:
    """A fault of a page holds nobody up, nor does a stream that has begun."""
    hold, streams = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["path"] == "/fault":
            raise ZeroDivisionError
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/stream":
            streams.set()
            await hold.wait()

    limited = EntranceLimit(app, entrances=("/connexion",), most=1, patience=SHORT, full=as_asgi(Response))
    answers: list[Message] = []

    async def send(message: Message) -> None:
        answers.append(message)

    async def get(path: str) -> None:
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
        await limited(scope, never, send)

    stream = asyncio.ensure_future(get("/stream"))
    await streams.wait()
    fault = await asyncio.gather(get("/fault"), return_exceptions=True)
    await get("/connexion")
    hold.set()
    await stream
    assert isinstance(fault[0], ZeroDivisionError)
    assert len(answers) == 2


async def test_the_page_loads_its_own_address_again(web_app: WebApp) -> None:
    """Where one was going is in the address, and stays there; no script is needed."""
    scope = {"type": "http", "path": "/connexion", "query_string": b"vers=abc"}
    page = error_pages.crowded_page(web_app.context, scope)
    assert page.status_code == 503
    assert page.headers["Refresh"] == page.headers["Retry-After"] == "10"
    assert 'href="/connexion?vers=abc"' in bytes(page.body).decode()
