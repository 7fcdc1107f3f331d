"""The follow-up page updates by events or by its button, and has the same content as its JSON."""

import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from demo.client.voter import DESTINATION, hidden_fields
from tests.journeys.demo_people import DemoPeople
from tests.journeys.journey_voter import FOLLOW, JourneyVoter, main_text, plain
from tests.support.waiting import until

ELODIE, SYLVIE = 1, 7


async def test_events_have_each_stage_until_the_end(fast_people: DemoPeople) -> None:
    """The stream sends the stage at once and at each change, and ends with the recovery."""
    voter = await fast_people.signed_in(SYLVIE)
    await voter.ask()
    link = await voter.received_link()
    await voter.wait_for_stage("Sent")
    stages = []
    async for event in _events(voter):
        stages.append(event["stage"])
        assert plain(event["announce"]) in plain(event["fragment"])
        assert "<html" not in event["fragment"]
        if stages == ["Sent"]:
            await voter.press(link)
            await voter.note(link)
    assert stages[0] == "Sent"
    assert stages[-1] == "Reissued"


async def test_the_page_and_its_json_agree(people: DemoPeople) -> None:
    """Title, sentences and steps of the page are those of the JSON; « Actualiser » loads it again without scripts."""
    voter = await people.signed_in(ELODIE)
    await voter.ask()
    await voter.received_link()
    known = await until(lambda: _after_the_receipt(voter))
    page = await voter.loaded(FOLLOW)
    for sentence in (known["title"], *known["sentences"], *(step["label"] for step in known["steps"])):
        assert plain(sentence) in main_text(page)
    assert f'href="{FOLLOW}"' in page.text
    assert f'href="{DESTINATION}"' in page.text  # this browser keeps the proofs
    for other in ("/portail", "/reassort/code-de-vote"):
        await until(partial(_links_to_follow_up, voter, other))


async def _after_the_receipt(voter: JourneyVoter) -> dict[str, Any] | None:
    """Return the status if the SMS has its receipt, after which it does not change by itself."""
    known = await voter.follow()
    return known if known["title"] == "Votre SMS est arrivé" else None


async def _links_to_follow_up(voter: JourneyVoter, path: str) -> bool:
    """Return whether another page links to the follow-up; it does not if reading the recovery took too long."""
    return f'href="{FOLLOW}"' in (await voter.page(path)).text


async def test_without_a_request_the_page_says_how_to_begin(fast_people: DemoPeople) -> None:
    """An elector without a request is led to the choice of proofs, and cannot have a link sent again."""
    voter = await fast_people.signed_in(ELODIE)  # no test before has a recovery of hers in this demo
    assert await voter.follow() == {"stage": None}
    page = await voter.loaded(FOLLOW)
    assert "Aucune demande n’est en cours." in main_text(page)
    assert 'href="/reassort/code-de-vote"' in page.text
    assert f'href="{FOLLOW}"' not in (await voter.page("/portail")).text
    answer = await voter.http.post(f"{FOLLOW}/renvoyer", data=hidden_fields((await voter.page("/portail")).text))
    assert answer.status_code == 409


async def _events(voter: JourneyVoter) -> AsyncIterator[dict[str, Any]]:
    async with voter.http.stream("GET", f"{FOLLOW}/evenements") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                yield json.loads(line.removeprefix("data:"))
