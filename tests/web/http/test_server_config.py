"""Whom a request comes from is what the connection says, or a reverse proxy that the settings name."""

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from activities.config.settings import SettingsError
from tests.support.waiting import free_port, listens, until
from web.context.browser_session import network_address
from web.draining_server import DrainingServer
from web.http.server_config import server_config

_REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
_STRANGER, _PROXY = "203.0.113.9", "192.0.2.1"


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(network_address(Request(scope)))(scope, receive, send)


async def _address_seen(client: str, forwarded: str) -> str:
    config = server_config(_echo, "127.0.0.1", 8000)
    config.load()
    transport = httpx2.ASGITransport(config.loaded_app, client=(client, 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://portail.exemple.fr") as browser:
        return (await browser.get("/", headers={"X-Forwarded-For": forwarded})).text


@pytest.mark.parametrize(
    ("client", "forwarded", "seen"),
    [
        (_STRANGER, "198.51.100.1", _STRANGER),
        (_PROXY, "198.51.100.1", "198.51.100.1"),
        (_PROXY, "10.0.0.1, 198.51.100.1", "198.51.100.1"),
    ],
)
async def test_only_a_named_proxy_says_whom_a_request_comes_from(
    monkeypatch: pytest.MonkeyPatch, client: str, forwarded: str, seen: str
) -> None:
    """A stranger's `X-Forwarded-For` is not read, nor what a client wrote before the proxy did."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", _PROXY)
    assert await _address_seen(client, forwarded) == seen


@pytest.mark.parametrize("trusted", ["*", "127.0.0.1, *", "0.0.0.0/0", "::/0"])
def test_a_server_that_would_trust_everybody_does_not_start(monkeypatch: pytest.MonkeyPatch, trusted: str) -> None:
    """Anybody could put another address into the journal."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", trusted)
    with pytest.raises(SettingsError, match="FORWARDED_ALLOW_IPS"):
        server_config(_echo, "127.0.0.1", 8000)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[DrainingServer]:
    """A server that listens."""
    config = uvicorn.Config(PlainTextResponse("page"), port=free_port(), log_config=None)
    made = DrainingServer(config)
    serving = asyncio.create_task(made.serve())
    await until(lambda: made.started)
    yield made
    made.should_exit = True
    await serving


async def test_a_server_that_stops_answers_a_connection_that_it_has_accepted(server: DrainingServer) -> None:
    """Its request is on the way: the proxy would answer 502 for a form, since it cannot send it twice."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.config.port)
    await until(lambda: server.server_state.connections)
    server.should_exit = True
    await until(lambda: not listens(server.config.port))
    writer.write(_REQUEST)
    assert (await reader.read()).startswith(b"HTTP/1.1 200 OK")
    writer.close()


async def test_a_server_that_stops_answers_a_connection_that_waits(server: DrainingServer) -> None:
    """The kernel has accepted it, and the server has not: to the proxy there is no difference."""
    with socket.create_connection(("127.0.0.1", server.config.port)) as waiting:
        stopping = asyncio.create_task(server.shutdown())
        assert not server.server_state.connections
        waiting.sendall(_REQUEST)
        reader, writer = await asyncio.open_connection(sock=waiting)
        assert (await reader.read()).startswith(b"HTTP/1.1 200 OK")
        writer.close()
        await stopping
