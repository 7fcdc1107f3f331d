"""After complete journeys, no secret that a voter typed or saw is stored anywhere."""

import json
from base64 import b64encode
from socket import gethostname
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from temporalio import workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from demo.client.demo_internals import execute
from demo.client.running import Demo
from tests.journeys.demo_people import DemoPeople, Operator, SeenSecrets
from tests.journeys.journey_voter import JourneyVoter
from tests.journeys.leak_search import all_places, known_to
from tests.journeys.leaks import found, found_numbers
from tests.support.waiting import until
from workflows.contracts import search_attributes

SYLVIE, CAMILLE = 7, 0
_CAPTCHA_DIGITS = 6


async def test_no_secret_is_stored_after_a_journey(
    demo: Demo, people: DemoPeople, operator: Operator, seen_secrets: SeenSecrets
) -> None:
    """Files, databases, logs and histories contain no contact, proof, code, password, link or CAPTCHA answer."""
    await _make_all_requests(await people.voter(SYLVIE))
    places = await all_places(demo, operator, people)
    known = [secret for number in range(8) for secret in known_to((await people.voter(number)).person)]
    seen = {each for each in seen_secrets[demo.url] if len(each) > _CAPTCHA_DIGITS}
    assert len(seen) >= 4
    assert found({*known, *seen}, places) == {}
    captchas = seen_secrets[demo.url] - seen
    assert len(captchas) >= 3
    # PostgreSQL's system catalogues contain many short numbers.
    places.pop("files of the roll")
    assert found_numbers(captchas, places) == {}


async def test_no_secret_is_stored_after_a_failed_send(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator, seen_secrets: SeenSecrets
) -> None:
    """If a gateway refuses an SMS or a mail, the contact is not stored."""
    voter = await fast_people.signed_in(CAMILLE)
    for gateway in ("sms", "email"):
        fast_demo.gateways(**{gateway: "refuse"})
        await voter.ask(gateway)
        await voter.wait_for_stage("Held")
    places = await all_places(fast_demo, fast_operator, fast_people)
    seen = {each for each in seen_secrets[fast_demo.url] if len(each) > _CAPTCHA_DIGITS}
    assert found({*known_to(voter.person), *seen}, places) == {}


async def test_keys_and_work_addresses_are_only_where_they_belong(
    demo: Demo, people: DemoPeople, operator: Operator
) -> None:
    """The demo's keys are in `keys.json`, a work address, sealed like the other contacts, on the roll: in no log, no history."""
    by_name: dict[str, str] = json.loads((demo.state / "keys.json").read_text(encoding="utf-8"))
    keys = [key for name, key in by_name.items() if not name.endswith("_PUBLIC_KEY")]  # these stand in histories
    voter = await people.signed_in(CAMILLE)
    places = await all_places(demo, operator, people)
    assert set(found(keys, places)) == {"keys.json"}
    leaks = found([voter.person["work_email"]], places)
    assert set(leaks) <= {"files of the roll", "rows of the roll"}
    assert leaks


async def test_the_search_finds_a_planted_secret(demo: Demo, people: DemoPeople, operator: Operator) -> None:
    """A secret that is put into each place is found there."""
    secret = f"Secret planté {uuid4().hex[:6]}"  # the log of a longer path leaves it out: it may be a token
    voter = await people.voter(CAMILLE)
    await voter.page(f"/{secret}")
    execute(demo, "INSERT INTO captchas (id, form_hash, created_at) VALUES (%s, '', now())", secret)
    async with Worker(
        operator.client, task_queue="planted", workflows=[Planted], workflow_runner=UnsandboxedWorkflowRunner()
    ):
        planted = await operator.client.start_workflow(Planted.run, secret, id="planted", task_queue="planted")
        await until(lambda: _is_listed(operator))
        leaks = found([secret, "status"], await all_places(demo, operator, people))
        await planted.signal(Planted.end)
        await planted.result()
    assert leaks.pop("healthz") == {"status"}
    assert {name for name, each in leaks.items() if secret in each} >= {
        "logs/web.log",
        "files of the roll",
        "rows of the roll",
        "rows of temporal.sqlite",
        "histories as JSON",
        "histories as protobuf",
        "memo and search attributes",
        "current details",
    }
    files = {name.partition("-")[0] for name, each in leaks.items() if secret in each}
    assert "temporal.sqlite" in files


