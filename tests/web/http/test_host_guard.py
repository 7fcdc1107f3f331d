"""Requests that name another host than the public one are refused, whatever they ask for."""

import httpx2
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Scope

from tests.support.web_app import WebApp, assert_valid_response
from web.http.security_middleware import HostGuard

_PUBLIC = "https://elections.exemple.fr"


async def _status(host: str | None, public_url: str = _PUBLIC, path: str = "/", **more: str) -> int:
    """Return the status of the answer to a request with these `Host` headers."""
    guard = HostGuard(PlainTextResponse("page"), public_url, PlainTextResponse("refused", 400))
    hosts = [value for value in (host, *more.values()) if value is not None]
    headers = [(b"host", value.encode("latin-1")) for value in hosts]
    scope: Scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError

    await guard(scope, receive, send)
    return int(sent[0]["status"])


@pytest.mark.parametrize("host", ["elections.exemple.fr", "ELECTIONS.exemple.FR", "elections.exemple.fr:8443"])
async def test_the_public_host_is_taken(host: str) -> None:
    """In either case and with any port: proxies differ in what they pass on."""
    assert await _status(host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "voleur.exemple",
        "elections.exemple.fr.voleur.exemple",
        "www.elections.exemple.fr",
        "voleur.exemple:443",
        "voleur.exemple@elections.exemple.fr",
        "elections.exemple.fr/@voleur.exemple",
        "elections.exemple.fr:80@voleur.exemple",
        "elections.exemple.fr#",
        "elections.exemple.fr, voleur.exemple",
        "127.0.0.1:8000",
        "[",
        "[::1]",
        "é",
        "",
        None,
    ],
)
async def test_another_host_is_refused(host: str | None) -> None:
    """Also a part of the name, one with a user's name or a path, and none."""
    assert await _status(host) == 400


async def test_two_hosts_are_refused() -> None:
    """A proxy may take the first and the application the second."""
    assert await _status("elections.exemple.fr", second="voleur.exemple") == 400
    assert await _status("elections.exemple.fr", second="elections.exemple.fr") == 400


@pytest.mark.parametrize("host", ["10.0.3.7:8000", "127.0.0.1:8000", None])
async def test_a_probe_may_ask_by_any_address(host: str | None) -> None:
    """Health and metrics have no links, and an orchestrator asks by the container's address."""
    assert [await _status(host, path=path) for path in ("/healthz", "/livez", "/readyz", "/metrics")] == [200] * 4
    assert await _status(host, path="/healthz/") == 400


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
async def test_a_demonstration_has_every_name_of_its_machine(host: str) -> None:
    """`make run` is opened as localhost too; other names are refused."""
    assert await _status(host, "http://127.0.0.1:8000") == 200
    assert await _status("voleur.exemple", "http://127.0.0.1:8000") == 400


@pytest.mark.parametrize("path", ["/", "/connexion", "/connexion/", "/static/app/style/pages.css", "/lien/abc"])
async def test_a_forged_host_reads_the_address_of_the_service(web_app: WebApp, path: str) -> None:
    """On a page that no cache keeps, with a button that leads there, and without the forged host."""
    async with web_app.browser(host="voleur.exemple") as browser:
        answer = await browser.get(path)
    assert answer.status_code == 400
    assert_valid_response(answer)
    assert "Notre adresse est http://portail.exemple.fr." in answer.text
    assert 'href="http://portail.exemple.fr/"' in answer.text
    assert "voleur" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("path", ["/connexion/", "/reassort/code-de-vote/", "/lien/abc/"])
async def test_a_slash_too_many_leads_to_the_page_on_the_same_host(web_app: WebApp, path: str) -> None:
    """By a path alone, which no forged `Host` or port can change, and which no cache keeps; a form is not led on."""
    async with web_app.browser() as browser:
        answer = await browser.send(httpx2.Request("GET", f"http://portail.exemple.fr:81{path}"))
        posted = await browser.post(path)
    assert (answer.status_code, answer.headers["location"]) == (303, path.removesuffix("/"))
    assert answer.headers["cache-control"] == "no-store"
    assert posted.status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/static/app", "/static/dsfr", "//voleur.exemple/static/app", "//voleur.exemple/", "//voleur/", "/\\voleur/"],
)
async def test_no_slash_leads_to_another_host(web_app: WebApp, path: str) -> None:
    """Starlette's redirect is built from the request's `Host`, port included, and under `/static` was kept by caches."""
    async with web_app.browser() as browser:
        answer = await browser.send(httpx2.Request("GET", f"http://portail.exemple.fr:81{path}"))
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
