"""Operators find what has failed, and mend it, from the console; with a plain HTTP client, as a browser without scripts."""

import re
from datetime import datetime, timedelta

import httpx2

from activities.config.clock import utc_now
from demo.client.operators import OPERATEUR, csrf_of, sign_in
from demo.client.recovery_drivers import received_identifiers, request_identifier
from demo.client.running import Demo
from tests.journeys.demo_people import Browse, DemoPeople, Operator
from tests.journeys.journey_voter import JourneyVoter
from tests.support.waiting import until

CAMILLE, JEAN_BAPTISTE, ANNE_SOPHIE, SYLVIE = 0, 2, 5, 7
_CODE = "smpp-0x0000000B"
_FAILURES, _SEARCH = "/exploitation/echecs", "/exploitation/recherche"


async def _operator(demo: Demo, browse: Browse) -> httpx2.AsyncClient:
    browser = browse(demo)
    await sign_in(browser, OPERATEUR)
    return browser


async def _held(demo: Demo, people: DemoPeople, *numbers: int) -> list[JourneyVoter]:
    """Return voters whose link no gateway has accepted; the gateways work again."""
    demo.gateways(sms="refuse")
    voters = [await people.signed_in(number) for number in numbers]
    for voter in voters:
        await voter.ask()
    for voter in voters:
        await voter.wait_for_stage("Held")
    demo.gateways(sms="ok")
    return voters


async def test_one_act_retries_all_that_has_failed_for_a_cause(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator, browse: Browse
) -> None:
    """Its page counts what was really sent, each voter has a link, and the journal the name of the session."""
    voters = await _held(fast_demo, fast_people, CAMILLE, ANNE_SOPHIE, JEAN_BAPTISTE)
    http = await _operator(fast_demo, browse)
    (line,) = [each for each in (await http.get(f"{_FAILURES}.json")).json() if each["cause"] == _CODE]
    assert (line["channel"], line["count"], line["retry_helps"]) == ("sms", 3, False)
    fields = {"csrf": csrf_of((await http.get(_FAILURES)).text), "cause": _CODE, "reason": "opérateur rétabli"}
    begun = await http.post(f"{_FAILURES}/relancer", data=fields)
    assert begun.status_code == 303
    act = begun.headers["location"]

    async def ended() -> dict[str, object] | None:
        state: dict[str, object] = (await http.get(f"{act}.json")).json()
        return state if state["state"] == "done" else None

    assert await until(ended, 60) == {"state": "done", "total": 3, "sent": 3, "failed": 0, "skipped": 0}
    for voter in voters:
        assert (await voter.page(await voter.received_link())).status_code == 200
    assert "opérateur rétabli" in (await http.get(act)).text
    assert not [each for each in (await http.get(f"{_FAILURES}.json")).json() if each["cause"] == _CODE]
    retried = fast_operator.roll("SELECT actor FROM journal WHERE event = 'operator:send:retried'")
    assert [(actor,) for (actor,) in retried if "o.petit" in actor] == [("Octave Petit (o.petit)",)] * 3


async def test_a_recovery_is_found_and_retried_by_what_its_voter_reads_out(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator, browse: Browse
) -> None:
    """The search leads to its page, whose act is confirmed and done; another order comes too late, and says so."""
    (voter,) = await _held(fast_demo, fast_people, ANNE_SOPHIE)
    http = await _operator(fast_demo, browse)
    reference = (await voter.follow())["reference"]
    found = await http.get(_SEARCH, params={"reference": reference.lower().replace("-", " ")})
    page = found.headers["location"]
    assert "L’opérateur de SMS refuse ce numéro" in (await http.get(page)).text
    assert re.findall(r'<option value="(\w+)"', (await http.get(f"{page}/actes/autre-passerelle")).text)
    confirmation = await http.get(f"{page}/actes/annuler")
    fields = {"csrf": csrf_of(confirmation.text), "reason": "autre numéro"}
    done = await http.post(f"{page}/actes/annuler", data=fields, follow_redirects=True)
    assert "Le réassort est annulé." in done.text
    assert re.search(r"Octave Petit \(o\.petit\) – autre numéro", re.sub(r"\s+", " ", done.text))
    assert (await http.post(f"{page}/actes/annuler", data=fields)).status_code == 409
    unlocked = await http.post(f"{page}/actes/debloquer-la-connexion", data=fields)
    assert "La connexion est débloquée. Essais oubliés\u00a0: 0." in unlocked.text
    unlocks = fast_operator.roll("SELECT actor, detail FROM journal WHERE event = 'operator:sign_in:unlocked'")
    assert ("Octave Petit (o.petit)", "autre numéro") in unlocks


