"""Whatever is sent to a form, a page answers: in French, with its headers, and nothing of it unescaped."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.support import fuzz_inputs
from tests.support.fuzz_inputs import MARK, STEADY
from tests.support.people import CAMILLE
from tests.support.web_app import Guest, WebApp, sound

SECRETS = ("password", "voting_code", "answer", "proof", "captcha")
FORMS = {
    "/connexion": ("csrf", "identifier", "captcha_id", "captcha", "action"),
    "/connexion/mot-de-passe": ("csrf", "password"),
    "/deconnexion": ("csrf",),
    "/captcha": ("csrf",),
    "/assistance": ("csrf", "form_key", "message", "reply_to", "captcha_id", "captcha", "action"),
    "/sans-notice": ("csrf", "form_key", "identifier", "captcha_id", "captcha", "action"),
    "/vote": ("csrf", "voting_code", "captcha_id", "captcha", "action"),
    "/reassort/code-de-vote/question-defi": ("csrf", "form_key", "answer", "proof", "channel", "phone", "email"),
    "/reassort/suivi/renvoyer": ("csrf",),
}
every_form = pytest.mark.parametrize("path", FORMS)


async def _right(web_app: WebApp, guest: Guest) -> dict[str, str]:
    session = await web_app.services.sessions.find(guest.cookie)
    assert session is not None
    captcha_id = web_app.services.captchas.draw(session.id_hash)
    return {
        "csrf": guest.csrf,
        "identifier": CAMILLE.work_email,
        "captcha_id": captcha_id,
        "captcha": str(await web_app.services.captchas.answer(captcha_id)),
        "action": "",
        "password": CAMILLE.password,
        "voting_code": CAMILLE.voting_code,
        "form_key": "clé",
        "answer": "Marronnier",
        "proof": CAMILLE.numen,
        "channel": "sms",
        "phone": "06 12 34 56 78",
        "email": "camille@exemple.fr",
        "message": "Le SMS n’arrive pas.",
        "reply_to": "camille@exemple.fr",
    }


async def _guest(web_app: WebApp, path: str) -> Guest:
    halfway = path.startswith("/connexion")
    return await (web_app.halfway(CAMILLE.work_email) if halfway else web_app.signed_in())


@every_form
@settings(STEADY, max_examples=25)
@given(data=st.data())
async def test_whatever_is_typed_a_page_answers(web_app: WebApp, path: str, data: st.DataObject) -> None:
    """Missing, repeated, foreign, hostile fields: none is shown unescaped, no secret is shown at all."""
    fields = data.draw(fuzz_inputs.filled(FORMS[path]))
    guest = await _guest(web_app, path)
    right = await _right(web_app, guest)
    sent = [(name, right.get(name, "") if value is None else value) for name, value in fields]
    sent = [(name, f"{value}zsecretz" if name in SECRETS and MARK in value else value) for name, value in sent]
    headers = {"cookie": f"session={guest.cookie}", "content-type": "application/x-www-form-urlencoded"}
    with capture_logs() as logs:
        async with web_app.browser(**headers) as browser:
            answer = await browser.post(path, content=fuzz_inputs.encoded(sent))
    sound(answer)
    told = f"{answer.text}{answer.headers}{logs}"
    assert not [secret for secret in ("zsecretz", right["password"], right["answer"]) if secret in told]
    assert "zq:q" not in f"{answer.headers}{logs}"


@every_form
@settings(STEADY, max_examples=12)
@given(
    fields=st.lists(st.tuples(fuzz_inputs.TRICKS, fuzz_inputs.TRICKS), max_size=4),
    charset=st.one_of(st.sampled_from(["utf-8", "utf-7", "utf-16", "hex", "idna", "rot13", "\0", "x"]), st.text()),
)
async def test_a_form_in_parts_is_answered_too(
    web_app: WebApp, path: str, fields: list[tuple[str, str]], charset: str
) -> None:
    """In multipart, in whatever character set, real or not."""
    guest = await _guest(web_app, path)
    body, kind = fuzz_inputs.in_parts([*fields, ("csrf", guest.csrf)], charset)
    async with web_app.browser(cookie=f"session={guest.cookie}") as browser:
        sound(await browser.post(path, content=body, headers=[(b"content-type", kind.encode(errors="replace"))]))


@settings(STEADY, max_examples=60)
@given(
    path=st.sampled_from(list(FORMS)),
    body=st.one_of(st.binary(max_size=200), st.just(b"=&=&;%zz%"), st.just(b"{"), st.just(b"x" * 70_000)),
    kind=st.one_of(
        st.binary(max_size=40),
        st.sampled_from(
            [b"application/json", b"text/plain", b"multipart/form-data", b"multipart/form-data; boundary=x"]
        ),
    ),
)
async def test_a_body_that_is_no_form_is_refused(web_app: WebApp, path: str, body: bytes, kind: bytes) -> None:
    """Bytes of any kind under any content type change nothing, and are answered with a page."""
    guest = await _guest(web_app, path)
    headers = [(b"cookie", f"session={guest.cookie}".encode()), (b"content-type", kind)]
    async with web_app.browser() as browser:
        answer = await browser.post(path, content=body, headers=headers)
    sound(answer)
    assert answer.status_code in {400, 403, 413}
