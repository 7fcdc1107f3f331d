"""`kill -9` of each process at each stage: nothing lost, nothing doubled, nothing lengthened."""

import re
from datetime import datetime

import pytest
from httpx2 import Response, TransportError

from benchmarks.voter import shown_code
from tests.running import Demo
from tests.stress.conftest import Survivor
from tests.waiting import until

VICTIMS = ("worker", "web", "temporal", "world")
# Each test has a person of its own, so that none waits for another's limits.
EACH = [pytest.param(victim, number, id=victim) for number, victim in enumerate(VICTIMS)]


async def newest_id(voter: Survivor) -> int:
    """Return the id of the last message that anyone has received."""
    received = (await voter.http.get("/demo/messages.json")).json()
    return max((message["id"] for message in received), default=0)


async def code_of(voter: Survivor, link: str) -> str:
    """Return the code that the browser which pressed the button is shown, now or when loaded again."""
    return str(shown_code(await code_page(voter, link)))


async def code_page(voter: Survivor, link: str) -> str:
    """Return the page with the code, once the door and the recoveries answer again."""

    async def loaded() -> str | None:
        try:
            page = (await voter.page(link)).text
        except TransportError:
            return None
        return page if shown_code(page) else None

    return str(await until(loaded, within=40))


async def links_received(voter: Survivor, since: int) -> set[str]:
    """Return every link that this person has received since."""
    texts = [message["text"] for message in await voter.messages(since)]
    return {link for text in texts for link in re.findall(r"/lien/[0-9a-z]+", text)}


@pytest.mark.parametrize(("victim", "survivor"), EACH, indirect=["survivor"])
async def test_a_kill_while_the_sms_is_being_tried_loses_no_request(
    battered: Demo, survivor: Survivor, victim: str
) -> None:
    """The request is taken, the gateway is down, a process dies: the link arrives all the same, and works."""
    await survivor.sign_in()
    since = await newest_id(survivor)
    battered.gateways(sms="down")
    assert (await survivor.ask()).status_code == 303
    battered.kill(victim)
    await survivor.persist(battered)
    battered.gateways(sms="ok")
    link = await survivor.link(since, within=60)
    assert len(await links_received(survivor, since)) == 1
    assert shown_code((await survivor.press(link)).text)


@pytest.mark.parametrize(("victim", "survivor"), EACH, indirect=["survivor"])
async def test_a_kill_after_the_link_has_arrived_leaves_it_working(
    battered: Demo, survivor: Survivor, victim: str
) -> None:
    """A link that waits to be opened works after any process has died, once, and only once."""
    await survivor.sign_in()
    since = await newest_id(survivor)
    await survivor.ask()
    link = await survivor.link(since)
    battered.kill(victim)
    await survivor.persist(battered)
    code = await code_after_pressing(survivor, link)
    answer = await survivor.vote(code)
    assert answer.status_code == 303
    assert len(await links_received(survivor, since)) == 1


async def code_after_pressing(voter: Survivor, link: str) -> str:
    """Press the button until the door answers; a code whose page was lost is shown on the next load."""

    async def pressed() -> Response | None:
        try:
            answer = await voter.press(link)
        except TransportError:
            return None
        return answer if answer.status_code in {200, 410} else None

    await until(pressed, within=40)
    return await code_of(voter, link)


@pytest.mark.parametrize(("victim", "survivor"), EACH, indirect=["survivor"])
async def test_a_kill_inside_the_window_neither_lengthens_it_nor_changes_the_code(
    battered: Demo, survivor: Survivor, victim: str
) -> None:
    """The code that is on screen is still the one, for what is left of the 120 seconds."""
    await survivor.sign_in()
    since = await newest_id(survivor)
    await survivor.ask()
    link = await survivor.link(since)
    page = (await survivor.press(link)).text
    code, left = shown_code(page), remaining(page)
    battered.kill(victim)
    await survivor.persist(battered)
    again = await code_page(survivor, link)
    assert shown_code(again) == code
    assert remaining(again) <= left
    assert (await survivor.vote(str(code))).status_code == 303


def remaining(page: str) -> int:
    """Return how many seconds a code's page says are left."""
    found = re.search(r'data-remaining="(\d+)"', page)
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("survivor", [5], indirect=True)
async def test_the_followers_page_recovers_by_itself(battered: Demo, survivor: Survivor) -> None:
    """While the worker is dead the follow-up says so, and tells the stage again once it is back."""
    await survivor.sign_in()
    battered.gateways(sms="down")
    await survivor.ask()
    assert await survivor.stage() == "Sending"
    battered.kill("worker")
    await survivor.persist(battered)
    battered.gateways(sms="ok")

    async def sent() -> bool:
        return await survivor.active_stage() == "Sent"

    assert await until(sent, within=60)


@pytest.mark.parametrize("survivor", [6], indirect=True)
async def test_everything_killed_at_once_goes_on_from_where_it_was(battered: Demo, survivor: Survivor) -> None:
    """All four processes die in the same instant while an SMS is being tried: it arrives, once."""
    await survivor.sign_in()
    since = await newest_id(survivor)
    battered.gateways(sms="down")
    await survivor.ask()
    for victim in VICTIMS:
        battered.kill(victim)
    await survivor.persist(battered)
    battered.gateways(sms="ok")
    link = await survivor.link(since, within=60)
    assert shown_code((await survivor.press(link)).text)
    received = await survivor.messages(since)
    assert len([message for message in received if message["channel"] == "sms"]) == 1
    assert all(datetime.fromisoformat(message["at"]).tzinfo for message in received)
