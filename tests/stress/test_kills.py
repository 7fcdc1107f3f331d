"""`kill -9` of each process at each stage: no recovery is lost, doubled or given more time."""

import asyncio
import re
from datetime import datetime

import pytest

from demo.client.running import Demo
from demo.client.voter import shown_code
from tests.stress.kill_cases import CASES, RecoveryCase, code_page
from tests.stress.stress_voter import StressVoter
from tests.support.waiting import until

PROCESSES = ("worker", "web", "temporal", "fake_services")
# Each test has other people, so that no limit applies to two tests.
EACH = [pytest.param(process, number, id=process) for number, process in enumerate(PROCESSES)]


async def newest_id(voter: StressVoter) -> int:
    """Return the id of the newest message in the demo."""
    received = (await voter.http.get("/demo/messages.json")).json()
    return max((message["id"] for message in received), default=0)


async def request_all(demo: Demo, voters: list[StressVoter]) -> tuple[int, list[int]]:
    """Send each recovery's request; return the id of the newest message and the numbers of completed recoveries before."""
    since = await newest_id(voters[0])
    before = [case.successes(demo, voter) for case, voter in zip(CASES, voters, strict=True)]
    for case, voter in zip(CASES, voters, strict=True):
        assert (await case.request(voter)).status_code == 303, case.name
    return since, before


async def the_received(case: RecoveryCase, voter: StressVoter, since: int) -> str:
    """Return the one link, or identifier, that has arrived; wait for it."""
    [received] = await until(lambda: case.received(voter, since), within=60)
    return received


async def complete_all(demo: Demo, voters: list[StressVoter], since: int, before: list[int]) -> None:
    """Complete each recovery; assert that it is recorded once and that no second link or identifier arrived."""
    for case, voter in zip(CASES, voters, strict=True):
        await case.use(voter, await the_received(case, voter, since))
        assert len(await case.received(voter, since)) == 1, case.name
    after = [case.successes(demo, voter) for case, voter in zip(CASES, voters, strict=True)]
    assert after == [count + 1 for count in before]


@pytest.mark.parametrize(("process", "voters"), EACH, indirect=["voters"])
async def test_a_kill_while_sends_are_retried_loses_no_request(
    stress_demo: Demo, voters: list[StressVoter], process: str
) -> None:
    """Requests are accepted while the gateways are down; after a kill their messages arrive, and work."""
    stress_demo.gateways(sms="down", email="down")
    since, before = await request_all(stress_demo, voters)
    stress_demo.kill(process)
    await voters[0].wait_for(stress_demo)
    stress_demo.gateways(sms="ok", email="ok")
    await complete_all(stress_demo, voters, since, before)


@pytest.mark.parametrize(("process", "voters"), EACH, indirect=["voters"])
async def test_a_kill_after_messages_have_arrived_does_not_void_them(
    stress_demo: Demo, voters: list[StressVoter], process: str
) -> None:
    """A link, or a new identifier, that arrived before a kill works after it, exactly once."""
    since, before = await request_all(stress_demo, voters)
    await asyncio.gather(*(the_received(case, voter, since) for case, voter in zip(CASES, voters, strict=True)))
    stress_demo.kill(process)
    await voters[0].wait_for(stress_demo)
    await complete_all(stress_demo, voters, since, before)


@pytest.mark.parametrize(("process", "voter"), EACH, indirect=["voter"])
async def test_a_kill_in_the_display_window_does_not_change_the_code_or_its_end(
    stress_demo: Demo, voter: StressVoter, process: str
) -> None:
    """The page shows the same code for the rest of the 120 seconds."""
    await voter.sign_in()
    since = await newest_id(voter)
    await voter.ask()
    link = await voter.link(since)
    page = (await voter.press(link)).text
    code, left = shown_code(page), remaining(page)
    stress_demo.kill(process)
    await voter.wait_for(stress_demo)
    again = await code_page(voter, link)
    assert shown_code(again) == code
    assert remaining(again) <= left
    assert (await voter.vote(str(code))).status_code == 303


def remaining(page: str) -> int:
    """Return the remaining seconds on a page with a code."""
    found = re.search(r'data-remaining="(\d+)"', page)
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("voter", [5], indirect=True)
async def test_the_follow_up_shows_the_stage_again_after_a_kill_of_the_worker(
    stress_demo: Demo, voter: StressVoter
) -> None:
    """The stage is that of the recovery once the worker has been restarted."""
    await voter.sign_in()
    stress_demo.gateways(sms="down")
    await voter.ask()
    assert await voter.stage() == "Sending"
    stress_demo.kill("worker")
    await voter.wait_for(stress_demo)
    stress_demo.gateways(sms="ok")

    async def sent() -> bool:
        return await voter.active_stage() == "Sent"

    assert await until(sent, within=60)


@pytest.mark.parametrize("voters", [4], indirect=True)
async def test_recoveries_continue_after_all_processes_were_killed(
    stress_demo: Demo, voters: list[StressVoter]
) -> None:
    """All four processes are killed at once while sends are retried: each message arrives once."""
    stress_demo.gateways(sms="down", email="down")
    since, before = await request_all(stress_demo, voters)
    for process in PROCESSES:
        stress_demo.kill(process)
    await voters[0].wait_for(stress_demo)
    stress_demo.gateways(sms="ok", email="ok")
    await complete_all(stress_demo, voters, since, before)
    received = [message for voter in voters[:2] for message in await voter.messages(since)]
    assert len([message for message in received if message["channel"] == "sms"]) == 2
    assert all(datetime.fromisoformat(message["at"]).tzinfo for message in received)
