"""Any form content is answered with a page: in French, with its headers, and nothing unescaped."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.support import fuzz_inputs
from tests.support.fuzz_inputs import MARK, REPRODUCIBLE
from tests.support.people import CAMILLE
from tests.support.web_app import SessionTokens, WebApp, assert_valid_response

SECRETS = ("password", "voting_code", "answer", "proof", "captcha")
FORMS = {
    "/connexion": ("csrf", "identifier", "captcha_id", "captcha", "action"),
    "/connexion/mot-de-passe": ("csrf", "password"),
    "/deconnexion": ("csrf",),
    "/captcha": ("csrf",),
    "/assistance": ("csrf", "form_id", "message", "reply_to", "captcha_id", "captcha", "action"),
    "/reassort/mot-de-passe": ("csrf", "identifier", "captcha_id", "captcha", "action"),
    "/reassort/mot-de-passe/confirmation": ("csrf", "identifier", "form_id", "step_token"),
    "/sans-notice": ("csrf", "form_id", "identifier", "captcha_id", "captcha", "action"),
    "/vote": ("csrf", "voting_code", "captcha_id", "captcha", "action"),
    "/reassort/code-de-vote/question-defi": ("csrf", "answer", "proof", "after"),
    "/reassort/code-de-vote/destination": ("csrf", "channel", "phone", "email"),
    "/reassort/code-de-vote/verification": ("csrf", "form_id", "action"),
    "/reassort/suivi/renvoyer": ("csrf",),
}
every_form = pytest.mark.parametrize("path", FORMS)


async def _right(web_app: WebApp, tokens: SessionTokens) -> dict[str, str]:
    session = await web_app.services.sessions.find(tokens.cookie)
    assert session is not None
    captcha_id = web_app.services.captchas.draw(session.id_hash)
    return {
        "csrf": tokens.csrf,
        "identifier": CAMILLE.work_email,
        "captcha_id": captcha_id,
        "captcha": str(await web_app.services.captchas.answer(captcha_id)),
        "action": "",
        "password": CAMILLE.password,
        "voting_code": CAMILLE.voting_code,
        "form_id": "0" * 32,
        "answer": "Marronnier",
        "after": "verification",
        "proof": CAMILLE.numen,
        "channel": "sms",
        "phone": "06 12 34 56 78",
        "email": "camille@exemple.fr",
        "message": "Le SMS n’arrive pas.",
        "reply_to": "camille@exemple.fr",
    }


async def _tokens_for(web_app: WebApp, path: str) -> SessionTokens:
    is_sign_in = path.startswith("/connexion")
    return await (web_app.before_password(CAMILLE.work_email) if is_sign_in else web_app.signed_in())


@every_form
@settings(REPRODUCIBLE, max_examples=12)
@given(data=st.data())
async def test_any_fields_are_answered_with_a_page(web_app: WebApp, path: str, data: st.DataObject) -> None:
    """Missing, repeated, unknown and malicious fields: none is shown unescaped, no secret is shown at all."""
    fields = data.draw(fuzz_inputs.filled(FORMS[path]))
    tokens = await _tokens_for(web_app, path)
    right = await _right(web_app, tokens)
    sent = [(name, right.get(name, "") if value is None else value) for name, value in fields]
    sent = [(name, f"{value}zsecretz" if name in SECRETS and MARK in value else value) for name, value in sent]
    headers = {"cookie": f"session={tokens.cookie}", "content-type": "application/x-www-form-urlencoded"}
    with capture_logs() as logs:
        async with web_app.browser(**headers) as browser:
            answer = await browser.post(path, content=fuzz_inputs.encoded(sent))
    assert_valid_response(answer)
    told = f"{answer.text}{answer.headers}{logs}"
    assert not [secret for secret in ("zsecretz", right["password"], right["answer"]) if secret in told]
    assert "zq:q" not in f"{answer.headers}{logs}"


@every_form
async def test_a_hidden_field_of_another_shape_is_refused(web_app: WebApp, path: str) -> None:
    """Longer, shorter, upper case, empty, or with a separator and another field: 403, whatever else the form has."""
    tokens = await _tokens_for(web_app, path)
    for name in {"csrf", "form_id", "captcha_id", "step_token"} & set(FORMS[path]):
        right = {key: value for key, value in (await _right(web_app, tokens)).items() if key in FORMS[path]}
        own = right.get(name, "a" * 64)
        for wrong in (
            f"{own}|{own}",
            f"{own}\0",
            f"{own}\n",
            f"{own}:x",
            own * 40,
            own[:-1],
            own.upper() + "A",
            "",
        ):
            async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
                answer = await browser.post(path, data=right | {name: wrong})
            assert_valid_response(answer)
            assert answer.status_code == 403, (name, wrong)


@every_form
@settings(REPRODUCIBLE, max_examples=8)
@given(
    fields=st.lists(st.tuples(fuzz_inputs.TRICKS, fuzz_inputs.TRICKS), max_size=4),
    charset=st.one_of(st.sampled_from(["utf-8", "utf-7", "utf-16", "hex", "idna", "rot13", "\0", "x"]), st.text()),
)
async def test_a_multipart_form_is_answered_with_a_page(
    web_app: WebApp, path: str, fields: list[tuple[str, str]], charset: str
) -> None:
    """Multipart, in any character set, existing or not; one that is named is refused, since to decode some takes seconds."""
    tokens = await _tokens_for(web_app, path)
    body, kind = fuzz_inputs.in_parts([*fields, ("csrf", tokens.csrf)], charset)
    async with web_app.browser(cookie=f"session={tokens.cookie}") as browser:
        answer = await browser.post(path, content=body, headers=[(b"content-type", kind.encode(errors="replace"))])
    assert_valid_response(answer)
    assert answer.status_code == 400


@settings(REPRODUCIBLE, max_examples=60)
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
async def test_a_body_that_is_not_a_form_is_refused(web_app: WebApp, path: str, body: bytes, kind: bytes) -> None:
    """Any bytes under any content type change nothing, and are answered with a page."""
    tokens = await _tokens_for(web_app, path)
    headers = [(b"cookie", f"session={tokens.cookie}".encode()), (b"content-type", kind)]
    async with web_app.browser() as browser:
        answer = await browser.post(path, content=body, headers=headers)
    assert_valid_response(answer)
    assert answer.status_code in {400, 403, 413}