async def test_a_message_that_one_gateway_refuses_leaves_by_the_other(
    fast_demo: Demo, fast_people: DemoPeople, browse: Browse
) -> None:
    """The operator names it, and the voter has the link."""
    fast_demo.gateways(sms="refuse")
    (voter,) = [await fast_people.signed_in(JEAN_BAPTISTE)]
    await voter.ask()
    reference = (await voter.wait_for_stage("Held"))["reference"]
    http = await _operator(fast_demo, browse)
    page = (await http.get(_SEARCH, params={"reference": reference})).headers["location"]
    confirmation = (await http.get(f"{page}/actes/autre-passerelle")).text
    tried = (await http.get(page)).text
    names = re.findall(r'<option value="([^"]+)"', confirmation)
    (other,) = [each for each in names if f"{each} –" not in tried]
    fields = {"csrf": csrf_of(confirmation), "gateway": other}
    done = await http.post(f"{page}/actes/autre-passerelle", data=fields, follow_redirects=True)
    assert "L’envoi est relancé par une autre passerelle." in done.text
    assert (await voter.page(await voter.received_link())).status_code == 200


async def test_a_link_lives_longer_by_an_operator_s_order(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator, browse: Browse
) -> None:
    """The recovery notes the link's new end, its page says so, and the journal has the session's name as a signed one."""
    fast_demo.gateways(sms="ok")
    voter = await fast_people.signed_in(CAMILLE)
    await voter.ask()
    reference = (await voter.wait_for_stage("Sent"))["reference"]  # the link lives for ten minutes from now on
    http = await _operator(fast_demo, browse)
    page, given_at = (await http.get(_SEARCH, params={"reference": reference})).headers["location"], utc_now()
    fields = {
        "csrf": csrf_of((await http.get(f"{page}/actes/prolonger")).text),
        "hours": 1,
        "reason": "mobile en panne",
    }
    done = await http.post(f"{page}/actes/prolonger", data=fields, follow_redirects=True)
    assert "Le lien est prolongé." in done.text
    assert "Octave Petit (o.petit) – mobile en panne" in re.sub(r"\s+", " ", done.text)
    recovery = fast_operator.recovery_of(voter)
    [(dies_at,)] = fast_operator.roll("SELECT dies_at FROM progress WHERE workflow_id = %s", recovery.id)
    assert timedelta(minutes=59) < dies_at - given_at < timedelta(minutes=61)
    query = (
        "SELECT actor, outcome, detail FROM journal WHERE event = 'operator:link:extended' AND workflow_id = %s"
    )
    [(actor, until_when, detail)] = fast_operator.roll(query, recovery.id)
    assert (actor, datetime.fromisoformat(until_when), detail) == (
        "Octave Petit (o.petit)",
        dies_at,
        "mobile en panne",
    )
    assert (await voter.page(await voter.received_link())).status_code == 200


async def test_requests_for_an_identifier_are_given_back(
    fast_demo: Demo, fast_people: DemoPeople, fast_operator: Operator, browse: Browse
) -> None:
    """From the page of one of them; the page says how many, none is counted any more, and the journal has who ordered it."""
    fast_demo.gateways(sms="ok")
    voter = await fast_people.signed_in(SYLVIE)
    await voter.ignore_earlier_messages()
    await request_identifier(voter)
    reference = (await voter.wait_for_stage("Reissued"))["reference"]
    voter.seen.update(await received_identifiers(voter, voter.since))
    counted = _counted(fast_operator, voter)
    assert counted >= 1
    http = await _operator(fast_demo, browse)
    page = (await http.get(_SEARCH, params={"reference": reference})).headers["location"]
    confirmation = await http.get(f"{page}/actes/rendre-une-demande")
    assert "À ne faire que si elle dit ne pas les avoir faites" in confirmation.text
    fields = {"csrf": csrf_of(confirmation.text), "reason": "SMS jamais reçus"}
    done = await http.post(f"{page}/actes/rendre-une-demande", data=fields)
    assert f"Demandes d’identifiant rendues\u00a0: {counted}." in done.text
    assert _counted(fast_operator, voter) == 0
    query = "SELECT actor, outcome, detail FROM journal WHERE event = 'operator:requests:given_back'"
    assert ("Octave Petit (o.petit)", f"{counted} requests", "SMS jamais reçus") in fast_operator.roll(query)


def _counted(operator: Operator, voter: JourneyVoter) -> int:
    """Return how many requests for an identifier are counted for a voter."""
    query = """SELECT count(*) FROM generated_identifiers JOIN electors ON electors.id = elector_id
        WHERE work_email = %s AND counted"""
    [(number,)] = operator.roll(query, voter.person["work_email"])
    return int(number)
