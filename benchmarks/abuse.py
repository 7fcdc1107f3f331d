"""Many wrong proofs: what is let through, what it costs, and what the elector can still do."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import httpx2

from benchmarks import backstage, storage
from benchmarks.arrivals import Arrivals
from benchmarks.bench import Bench, Ground
from benchmarks.browsers import Job, at_once, signed_in
from benchmarks.journeys import BY_SMS
from benchmarks.storage import PROCESSES, Cost
from benchmarks.tables import Table
from benchmarks.two_doors import wrong_proof
from benchmarks.voter import Person, Voter

_FORM = "/reassort/code-de-vote/question-defi"
_WIDTH = 10
_SETTLES = 0.7  # seconds: what has just ended is listed by then
_THROUGH, _REFUSED = httpx2.codes.UNPROCESSABLE_ENTITY, httpx2.codes.TOO_MANY_REQUESTS


@dataclass(frozen=True)
class Attack:
    """Who is attacked, from how many addresses; `waiting` when the victim's own right request waits meanwhile."""

    name: str
    victims: int
    addresses: int = 1
    waiting: bool = False


@dataclass
class Outcome:
    """What an attack met, what it cost, and what its first victim could do afterwards."""

    attack: Attack
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    cost: Cost = field(default_factory=lambda: Cost({}, {}))
    events: int = 0
    vote: int = 0
    recovery: int = 0

    @property
    def tries(self) -> int:
        """How many wrong proofs were sent."""
        return self.statuses.total()


async def measure(bench: Bench) -> list[Table]:
    """Make each attack, then let its first victim vote with the old code, wait, and recover."""
    number, many = bench.size(20, 500, 10_000), bench.size(3, 50)
    wait = timedelta(seconds=bench.size(3, 20, 60))
    attacks = (
        Attack("one elector", 1),
        Attack("one elector, many addresses", 1, number),
        Attack(f"{many} electors", many),
        Attack(f"{many} electors, many addresses", many, number),
        Attack("one elector, whose own link waits", 1, waiting=True),
    )
    outcomes = []
    async with bench.ground(wait=wait) as ground:
        for attack in attacks:
            bench.say(f"{number} wrong proofs: {attack.name}")
            outcomes.append(await _made(ground, attack, number))
        free = backstage.election(ground.demo).attempts.free
    return [_gates(outcomes, free, wait), _costs(outcomes)]


async def _made(ground: Ground, attack: Attack, number: int) -> Outcome:
    demo, people, outcome = ground.demo, await ground.people(attack.victims), Outcome(attack)
    async with signed_in(demo.url, people) as voters, Arrivals.under(demo.state) as arrivals:
        if attack.waiting:
            await BY_SMS.ask(voters[0])
            await arrivals.link(people[0]["phone"])
        jobs = await _tries(voters, number, outcome)
        events, before = await _events(ground, people), storage.cost_so_far(demo)
        outcome.seconds = await at_once(jobs, _WIDTH)
        outcome.cost = storage.cost_so_far(demo).since(before)
        outcome.events = await _events(ground, people) - events
        outcome.vote = (await voters[0].vote(people[0]["voting_code"])).status_code
        outcome.recovery = await _recovery(ground, voters[0], arrivals, attack)
    return outcome


async def _tries(voters: list[Voter], number: int, outcome: Outcome) -> list[Job]:
    forms = [await voter.filled(_FORM, **wrong_proof(voter, "")) for voter in voters]

    def job(place: int) -> Job:
        voter, form = voters[place % len(voters)], forms[place % len(voters)]
        third, fourth = divmod(place % outcome.attack.addresses, 250)
        headers = {"X-Forwarded-For": f"198.18.{third}.{fourth}"}  # kept for benchmarks (RFC 2544)

        async def run() -> None:
            wrong = {**form, "answer": f"faux {place}"}
            answer = await voter.http.post(_FORM, data=wrong, headers=headers)
            outcome.statuses[answer.status_code] += 1

        return run

    return [job(place) for place in range(number)]


async def _events(ground: Ground, people: list[Person]) -> int:
    """Return how many events the histories of these people's recoveries have, all their runs together."""
    await asyncio.sleep(_SETTLES)
    client, total = await backstage.temporal(ground.demo), 0
    for elector in backstage.elector_ids(ground.demo, people):
        async for run in client.list_workflows(f"WorkflowId = '{BY_SMS.procedure}/{elector}'"):
            # Of a run that goes on, the list does not say it.
            told = (
                run if run.close_time else await client.get_workflow_handle(run.id, run_id=run.run_id).describe()
            )
            total += told.history_length
    return total


async def _recovery(ground: Ground, voter: Voter, arrivals: Arrivals, attack: Attack) -> int:
    """Return the status of the last step to a new code: with the link that waited, or after the pause."""
    links = len(arrivals.links(voter.person["phone"]))
    if not attack.waiting:
        await asyncio.sleep(backstage.election(ground.demo).attempts.longest_wait.total_seconds())
        asked = await BY_SMS.ask(voter)
        if asked.status_code != httpx2.codes.SEE_OTHER:
            return asked.status_code
        links += 1
    return (await voter.press(await arrivals.link(voter.person["phone"], links))).status_code


def _gates(outcomes: list[Outcome], free: int, wait: timedelta) -> Table:
    columns = ("wrong proofs against", "tries", "looked at", "the rule allows", "refused", "failed")
    table = Table("Wrong proofs let through", (*columns, "then votes", "then recovers"))
    for outcome in outcomes:
        each = free + int(outcome.seconds / wait.total_seconds())
        looked_at, refused = outcome.statuses[_THROUGH], outcome.statuses[_REFUSED]
        failed = outcome.tries - looked_at - refused
        allowed = min(each * outcome.attack.victims, outcome.tries)
        after = ["yes" if done else "NO" for done in (outcome.vote == 303, outcome.recovery == 200)]  # noqa: PLR2004
        table.add(outcome.attack.name, outcome.tries, looked_at, allowed, refused, failed, *after)
    table.notes.append(
        f"Here the wait is {wait.total_seconds():g} s each time; by default it doubles from 1 minute to 1 hour. "
        "The first victim votes with the old code while recoveries are refused, and recovers after the wait, "
        "or with the link that waited."
    )
    return table


def _costs(outcomes: list[Outcome]) -> Table:
    named = (*(f"{name}, ms" for name in PROCESSES), "events", *(f"bytes, {name}" for name in storage.DATABASES))
    table = Table("What one wrong proof costs: processor, history, databases", ("against", "a second", *named))
    for outcome in outcomes:
        tries, cost = outcome.tries, outcome.cost
        spent = (1000 * cost.seconds[name] / tries for name in PROCESSES)
        kept = (cost.stored[name] / tries for name in storage.DATABASES)
        table.add(outcome.attack.name, tries / outcome.seconds, *spent, outcome.events / tries, *kept)
    return table
