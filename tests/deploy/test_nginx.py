"""The configuration of nginx loads, passes on what the web needs, and writes no link to any log."""

import asyncio
import json
import re
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from activities.texts.catalogues import languages_of
from election.settings import load
from election.text.translation import gettext
from tests.deploy.nginx_server import HOST, Nginx, browser
from tests.support.typography import faults
from tests.support.waiting import free_port, listens, until
from web.error_pages import _UNAVAILABLE

TOKEN = "0b3dk9xw4m2p7qrstvz8ceg5hj"
MANGLED = [
    f"/lien/{TOKEN}",
    f"//lien/{TOKEN}",
    f"/LIEN/{TOKEN}.",
    f"/l%69en/{TOKEN}",
    f"/%6C%69%65%6E/{TOKEN}%20",
    f"/x/../lien/{TOKEN}?a=1",
    f"/?u=https://{HOST}/lien/{TOKEN}",
    f"/{TOKEN}",
    f"/{TOKEN[:13]}-{TOKEN[13:]}",
    f"/{TOKEN[:13]}~{TOKEN[13:]}",
    f"/opposition/{TOKEN}",
    f"/Opposition{TOKEN[:9]}",
    f"/lien:{TOKEN}",
    f"/lien{TOKEN}",
    f"/lien\\{TOKEN}",
    f"/lien/{'a' * 9000}{TOKEN}",
]
ROOT = Path(__file__).parents[2]
_PAGES = ROOT / "deploy" / "nginx" / "erreurs"
_SENTENCE = re.compile(r"<(?:h1|h2|p)>(?:<a [^>]*>)?([^<]+)")
_NOT_ENGLISH = re.compile(r"[«»'éèàç]|\s[:;!?]")


class Upstream:
    """A web process that says what it received, and sends an event when it is told to."""

    def __init__(self) -> None:
        self.port = free_port()
        self.next_event = asyncio.Event()
        routes = [
            Route("/reassort/suivi/evenements", self._events),
            Route("/{path:path}", self._echo, methods=["GET", "POST"]),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes), port=self.port, log_config=None, timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve until the end of the block."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._server.serve())
            await until(lambda: listens(self.port))
            yield
            self._server.should_exit = True

    async def _echo(self, request: Request) -> Response:
        # As HTML, which Debian's nginx.conf compresses.
        return HTMLResponse(json.dumps({"headers": dict(request.headers), "filling": "x" * 5000}))

    async def _events(self, _request: Request) -> Response:
        async def events() -> AsyncIterator[bytes]:
            yield b"data: first\n\n"
            await self.next_event.wait()
            yield b"data: second\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")


@pytest_asyncio.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """A web process."""
    web = Upstream()
    async with web.serving():
        yield web


