"""The memory of each process, with no recovery open and with many."""

import asyncio
from datetime import timedelta

from pydantic import SecretStr
from temporalio.client import Client

from activities.config.settings import key_bytes
from benchmarks.base import storage
from benchmarks.base.bench import Bench, Ground
from benchmarks.base.tables import Table
from demo.client import demo_internals
from demo.client.browsers import Job, at_once
from demo.client.voter import Person
from election.stages import Channel
from election.verdicts import Verdict
from web.clients.challenge_request import ChallengeRequest
from web.clients.voting_code import VotingCodeClient

_MEGA = 1_000_000
_WIDTH = 4
_OPEN = "ExecutionStatus = 'Running' AND RecoveryStage = 'Sent'"
_SETTLED = timedelta(seconds=2)


async def measure(bench: Bench) -> list[Table]:
    """Open recoveries in three lots, and look at the memory before and after each."""
    number = bench.size(12, 500, 10_000)
    async with bench.ground() as ground:
        people = await ground.people(number)
        lots = [people[: number // 10], people[number // 10 : number // 2], people[number // 2 :]]
        seen = [await _at_rest(ground)]
        for lot in lots:
            bench.say(f"opening {len(lot)} recoveries")
            await _open(ground, lot)
            seen.append(await _at_rest(ground))
    opened = [0, number // 10, number // 2, number]
    columns = ("process", *(f"MB with {count:,} open" for count in opened), "kB per recovery")
    table = Table("Memory of each process, by recoveries open at once", columns)
    for name in storage.PROCESSES:
        sizes = [each[name] for each in seen]
        slope = (sizes[-1] - sizes[1]) / (opened[-1] - opened[1]) / 1000
        table.add(name, *(size / _MEGA for size in sizes), slope)
    table.notes.append("The slope is that of the last nine tenths: the first ones fill pools and caches.")
    return [table]


async def _open(ground: Ground, people: list[Person]) -> None:
    """Hand requests to the recoveries as the web does, and return once every link has been sent."""
    demo = ground.demo
    client, side = await demo_internals.temporal(demo), demo_internals.build_roll_services(demo)
    form_key = key_bytes(SecretStr(demo_internals.keys(demo)["REASSORT_FORM_KEY"]))
    recoveries = VotingCodeClient(
        client, demo_internals.election(demo), side.vault, side.attempts, side.links, form_key
    )
    before = (await client.count_workflows(_OPEN)).count
    electors = zip(demo_internals.elector_ids(demo, people), people, strict=True)
    await at_once([_submission(recoveries, *elector) for elector in electors], _WIDTH)
    await _sent(client, before + len(people))
    await side.database.close()


def _submission(recoveries: VotingCodeClient, elector: str, person: Person) -> Job:
    # By e-mail: its link lives for a day, so that none expires while the others are opened.
    mailbox = person["personal_email"]
    wanted = ChallengeRequest(
        elector, person["secret_answer"], person["numen"], Channel.EMAIL, mailbox, "p•••@exemple.org"
    )

    async def run() -> None:
        answer = await recoveries.submit(elector, wanted)
        assert answer.verdict is Verdict.TAKEN, answer

    return run


async def _sent(client: Client, number: int) -> None:
    while (await client.count_workflows(_OPEN)).count < number:  # noqa: ASYNC110 - the server sets no Event of ours
        await asyncio.sleep(0.2)


async def _at_rest(ground: Ground) -> dict[str, int]:
    await asyncio.sleep(_SETTLED.total_seconds())
    return storage.resident(ground.demo)
