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
CODE, IDENTIFIER, PASSWORD = range(len(CASES))
# The recoveries whose message has arrived when a process is killed, and those whose send is retried. The worker, which runs
# them, meets each at both stages; the other processes meet each stage, and together each recovery.
MET = {
    "worker": ((CODE, IDENTIFIER, PASSWORD), (CODE, IDENTIFIER, PASSWORD)),
    "web": ((IDENTIFIER,), (CODE,)),
    "temporal": ((PASSWORD,), (CODE, IDENTIFIER)),
    "fake_services": ((CODE,), (CODE, PASSWORD)),
}
Recoveries = list[tuple[RecoveryCase, StressVoter]]


def _people(first: int, process: str) -> list[int]:
    """The reader and who has each recovery: each process has others for the same recovery, so that no limit applies to two tests."""
    arrived, retried = MET[process]
    return [first + 1, *(first + 3 * case for case in arrived), *(first + 4 + 3 * case for case in retried)]


EACH = pytest.mark.parametrize(
    ("process", "voters"),
    [pytest.param(process, _people(first, process), id=process) for first, process in enumerate(PROCESSES)],
    indirect=["voters"],
)


async def newest_id(voter: StressVoter) -> int:
    """Return the id of the newest message in the demo."""
    received = (await voter.http.get("/demo/messages.json")).json()
    return max((message["id"] for message in received), default=0)


async def request_all(demo: Demo, recoveries: Recoveries) -> tuple[int, list[int]]:
    """Send each recovery's request; return the id of the newest message and the numbers of completed recoveries before."""
    since = await newest_id(recoveries[0][1])
    before = [case.successes(demo, voter) for case, voter in recoveries]
    for case, voter in recoveries:
        assert (await case.request(voter)).status_code == 303, case.name
    return since, before


async def the_received(case: RecoveryCase, voter: StressVoter, since: int) -> str:
    """Return the one link, or identifier, that has arrived; wait for it."""
    [received] = await until(lambda: case.received(voter, since), within=60)
    return received


async def complete_all(demo: Demo, recoveries: Recoveries, since: int, before: list[int]) -> None:
    """Complete each recovery; assert that it is recorded once and that no second link or identifier arrived."""
    for case, voter in recoveries:
        await case.use(voter, await the_received(case, voter, since))
        assert len(await case.received(voter, since)) == 1, case.name
    after = [case.successes(demo, voter) for case, voter in recoveries]
    assert after == [count + 1 for count in before]


@EACH
async def test_a_kill_loses_nothing_that_is_under_way(
    stress_demo: Demo, voters: list[StressVoter], process: str
) -> None:
    """Messages that have arrived, a code on the screen, and sends that are retried since the gateways are down.

    What has arrived works after the kill, exactly once; the page shows the same code for the rest of its 120 seconds;
    the retried sends arrive once the gateways are back.
    """
    reader, *others = voters
    cases = [[CASES[number] for number in numbers] for numbers in MET[process]]
    arrived = list(zip(cases[0], others, strict=False))
    retried = list(zip(cases[1], others[len(arrived) :], strict=True))
    since, before = await request_all(stress_demo, arrived)
    await asyncio.gather(*(the_received(case, voter, since) for case, voter in arrived))
    link, shown = await _displayed(reader)
    stress_demo.gateways(sms="down", email="down")
    later, earlier = await request_all(stress_demo, retried)
    [(_, sender), *_] = retried
    assert await sender.stage() == "Sending"
    stress_demo.kill(process)
    await reader.wait_for(stress_demo)
    again = await code_page(reader, link)
    assert shown_code(again) == shown_code(shown)
    assert remaining(again) <= remaining(shown)
    assert (await reader.vote(str(shown_code(again)))).status_code == 303
    stress_demo.gateways(sms="ok", email="ok")
    await complete_all(stress_demo, arrived, since, before)
    await until(lambda: _is_sent(sender), within=60)
    await complete_all(stress_demo, retried, later, earlier)


async def _displayed(voter: StressVoter) -> tuple[str, str]:
    """Recover a code, and return the link and the page that shows it."""
    await voter.sign_in()
    since = await newest_id(voter)
    await voter.ask()
    link = await voter.link(since)
    return link, (await voter.press(link)).text


async def _is_sent(voter: StressVoter) -> bool:
    return await voter.active_stage() == "Sent"


def remaining(page: str) -> int:
    """Return the remaining seconds on a page with a code."""
    found = re.search(r'data-remaining="(\d+)"', page)
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("voters", [(4, 7, 10)], indirect=True)
async def test_recoveries_continue_after_all_processes_were_killed(
    stress_demo: Demo, voters: list[StressVoter]
) -> None:
    """All four processes are killed at once while sends are retried: each message arrives once."""
    stress_demo.gateways(sms="down", email="down")
    retried = list(zip(CASES, voters, strict=True))
    since, before = await request_all(stress_demo, retried)
    for process in PROCESSES:
        stress_demo.kill(process)
    await voters[0].wait_for(stress_demo)
    stress_demo.gateways(sms="ok", email="ok")
    await complete_all(stress_demo, retried, since, before)
    received = [message for voter in voters[:2] for message in await voter.messages(since)]
    assert len([message for message in received if message["channel"] == "sms"]) == 2
    assert all(datetime.fromisoformat(message["at"]).tzinfo for message in received)
