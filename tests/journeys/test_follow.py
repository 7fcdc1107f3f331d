"""Following a request: the page moves on by itself, or by its own button, and says the same as its JSON."""

import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from demo.client.voter import hidden_fields
from tests.journeys.demo_people import DemoPeople
from tests.journeys.journey_voter import FOLLOW, FORM, JourneyVoter, main_text, plain
from tests.support.waiting import until

ELODIE, SYLVIE = 1, 7
# Asks for nothing, in this demo, in any test.
INES = 3


async def test_events_tell_each_change_until_the_end(fast_people: DemoPeople) -> None:
    """The stream tells the stage at once and at each change, in words, and ends with the recovery."""
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


async def test_the_page_and_its_json_say_the_same(people: DemoPeople) -> None:
    """Without scripts « Actualiser » loads the page anew: the title, the sentences and the steps are those of the JSON."""
    voter = await people.signed_in(ELODIE)
    await voter.ask()
    await voter.received_link()
    known = await until(lambda: _once_it_is_told(voter))
    page = await voter.loaded(FOLLOW)
    for sentence in (known["title"], *known["sentences"], *(step["label"] for step in known["steps"])):
        assert plain(sentence) in main_text(page)
    assert f'href="{FOLLOW}"' in page.text
    assert f'href="{FORM}"' in page.text
    for other in ("/portail", "/reassort/code-de-vote"):
        await until(partial(_reminds, voter, other))


async def _once_it_is_told(voter: JourneyVoter) -> dict[str, Any] | None:
    """Return what is said when nothing more will come of itself: the SMS has its receipt."""
    known = await voter.follow()
    return known if known["title"] == "Votre SMS est arrivé" else None


async def _reminds(voter: JourneyVoter, path: str) -> bool:
    """Say whether another page leads to the follow-up; one that had to wait for it is shown without."""
    return f'href="{FOLLOW}"' in (await voter.page(path)).text


async def test_without_a_request_the_page_says_how_to_begin(fast_people: DemoPeople) -> None:
    """Whoever never asked is led to the choice, and has nothing to be sent again."""
    voter = await fast_people.signed_in(INES)
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
