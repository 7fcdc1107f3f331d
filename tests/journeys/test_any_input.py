"""Random input over HTTP to the real server; tests/web generates far more in process."""

import httpx2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.client.running import Demo
from demo.client.voter import hidden_fields
from tests.journeys.demo_people import Browse
from tests.journeys.malformed_bodies import FIELDS, URLENCODED, assert_clear_response
from tests.support.fuzz_inputs import REPRODUCIBLE

_OVER_HTTP = settings(REPRODUCIBLE, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])

# Characters that HTTP allows in a header; the server refuses others as invalid HTTP.
_COOKIES = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f"), max_size=60)


@_OVER_HTTP
@given(form=st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=20), st.text(max_size=400), max_size=12))
async def test_any_form_is_answered(demo: Demo, browse: Browse, form: dict[str, str]) -> None:
    """Any fields with any text and a valid CSRF token get a valid response."""
    browser = browse(demo)
    hidden = hidden_fields((await browser.get("/connexion")).text)
    assert_clear_response(
        await browser.post("/connexion", data=hidden | _encodable(form) | {"csrf": hidden["csrf"]})
    )


@_OVER_HTTP
@given(body=st.binary(max_size=300), kind=st.sampled_from([URLENCODED, "multipart/form-data; boundary=x"]))
async def test_any_body_is_answered(demo: Demo, browse: Browse, body: bytes, kind: str) -> None:
    """Any bytes get a valid response."""
    assert_clear_response(await browse(demo).post("/connexion", content=body, headers={"Content-Type": kind}))


@_OVER_HTTP
@given(path=st.text(max_size=60), cookie=_COOKIES)
async def test_any_address_is_answered(demo: Demo, browse: Browse, path: str, cookie: str) -> None:
    """Any path, query and cookie get a valid response."""
    cookies = f"session={cookie}; navigateur={cookie}; affichage={cookie}"
    headers = [(b"Cookie", cookies.encode("latin-1"))]
    for prefix in ("/", "/lien/", "/captcha/", "/connexion?"):
        url = httpx2.URL(demo.url).copy_with(raw_path=prefix.encode() + _quoted(path))
        assert_clear_response(await browse(demo).get(url, headers=headers))


def _encodable(form: dict[str, str]) -> dict[str, str]:
    return {
        name.encode(errors="replace").decode(): text.encode(errors="replace").decode()
        for name, text in form.items()
    }


def _quoted(path: str) -> bytes:
    return "".join(f"%{octet:02X}" for octet in path.encode(errors="replace")).encode()