def test_nginx_loads_the_file(nginx: Callable[[list[int]], Nginx]) -> None:
    """With Debian's nginx.conf around it, without a warning."""
    checked = subprocess.run(nginx([8000]).command("-t", "-q"), capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


async def test_a_page_is_passed_on(nginx: Callable[[list[int]], Nginx], upstream: Upstream) -> None:
    """With the host, the client's own address, the scheme and the id that the log has; never compressed on the way."""
    server = nginx([upstream.port])
    forged = {"x-forwarded-for": "1.2.3.4", "x-request-id": "mine", "accept-encoding": "gzip"}
    with server.running():
        async with browser(server) as voter:
            answer = await voter.get("/portail?nom=camille", headers=forged)
    received = answer.json()["headers"]
    assert (received["host"], received["x-forwarded-for"], received["x-forwarded-proto"]) == (
        HOST,
        "127.0.0.1",
        "https",
    )
    assert "content-encoding" not in answer.headers
    [line] = (server.folder / "reassort.log").read_text().splitlines()
    assert f" {received['x-request-id']} 127.0.0.1 GET /portail 200 " in line
    assert "camille" not in line


async def test_the_console_is_for_the_network_that_the_file_names(
    nginx: Callable[[list[int]], Nginx], upstream: Upstream
) -> None:
    """Here this machine's first address; another one gets a page in French, and the portal as before."""
    server = nginx([upstream.port])
    with server.running():
        async with browser(server) as operator, browser(server, "127.0.0.2") as voter:
            for address in ("/exploitation", "/exploitation/echecs"):
                assert (await operator.get(address)).status_code == 200
                refused = await voter.get(address)
                assert refused.status_code == 403
                assert "<html lang=" in refused.text
            assert (await voter.get("/exploitations")).status_code == 200


async def test_no_log_has_a_link(nginx: Callable[[list[int]], Nginx], upstream: Upstream) -> None:
    """Neither of nginx's logs, however the link was mangled, when the web answers and when it is away."""
    server = nginx([upstream.port])
    away = free_port()
    with server.running():
        await _open_links(server)
    site = server.folder / "sites-enabled" / "reassort"
    site.write_text(site.read_text().replace(f":{upstream.port} ", f":{away} "))
    with server.running():
        await _open_links(server)
    logs = server.logs()
    assert logs.count("/lien/***") >= 8
    assert f"127.0.0.1:{away}" in logs
    assert TOKEN not in logs
    assert "b3dk9xw4m2p7" not in logs


async def _open_links(server: Nginx) -> None:
    """Open each link, by HTTPS and by HTTP."""
    async with browser(server) as voter:
        for path in MANGLED:
            for base in (f"https://127.0.0.1:{server.https}", f"http://127.0.0.1:{server.http}"):
                await voter.send(_raw(voter, base, path))


def _raw(voter: httpx2.AsyncClient, base: str, path: str) -> httpx2.Request:
    url = httpx2.URL(base).copy_with(raw_path=path.encode())
    return voter.build_request("GET", url, headers={"referer": f"https://{HOST}/lien/{TOKEN}"})


async def test_events_come_as_they_are_sent(nginx: Callable[[list[int]], Nginx], upstream: Upstream) -> None:
    """The first is read before the second exists."""
    server = nginx([upstream.port])
    with server.running():
        async with browser(server) as voter, voter.stream("GET", "/reassort/suivi/evenements") as events:
            lines = events.aiter_lines()
            assert await anext(lines) == "data: first"
            upstream.next_event.set()
            assert [line async for line in lines if line] == ["data: second"]


async def test_an_error_of_nginx_is_a_page_in_french(nginx: Callable[[list[int]], Nginx]) -> None:
    """The web is away, a form is too long, an address is not for everybody: each says so, and sends no address on."""
    server = nginx([free_port()])
    with server.running():
        async with browser(server) as voter:
            away = await voter.post("/reassort/code-de-vote", data={"answer": "Orme"})
            too_long = await voter.post("/vote", content=b"x" * 70_000)
            long_path = await voter.get(f"/lien/{'a' * 9000}")
            bad = await voter.get("/", headers={"x": "y" * 40_000})
    answers = {away: (502, "indisponible"), too_long: (413, "trop-long"), long_path: (414, "trop-long")}
    for answer, (status, page) in {**answers, bad: (400, "adresse")}.items():
        assert (answer.status_code, answer.text) == (status, (_PAGES / f"{page}.html").read_text())
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert (answer.headers["referrer-policy"], answer.headers["cache-control"]) == ("no-referrer", "no-store")
        assert answer.headers["server"] == "nginx"


async def test_one_web_of_two_may_be_away(nginx: Callable[[list[int]], Nginx], upstream: Upstream) -> None:
    """Every request is answered by the other, forms included."""
    server = nginx([free_port(), upstream.port])
    with server.running():
        async with browser(server) as voter:
            answers = [await voter.post("/portail", data={"n": "1"}) for _ in range(12)]
            answers += await asyncio.gather(*(voter.get("/portail") for _ in range(12)))
    assert {answer.status_code for answer in answers} == {200}


async def test_only_the_host_is_served(nginx: Callable[[list[int]], Nginx], upstream: Upstream) -> None:
    """Another name gets no certificate; HTTP leads to HTTPS."""
    server = nginx([upstream.port])
    with server.running():
        async with browser(server) as voter:
            led = await voter.get(f"http://127.0.0.1:{server.http}/vote")
            assert (led.status_code, led.headers["location"]) == (301, f"https://{HOST}/vote")
        async with httpx2.AsyncClient(verify=False, trust_env=False) as stranger:
            with pytest.raises(httpx2.ConnectError):
                await stranger.get(f"https://127.0.0.1:{server.https}/")


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz"])
async def test_the_system_s_state_is_for_the_machine_alone(
    nginx: Callable[[list[int]], Nginx], upstream: Upstream, path: str
) -> None:
    """Another address reads that this address is not for it; the web is not asked."""
    server = nginx([upstream.port])
    with server.running():
        async with browser(server) as monitor, browser(server, "127.0.0.2") as stranger:
            assert (await monitor.get(path)).status_code == 200
            refused = await stranger.get(path)
            assert (await stranger.get("/portail")).status_code == 200
    assert (refused.status_code, refused.text) == (403, (_PAGES / "adresse.html").read_text())
    [line] = [
        line for line in (server.folder / "reassort.log").read_text().splitlines() if f" {path} 403 " in line
    ]
    assert f" 127.0.0.2 GET {path} 403 " in line
    assert line.split()[-3:] == ["-", "-", "-"]  # no web process


async def test_metrics_are_not_for_the_outside(nginx: Callable[[list[int]], Nginx], upstream: Upstream) -> None:
    """Nor for this machine by way of the proxy: Prometheus asks the web processes themselves."""
    server = nginx([upstream.port])
    with server.running():
        async with browser(server) as stranger:
            refused = await stranger.get("/metrics")
    assert (refused.status_code, refused.text) == (404, (_PAGES / "adresse.html").read_text())


@pytest.mark.parametrize("page", sorted(_PAGES.iterdir()), ids=lambda page: page.stem)
def test_the_pages_are_correct_french_and_english(page: Path) -> None:
    """Their typography, the same sentences in both languages, and no resource of another address."""
    html = page.read_text()
    french, english = (_SENTENCE.findall(part) for part in html.split('<section lang="en">'))
    assert len(french) > 2
    assert len(english) == len(french)
    assert [fault for sentence in french for fault in faults(sentence)] == []
    assert [sentence for sentence in english if _NOT_ENGLISH.search(sentence)] == []
    assert f"<title>{french[0]} – {english[0]}</title>" in html
    assert re.findall(r"""(?:src|href)="([^"]*)""", html) == ["/", "/"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_outage_is_told_in_the_words_of_the_web(language: str) -> None:
    """The same sentences in each language, whether nginx or the web says it."""
    html = (_PAGES / "indisponible.html").read_text()
    languages = languages_of(load(ROOT / "election" / "demo.toml"), "election", "activities", "web")
    with languages.speaking(language):
        assert all(gettext(sentence) in html for sentence in _UNAVAILABLE)
