"""`kill -9` of each process at each stage: nothing lost, nothing doubled, nothing lengthened."""

import asyncio
import re
from datetime import datetime

import pytest

from demo.client.running import Demo
from demo.client.voter import shown_code
from tests.stress.kill_cases import KINDS, Kind, code_page
from tests.stress.persistent_voter import Survivor
from tests.support.waiting import until

VICTIMS = ("worker", "web", "temporal", "world")
# Each test has people of its own, so that none waits for another's limits.
EACH = [pytest.param(victim, number, id=victim) for number, victim in enumerate(VICTIMS)]


async def newest_id(voter: Survivor) -> int:
    """Return the id of the last message that anyone has received."""
    received = (await voter.http.get("/demo/messages.json")).json()
    return max((message["id"] for message in received), default=0)


async def ask_all(demo: Demo, survivors: list[Survivor]) -> tuple[int, list[int]]:
    """Have each kind's request made; return the newest message before, and how often each had succeeded."""
    since = await newest_id(survivors[0])
    before = [kind.successes(demo, voter) for kind, voter in zip(KINDS, survivors, strict=True)]
    for kind, voter in zip(KINDS, survivors, strict=True):
        assert (await kind.ask(voter)).status_code == 303, kind.name
    return since, before


async def has_arrived(kind: Kind, voter: Survivor, since: int) -> str:
    """Return the one thing that this kind's messages have brought, once it is there."""
    [arrived] = await until(lambda: kind.arrived(voter, since), within=60)
    return arrived


async def all_recover(demo: Demo, survivors: list[Survivor], since: int, before: list[int]) -> None:
    """Let everybody recover with what arrived: each once, and with no second link or identifier."""
    for kind, voter in zip(KINDS, survivors, strict=True):
        await kind.use(voter, await has_arrived(kind, voter, since))
        assert len(await kind.arrived(voter, since)) == 1, kind.name
    after = [kind.successes(demo, voter) for kind, voter in zip(KINDS, survivors, strict=True)]
    assert after == [count + 1 for count in before]


@pytest.mark.parametrize(("victim", "survivors"), EACH, indirect=["survivors"])
async def test_a_kill_while_messages_are_being_tried_loses_no_request(
    battered: Demo, survivors: list[Survivor], victim: str
) -> None:
    """Requests are taken, the gateways are down, a process dies: what was asked for arrives all the same, and works."""
    battered.gateways(sms="down", email="down")
    since, before = await ask_all(battered, survivors)
    battered.kill(victim)
    await survivors[0].persist(battered)
    battered.gateways(sms="ok", email="ok")
    await all_recover(battered, survivors, since, before)


@pytest.mark.parametrize(("victim", "survivors"), EACH, indirect=["survivors"])
async def test_a_kill_after_messages_have_arrived_leaves_them_working(
    battered: Demo, survivors: list[Survivor], victim: str
) -> None:
    """A link, or a new identifier, that has arrived works after any process has died, once, and only once."""
    since, before = await ask_all(battered, survivors)
    await asyncio.gather(*(has_arrived(kind, voter, since) for kind, voter in zip(KINDS, survivors, strict=True)))
    battered.kill(victim)
    await survivors[0].persist(battered)
    await all_recover(battered, survivors, since, before)


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


@pytest.mark.parametrize("survivors", [4], indirect=True)
async def test_everything_killed_at_once_goes_on_from_where_it_was(
    battered: Demo, survivors: list[Survivor]
) -> None:
    """All four processes die in the same instant while messages are being tried: they arrive, once."""
    battered.gateways(sms="down", email="down")
    since, before = await ask_all(battered, survivors)
    for victim in VICTIMS:
        battered.kill(victim)
    await survivors[0].persist(battered)
    battered.gateways(sms="ok", email="ok")
    await all_recover(battered, survivors, since, before)
    received = [message for voter in survivors[:2] for message in await voter.messages(since)]
    assert len([message for message in received if message["channel"] == "sms"]) == 2
    assert all(datetime.fromisoformat(message["at"]).tzinfo for message in received)
