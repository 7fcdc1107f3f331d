"""What nobody thought of, through the real server: tests/web draws far more, in process."""

import httpx2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.client.running import Demo
from demo.client.voter import hidden_fields
from tests.journeys.demo_people import Browse
from tests.journeys.malformed_bodies import FIELDS, URLENCODED, assert_clear_response
from tests.support.fuzz_inputs import REPRODUCIBLE

_WIRED = settings(REPRODUCIBLE, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])

# What a header may carry: of the rest the server itself says that it is no HTTP.
_COOKIES = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f"), max_size=60)


@_WIRED
@given(form=st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=20), st.text(max_size=400), max_size=12))
async def test_any_form_is_answered(demo: Demo, browse: Browse, form: dict[str, str]) -> None:
    """Any fields with any text, their hidden field right, get a clear page."""
    browser = browse(demo)
    hidden = hidden_fields((await browser.get("/connexion")).text)
    assert_clear_response(
        await browser.post("/connexion", data=hidden | _encodable(form) | {"csrf": hidden["csrf"]})
    )


@_WIRED
@given(body=st.binary(max_size=300), kind=st.sampled_from([URLENCODED, "multipart/form-data; boundary=x"]))
async def test_any_body_is_answered(demo: Demo, browse: Browse, body: bytes, kind: str) -> None:
    """Any bytes at all get a clear page."""
    assert_clear_response(await browse(demo).post("/connexion", content=body, headers={"Content-Type": kind}))


@_WIRED
@given(path=st.text(max_size=60), cookie=_COOKIES)
async def test_any_address_is_answered(demo: Demo, browse: Browse, path: str, cookie: str) -> None:
    """Any path, any query and any cookie get a clear page."""
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
