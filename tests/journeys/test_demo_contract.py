"""The documented interface of the demo: routes, pages, field names and statuses."""

import os
import re
import sys
from asyncio import create_subprocess_exec
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from activities.config.version import VERSION
from demo.client.running import Demo
from demo.client.voter import DESTINATION, VERIFICATION, hidden_fields
from demo.processes.postgres import url_in
from demo.state.secrets import keys_of
from election.rules.retention import HISTORIES
from election.settings import file_hash, load
from tests.journeys.demo_people import Browse, DemoPeople, Operator
from tests.journeys.journey_voter import FORM
from tests.support.waiting import free_port, listens, until

JEAN_BAPTISTE, INES = 2, 3
FIELDS = ["name", "work_email", "personal_email", "phone", "password", "numen", "nir10", "birth_date"]
FIELDS += ["birth_department", "challenge_question", "secret_answer", "identifier", "voting_code"]
ROUTES = ("", "/people.json", "/messages.json", "/captcha.json?id=x", "/dashboard.css")


@dataclass(frozen=True)
class WebAlone:
    """A web process as in production on the demo's databases, as the web's user: a browser for it, and its log."""

    browser: httpx2.AsyncClient
    log: Path


@pytest_asyncio.fixture(scope="module")
async def web_alone(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WebAlone]:
    """The web without the demo's own routes."""
    port, log = free_port(), tmp_path_factory.mktemp("web_alone") / "web.log"
    environment = {
        **os.environ,
        **keys_of(demo.state),
        "REASSORT_ELECTION": str(demo.state / "election.toml"),
        "REASSORT_DATABASE_URL": url_in(demo.state / "postgres", "web"),
        "REASSORT_WEB_PORT": str(port),
        "TEMPORAL_ADDRESS": demo.temporal,
    }
    with log.open("w") as stderr:
        web = await create_subprocess_exec(sys.executable, "-m", "web", env=environment, stderr=stderr)
    try:
        await until(lambda: listens(port), within=60)
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as browser:
            yield WebAlone(browser, log)
    finally:
        web.terminate()
        await web.wait()


async def test_people_json_has_every_field_of_every_person(demo: Demo, browse: Browse) -> None:
    """All fields are filled in, and identifying ones are unique."""
    people = (await browse(demo).get("/demo/people.json")).json()
    assert all(list(person) == FIELDS and all(person.values()) for person in people)
    for field in ("work_email", "personal_email", "phone", "numen", "identifier", "voting_code"):
        assert len({person[field] for person in people}) == len(people)
    assert all(datetime.fromisoformat(person["birth_date"]) for person in people)


async def test_the_console_leads_to_the_demo_s_provider(demo: Demo, browse: Browse) -> None:
    """Whose form has the field `login`, and whose people are in operators.json: one for each of three roles, and a second administrator."""
    browser = browse(demo)
    operators = (await browser.get("/demo/operators.json")).json()
    assert [set(each) for each in operators] == [{"login", "name", "role"}] * 4
    assert {each["role"] for each in operators} == {"assistance", "operateur", "administration"}
    page = await browser.get("/exploitation", follow_redirects=True)
    form = hidden_fields(page.text) | {"login": operators[0]["login"]}
    assert 'name="login"' in page.text
    answer = await browser.post("/demo/operateurs/authorize", data=form, follow_redirects=True)
    assert (answer.status_code, str(answer.url)) == (200, f"{demo.url}/exploitation")
    assert operators[0]["name"] in answer.text


async def test_messages_json_has_the_messages_after_an_id(people: DemoPeople) -> None:
    """Oldest first, with the documented fields."""
    voter = await people.signed_in(JEAN_BAPTISTE)
    await voter.recover("email")
    await voter.received_message("a été remplacé")
    everything = (await voter.page("/demo/messages.json")).json()
    assert [message["id"] for message in everything] == sorted({message["id"] for message in everything})
    for message in everything:
        assert set(message) == {"id", "channel", "to", "subject", "text", "html", "at"}
        assert message["channel"] in {"sms", "email"}
        assert message["html"].startswith("<!DOCTYPE html>") == (message["channel"] == "email")
        assert datetime.fromisoformat(message["at"]).tzinfo
    last = (await voter.page(f"/demo/messages.json?since={everything[-2]['id']}")).json()
    # A notice of another test may have arrived since.
    assert [message for message in last if message["id"] <= everything[-1]["id"]] == everything[-1:]
    assert (await voter.page("/demo/messages.json?since=demain")).status_code == 422


async def test_captcha_json_has_the_answer_of_a_captcha(people: DemoPeople) -> None:
    """It has the answer of the CAPTCHA that a form shows, and 404 for an unknown id."""
    voter = await people.voter(INES)
    hidden = hidden_fields((await voter.page("/connexion")).text)
    answer = await voter.page(f"/demo/captcha.json?id={hidden['captcha_id']}")
    assert re.fullmatch(r"\d{6}", answer.json()["answer"])
    assert (await voter.page("/demo/captcha.json?id=autre")).status_code == 404


