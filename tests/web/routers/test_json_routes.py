"""The JSON routes answer as their own OpenAPI description says, for valid and for invalid requests."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import pytest
import pytest_asyncio
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from demo.web.site import add_dashboard
from tests.support.fuzz_inputs import ANYTHING, REPRODUCIBLE
from tests.support.web_app import WebApp
from web.app import create_app
from workflows.contracts import options

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OURS = [
    ("GET", "/healthz"),
    ("GET", "/livez"),
    ("GET", "/readyz"),
    ("GET", "/reassort/suivi.json"),
    ("POST", "/captcha"),
]
DEMO = [("GET", "/demo/people.json"), ("GET", "/demo/messages.json"), ("GET", "/demo/captcha.json")]
AS_JSON = {"content-type": "application/json"}
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), ANYTHING, st.sampled_from(["ok", "late:3", "late:-1"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(["sms", "email"]), ANYTHING), inner, max_size=3),
    ),
    max_leaves=6,
)


@dataclass(frozen=True)
class Api:
    """The demo's application, its OpenAPI description, and a browser that has signed in."""

    schema: BaseSchema
    browser: httpx2.AsyncClient
    csrf: str


@pytest_asyncio.fixture(scope="session")
async def api(web_app: WebApp, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """The application with the demo's pages, and workers with a recent heartbeat."""
    app = create_app(web_app.context)
    add_dashboard(app, tmp_path_factory.mktemp("desk"))
    tokens = await web_app.signed_in()
    transport = httpx2.ASGITransport(app)
    headers = {"cookie": f"session={tokens.cookie}"}
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://portail.exemple.fr", headers=headers
    ) as browser:
        yield Api(schemathesis.openapi.from_dict(app.openapi()), browser, tokens.csrf)


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [
        *((method, path, GenerationMode.POSITIVE) for method, path in (*OURS, *DEMO)),
        # The others have no parameter that could be wrong.
        *((method, path, GenerationMode.NEGATIVE) for method, path in DEMO[1:]),
    ],
)
@settings(REPRODUCIBLE, max_examples=10)
@given(data=st.data())
async def test_a_json_route_does_what_it_describes(
    api: Api, web_app: WebApp, method: str, path: str, mode: GenerationMode, data: st.DataObject
) -> None:
    """Status, content type and shape are those that it describes, for valid and for invalid requests."""
    await web_app.services.heartbeat.beat([options.RECOVERIES, options.MESSAGING])
    case = data.draw(api.schema[path][method].as_strategy(mode))
    wanted = case.as_transport_kwargs(base_url="http://portail.exemple.fr")
    answer = await api.browser.request(
        wanted["method"], wanted["url"], params=wanted.get("params"), headers=dict(wanted.get("headers") or {})
    )
    case.validate_response(answer, checks=CHECKS)


@settings(REPRODUCIBLE, max_examples=40)
@given(wanted=JSON)
async def test_the_gateways_refuse_an_unknown_mode(api: Api, wanted: object) -> None:
    """Any JSON is answered with all modes, or with what is wrong with it."""
    sent = json.dumps(wanted).encode()
    answer = await api.browser.post("/demo/gateways", content=sent, headers=AS_JSON)
    assert answer.status_code in {200, 422}
    assert set(answer.json()) == ({"sms", "sms2", "email"} if answer.status_code == 200 else {"detail"})


@pytest.mark.parametrize("sent", [b"", b"{", b"\xff", b"[" * 60_000, b"NaN", b'{"sms": "\\ud800"}'])
async def test_the_gateways_refuse_what_is_not_json(api: Api, sent: bytes) -> None:
    """Truncated, undecodable or endlessly nested."""
    answer = await api.browser.post("/demo/gateways", content=sent, headers=AS_JSON)
    assert answer.status_code == 422


async def test_a_new_captcha_has_an_id_and_nothing_of_its_answer(api: Api, web_app: WebApp) -> None:
    """The form's script gets the id alone."""
    answer = await api.browser.post("/captcha", data={"csrf": api.csrf})
    assert set(answer.json()) == {"id"}
    assert str(await web_app.services.captchas.answer(answer.json()["id"])) not in answer.text