def test_short_numbers_are_found_unless_part_of_something_longer() -> None:
    """A CAPTCHA's and a birth date's digits are found; in an instant, an id or a sealed text they are ignored."""
    for number in ("123456", "14031979"):
        drawn = {
            "instant": f"12:00:01.{number}",
            "hex": f"{number}{'ab' * 6}",
            "uuid": str(_uuid_with(number)),
            "sealed": f'{{"contact":"{"aB+/" * 10}{number}/cD="}}',
            "log of PostgreSQL": f"a line\n2026-12-01 13:50:26.123 UTC [{number}] LOG:  checkpoint",
            "identity": f"{number}@{gethostname()}",
        }
        written = {
            "log": f"a={number} ms=3",
            "form": f"captcha_id={uuid4()}&a={number}",
            "row": f"{uuid4()}\n{number}",
            "path": f'"http://127.0.0.1:8000/lien/{"aB" * 20}/{number}"',
            "words": f"{'reassort-' * 5}{number}",
            "list": f"[{number}]",
            "address": f"{number}@exemple.fr",
        }
        places = {name: text.encode() for name, text in (drawn | written).items()}
        assert found_numbers([number], places) == {name: {number} for name in written}
    places["encoded"] = b64encode(b"born " + number.encode())
    assert set(found([number], places)) == {*written, "encoded"}


@pytest.mark.parametrize("secret", ["Filou", "2TFK@7!?", "Châtaigne “rousse” 1943"])
def test_a_secret_is_found_wherever_it_begins(secret: str) -> None:
    """In every writing: as typed, in other letters, escaped, in hexadecimal digits and in base64."""
    raw = secret.encode()
    writings = [raw, raw.upper(), raw.hex().encode(), json.dumps(secret)[1:-1].encode(), quote(secret).encode()]
    writings += [b64encode(b"." * shift + raw + b".") for shift in range(3)]
    for writing in writings:
        for before in range(9):
            assert found([secret], {"place": b"-" * before + writing}) == {"place": {secret}}
    assert found([secret], {"place": raw[:-1] + b"-" + raw[1:], "empty": b""}) == {}


def _uuid_with(number: str) -> UUID:
    return UUID(uuid4().hex[: -len(number)] + number)


@workflow.defn
class Planted:
    """A workflow that publishes a secret in every way."""

    def __init__(self) -> None:
        self._is_over = False

    @workflow.run
    async def run(self, secret: str) -> None:
        """Put the secret into input, memo, search attribute and current details, until the signal `end`."""
        workflow.upsert_memo({"secret": secret})
        workflow.upsert_search_attributes([search_attributes.FAULT.value_set(secret)])
        workflow.set_current_details(secret)
        await workflow.wait_condition(lambda: self._is_over)

    @workflow.signal
    async def end(self) -> None:
        """End the workflow."""
        self._is_over = True


async def _make_all_requests(voter: JourneyVoter) -> None:
    """Make every kind of mistake, then recover by SMS and by e-mail, and vote."""
    person = voter.person
    await voter.send("/connexion", identifier=person["work_email"])
    await voter.send("/connexion/mot-de-passe", password=person["secret_answer"])
    await voter.sign_in()
    await voter.ask(answer=person["password"])
    await voter.ask(email=person["personal_email"], phone="douze")
    for channel in ("sms", "email"):
        code = await voter.recover(channel)
        await voter.vote(person["voting_code"])
        await voter.vote(code)
    await voter.received_message("a été remplacé")


async def _is_listed(operator: Operator) -> bool:
    return (await operator.client.count_workflows("WorkflowId = 'planted'")).count == 1
