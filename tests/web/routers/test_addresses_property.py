"""Random paths, cookies, tokens and headers cause no error and give no access."""

from urllib.parse import quote

import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.support import fuzz_inputs
from tests.support.fuzz_inputs import REPRODUCIBLE, Fields
from tests.support.people import SACHA
from tests.support.web_app import WebApp, assert_valid_response


@pytest_asyncio.fixture(scope="session")
async def token(web_app: WebApp) -> str:
    """The token of a live link of SACHA."""
    link_record = await web_app.voting_code_link(SACHA)
    return web_app.services.links.token(link_record.workflow_id, link_record.link_id)


@settings(REPRODUCIBLE, max_examples=60)
@given(
    path=st.sampled_from(["/", "/connexion", "/portail", "/vote", "/reassort/suivi", "/reassort/suivi.json"]),
    cookies=st.one_of(st.binary(max_size=80), st.binary(max_size=60).map(lambda value: b"session=" + value)),
)
async def test_only_a_valid_cookie_gives_access(web_app: WebApp, path: str, cookies: bytes) -> None:
    """Any bytes as a cookie: the page without a sign-in."""
    async with web_app.browser() as browser:
        answer = await browser.get(path, headers=[(b"cookie", cookies)])
    assert_valid_response(answer)
    assert answer.status_code == (200 if path in {"/", "/connexion"} else 401 if "json" in path else 303)
    assert "Se déconnecter" not in answer.text


@settings(REPRODUCIBLE, max_examples=80)
@given(
    typed=fuzz_inputs.ANYTHING,
    under=st.sampled_from(["", "/", "/note", "/note/", "/plus"]),
    method=st.sampled_from(["GET", "POST"]),
)
async def test_only_a_valid_token_gives_access(web_app: WebApp, typed: str, under: str, method: str) -> None:
    """Any text as a token: no code, and the text is neither in the page nor in the log."""
    address = f"/lien/zq:q{quote(typed, safe='', errors='surrogatepass')}{under}"
    with capture_logs() as logs:
        async with web_app.browser() as browser:
            answer = await browser.request(method, address)
            if answer.status_code == 303:  # of what follows a slash, the token alone counts
                answer = await browser.get(answer.headers["location"])
    assert_valid_response(answer)
    assert answer.status_code in {404, 405} or (under, method) == ("/note", "GET")
    assert "voting-code" not in answer.text
    assert "zq:q" not in str(logs)


@settings(REPRODUCIBLE, max_examples=30)
@given(
    under=st.sampled_from(["", "/note"]),
    fields=fuzz_inputs.filled(("csrf", "action")),
    cookies=st.one_of(st.binary(max_size=80), st.binary(max_size=60).map(lambda seed: b"navigateur=" + seed)),
)
async def test_a_live_link_without_its_hidden_field_stays_live(
    web_app: WebApp, token: str, under: str, fields: Fields, cookies: bytes
) -> None:
    """A post to a link without the hidden field of its page is refused, with any cookie."""
    sent = [(name, value or "") for name, value in fields]
    headers = [(b"cookie", cookies), (b"content-type", b"application/x-www-form-urlencoded")]
    async with web_app.browser() as browser:
        answer = await browser.post(f"/lien/{token}{under}", content=fuzz_inputs.encoded(sent), headers=headers)
        assert_valid_response(answer)
        assert answer.status_code == 403
        look = await browser.get(f"/lien/{token}", headers=[(b"cookie", cookies)])
    assert_valid_response(look)
    assert "Régénérer mon code de vote" in look.text


_HEADER = st.sampled_from(
    [
        b"accept",
        b"accept-language",
        b"host",
        b"origin",
        b"referer",
        b"sec-fetch-site",
        b"range",
        b"x-forwarded-host",
    ]
)
_VALUES = st.one_of(
    st.binary(max_size=40), st.sampled_from([b"null", b"http://[", b"[", b"a:b:c", b"bytes=0-", b"*/*"])
)


@settings(REPRODUCIBLE, max_examples=80)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "QUERY"]),
    path=st.sampled_from(
        ["/", "/portail", "/connexion/", "/lien/x", "/aide", "/static/app/forms.js", "/static/app/%00"]
    ),
    headers=st.lists(st.tuples(_HEADER, _VALUES), max_size=4),
)
async def test_any_headers_are_answered_with_a_page(
    web_app: WebApp, method: str, path: str, headers: list[tuple[bytes, bytes]]
) -> None:
    """Any value of any header, any method: no error of ours."""
    async with web_app.browser() as browser:
        answer = await browser.request(method, path, headers=headers)
    if "/static/" not in path:
        assert_valid_response(answer)
    assert answer.status_code < 500


@settings(REPRODUCIBLE, max_examples=60)
@given(path=fuzz_inputs.ANYTHING, method=st.sampled_from(["GET", "POST"]))
async def test_an_unknown_path_is_answered_with_a_page(web_app: WebApp, path: str, method: str) -> None:
    """Any path: a page that says that there is none, without repeating the path."""
    address = f"/zq:q{quote(path, errors='surrogatepass')}"
    async with web_app.browser() as browser:
        answer = await browser.request(method, address)
    assert_valid_response(answer)
    assert answer.status_code == 404
    assert "zq:q" not in answer.text