async def test_gateway_modes_can_be_set(fast_demo: Demo, fast_operator: Operator, browse: Browse) -> None:
    """One mode or both can be set; an unknown one is refused and changes nothing."""
    browser = browse(fast_demo)
    assert fast_operator.demo is fast_demo
    for mode in ("ok", "refuse", "down", "late:30", "late:0.5"):
        answer = await browser.post("/demo/gateways", json={"sms": mode, "email": mode})
        assert (answer.status_code, answer.json()) == (200, {"sms": mode, "email": mode, "sms2": "ok"})
    assert (await browser.post("/demo/gateways", json={"sms": "ok"})).json() == {
        "sms": "ok",
        "email": "late:0.5",
        "sms2": "ok",
    }
    wrong = (
        {"sms": "perhaps"},
        {"email": "late:"},
        {"email": "late:-1"},
        {"sms": 3},
        {"sms": "ok", "email": "no"},
    )
    for modes in wrong:
        assert (await browser.post("/demo/gateways", json=modes)).status_code == 422
    for body in (b"", b"{", b"[]", b"3", b'"ok"'):
        answer = await browser.post("/demo/gateways", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422
    assert (await browser.post("/demo/gateways", json={})).json() == {
        "sms": "ok",
        "email": "late:0.5",
        "sms2": "ok",
    }
    assert (await browser.post("/demo/gateways", data={"email": "ok"})).headers["location"] == "/demo"


async def test_the_dashboard_shows_each_phone_and_mailbox(people: DemoPeople) -> None:
    """`/demo` has everyone's messages, with clickable links."""
    voter = await people.signed_in(JEAN_BAPTISTE)
    await voter.ask()
    link = await voter.received_link()
    dashboard = (await voter.page("/demo")).text
    assert f'href="{people.demo.url}{link}"' in dashboard
    everyone = (await voter.page("/demo/people.json")).json()
    assert all(person["phone"] in dashboard and person["work_email"] in dashboard for person in everyone)


async def test_the_web_alone_has_no_route_of_the_demo(web_alone: WebAlone) -> None:
    """Started as in production, on the same databases, the web answers 404."""
    browser = web_alone.browser
    assert (await browser.get("/")).status_code == 200
    assert [(await browser.get(f"/demo{route}")).status_code for route in ROUTES] == [404] * len(ROUTES)
    assert (await browser.post("/demo/gateways", json={"sms": "down"})).status_code == 404
    assert "Démonstration" not in (await browser.get("/")).text


async def test_each_process_logs_its_start_in_one_line(demo: Demo, web_alone: WebAlone) -> None:
    """With its role, the version and the election's file: the web as in production, and the worker."""
    election = demo.state / "election.toml"
    logs = {"web": web_alone.log, "recoveries+messaging+roll": demo.state / "logs" / "worker.log"}
    for role, log in logs.items():
        [line] = [line for line in log.read_text().splitlines() if " event=started " in line]
        told = f"role={role} version={VERSION} election={load(election).id} election_file={file_hash(election)}"
        assert set(told.split()) <= set(line.split())


async def test_temporal_keeps_histories_as_long_as_is_documented(operator: Operator) -> None:
    """Its own default is a day."""
    service, name = operator.client.workflow_service, operator.client.namespace
    namespace = await service.describe_namespace(DescribeNamespaceRequest(namespace=name))
    assert namespace.config.workflow_execution_retention_ttl.ToTimedelta() == HISTORIES


async def test_healthz_is_ok(demo: Demo, browse: Browse) -> None:
    """`/healthz` answers 200 when web, worker, Temporal and database all work; it warns until the SMS operator is bound."""
    browser = browse(demo)

    async def health() -> dict[str, Any] | None:
        answer = await browser.get("/healthz")
        is_well = answer.status_code == 200 and "sms: not bound to the operator" not in answer.json()["warnings"]
        return answer.json() if is_well else None  # a heartbeat may be late

    assert (await until(health) or {})["status"] == "ok"


async def test_forms_have_the_documented_fields(people: DemoPeople) -> None:
    """Each form has its fields under their documented names."""
    voter = await people.voter(INES)
    assert {"identifier", "captcha_id", "captcha"} <= _names((await voter.page("/connexion")).text)
    await voter.send("/connexion", identifier=voter.person["work_email"])
    assert "password" in _names((await voter.page("/connexion/mot-de-passe")).text)
    await voter.send("/connexion/mot-de-passe", password=voter.person["password"])
    asked = _names((await voter.page("/vote")).text)
    assert "voting_code" in asked
    assert "captcha_id" not in asked
    wrong = _names((await voter.vote("FAUX")).text)
    assert {"voting_code", "captcha_id", "captcha"} <= wrong
    assert {"answer", "proof"} <= _names((await voter.page(FORM)).text)
    assert (await voter.fill_in()).headers["location"] == VERIFICATION
    assert {"channel", "phone", "email"} <= _names((await voter.page(DESTINATION)).text)
    assert (await voter.page("/espace-de-vote")).headers["location"] == "/vote"


async def test_the_code_is_in_one_element_without_spaces(people: DemoPeople) -> None:
    """The text of `#voting-code` is the code, without spaces, line breaks or other characters."""
    voter = await people.signed_in(INES)
    await voter.ask()
    link = await voter.received_link()
    html = (await voter.press(link)).text
    assert html.count('id="voting-code"') == 1
    element = re.search(r'<span id="voting-code"[^>]*>(.*?)</span>\s*</p>', html, re.DOTALL)
    assert element
    assert re.fullmatch(r"[0-9A-Z@!?&amp;]{12,}", re.sub(r"<[^>]*>", "", element[1]))
    await voter.note(link)


def _names(html: str) -> set[str]:
    return set(re.findall(r'<(?:input|select|textarea)[^>]*\bname="(\w+)"', html))
