"""Resident memory of each process, with no open recovery and with many."""

import asyncio
from datetime import timedelta

from pydantic import SecretStr
from temporalio.client import Client

from activities.config.settings import key_bytes
from benchmarks.base import storage
from benchmarks.base.bench import Bench, Testbed
from benchmarks.base.tables import Table
from demo.client import demo_internals
from demo.client.browsers import Job, run_concurrently
from demo.client.voter import Person
from election.stages import Channel
from election.verdicts import Verdict
from web.clients.challenge_request import ChallengeRequest
from web.clients.voting_code import VotingCodeClient

_MEGA = 1_000_000
_WIDTH = 4
_OPEN = "ExecutionStatus = 'Running' AND RecoveryStage = 'Sent'"
_SETTLING_TIME = timedelta(seconds=2)


async def measure(bench: Bench) -> list[Table]:
    """Open recoveries in three batches, and read the memory before the first and after each."""
    number = bench.size(12, 500, 10_000)
    async with bench.testbed() as testbed:
        people = await testbed.people(number)
        batches = [people[: number // 10], people[number // 10 : number // 2], people[number // 2 :]]
        measured = [await _settled_memory(testbed)]
        for batch in batches:
            bench.progress(f"opening {len(batch)} recoveries")
            await _open(testbed, batch)
            measured.append(await _settled_memory(testbed))
    opened = [0, number // 10, number // 2, number]
    columns = ("process", *(f"MB with {count:,} open" for count in opened), "kB per recovery")
    table = Table("Memory of each process, by recoveries open at once", columns)
    for name in storage.PROCESSES:
        sizes = [each[name] for each in measured]
        slope = (sizes[-1] - sizes[1]) / (opened[-1] - opened[1]) / 1000
        table.add(name, *(size / _MEGA for size in sizes), slope)
    table.notes.append("The slope leaves out the first tenth, which fills pools and caches.")
    return [table]


async def _open(testbed: Testbed, people: list[Person]) -> None:
    """Submit requests as the web does, and return when every link has been sent."""
    demo = testbed.demo
    client, services = await demo_internals.connect_temporal(demo), demo_internals.build_roll_services(demo)
    form_key = key_bytes(SecretStr(demo_internals.read_keys(demo)["REASSORT_FORM_KEY"]))
    recoveries = VotingCodeClient(
        client, demo_internals.load_election(demo), services.vault, services.attempts, services.links, form_key
    )
    before = (await client.count_workflows(_OPEN)).count
    electors = zip(demo_internals.elector_ids(demo, people), people, strict=True)
    await run_concurrently([_submission(recoveries, *each) for each in electors], _WIDTH)
    await _wait_until_sent(client, before + len(people))
    await services.database.close()


def _submission(recoveries: VotingCodeClient, elector_id: str, person: Person) -> Job:
    # By e-mail: its link is valid for a day, so none expires while other recoveries are opened.
    mailbox = person["personal_email"]
    request = ChallengeRequest(
        elector_id, person["secret_answer"], person["numen"], Channel.EMAIL, mailbox, "p•••@exemple.org"
    )

    async def run() -> None:
        answer = await recoveries.submit(elector_id, request)
        assert answer.verdict is Verdict.ACCEPTED, answer

    return run


async def _wait_until_sent(client: Client, number: int) -> None:
    while (await client.count_workflows(_OPEN)).count < number:  # noqa: ASYNC110 - it is the server's count that changes
        await asyncio.sleep(0.2)


async def _settled_memory(testbed: Testbed) -> dict[str, int]:
    await asyncio.sleep(_SETTLING_TIME.total_seconds())
    return storage.resident_memory(testbed.demo)
