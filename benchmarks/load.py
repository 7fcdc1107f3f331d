"""Voters over HTTP, each at a pace of their own, some forgetful, some in doubt; then the books are looked at."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable
from dataclasses import dataclass, field
from random import Random
from time import perf_counter

import httpx2

from benchmarks import invariants
from benchmarks.base.bench import Bench, Ground
from benchmarks.base.tables import Table
from benchmarks.base.timings import milliseconds
from demo.client import demo_internals, replay_check
from demo.client.arrivals import Arrivals
from demo.client.browsers import crowd
from demo.client.journeys import VOTING_CODES, Journey
from demo.client.voter import Voter

_SEED = 11
_WATCH_EVERY = 5.0
_AT_REST_WITHIN = 30.0
_SEE_OTHER, _OK, _GONE = httpx2.codes.SEE_OTHER, httpx2.codes.OK, httpx2.codes.GONE
# Shares of the voters who stray from the way; the others go it straight.
_HABITS = {"doubtful": 0.1, "mistaken": 0.1, "impatient": 0.1, "forgetful": 0.1, "straight": 0.6}


@dataclass
class Tally:
    """What everyone met: how they ended, how long each step took, and every answer that should not be."""

    ends: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    unexpected: list[str] = field(default_factory=list)

    async def note(self, step: str, answered: Awaitable[httpx2.Response], expected: int) -> httpx2.Response:
        """Return a step's answer, once its time, and a status that nobody expected, are noted."""
        begun = perf_counter()
        answer = await answered
        self.seconds[step].append(perf_counter() - begun)
        if answer.status_code != expected:
            self.unexpected.append(f"{step}: {answer.status_code} instead of {expected}")
        return answer


@dataclass
class Guest:
    """A voter with a habit, who thinks between two pages."""

    voter: Voter
    journey: Journey
    habit: str
    draw: Random
    think: float
    tally: Tally

    async def live(self, arrives: float, arrivals: Arrivals) -> None:
        """Come after so many seconds, and recover a code, or stray."""
        await asyncio.sleep(arrives)
        try:
            self.tally.ends[await self._way(arrivals)] += 1
        except (httpx2.TransportError, TimeoutError) as error:
            self.tally.unexpected.append(f"{self.habit}: {type(error).__name__}")

    async def _way(self, arrivals: Arrivals) -> str:
        note, voter = self.tally.note, self.voter
        await note("sign-in", voter.sign_in(), _SEE_OTHER)
        await self._thinks()
        if self.habit == "mistaken":
            await note("wrong proof", voter.ask(answer="je ne sais plus"), httpx2.codes.UNPROCESSABLE_ENTITY)
            await self._thinks()
        await note("request", self.journey.ask(voter), _SEE_OTHER)
        box = self.journey.where(voter.person)
        first = await arrivals.link(box)
        if self.habit == "forgetful":
            return "never opened the link"
        await self._thinks()
        if self.habit != "doubtful":
            return await self._opened(first)
        form = await voter.filled(first)
        await note("second request", self.journey.ask(voter), _SEE_OTHER)
        newest = await arrivals.link(box, 2)
        await self._thinks()
        await note("older link", voter.http.post(first, data=form), _GONE)
        return await self._opened(newest)

    async def _opened(self, link: str) -> str:
        form = await self.voter.filled(link)
        await self._thinks()
        press = self.voter.http.post
        if self.habit == "impatient":
            answers = list(await asyncio.gather(press(link, data=form), press(link, data=form)))
            statuses = sorted(each.status_code for each in answers)
            self.tally.unexpected += [] if statuses == [_OK, _GONE] else [f"double click: {statuses}"]
        else:
            answers = [await self.tally.note("code", press(link, data=form), _OK)]
        codes = [code for each in answers if (code := self.journey.given(each.text))]
        if len(codes) != 1:
            return f"saw {len(codes)} codes"
        await self._thinks()
        await self.tally.note("vote", self.voter.vote(codes[0]), _SEE_OTHER)
        return "voted"

    async def _thinks(self) -> None:
        await asyncio.sleep(self.draw.expovariate(1 / self.think))


async def measure(bench: Bench) -> list[Table]:
    """Let everyone come within a time, wait until the last has gone, and look at the books."""
    number, seconds, tally = bench.size(10, 300, 3_000), bench.size(2, 60, 600), Tally()
    think = 0.1 if seconds <= 2 else 3.0  # noqa: PLR2004 - a quick run
    draw = Random(_SEED)
    async with bench.ground() as ground, Arrivals.under(ground.demo.state) as arrivals:
        people, before = await ground.people(number), await invariants.read(ground.demo)
        async with crowd(ground.demo.url, people) as voters:
            guests = [_guest(voter, draw, think, tally) for voter in voters]
            living = [asyncio.create_task(each.live(draw.uniform(0, seconds), arrivals)) for each in guests]
            watching = asyncio.create_task(_watch(bench, living, tally))
            await asyncio.gather(*living)
            watching.cancel()
        return [_ends(tally), _steps(tally), await _books(bench, ground, before)]


def _guest(voter: Voter, draw: Random, think: float, tally: Tally) -> Guest:
    (habit,) = draw.choices(list(_HABITS), list(_HABITS.values()))
    return Guest(voter, draw.choice(VOTING_CODES), habit, Random(draw.random()), think, tally)


async def _watch(bench: Bench, living: list["asyncio.Task[None]"], tally: Tally) -> None:
    while True:
        await asyncio.sleep(_WATCH_EVERY)
        gone = sum(task.done() for task in living)
        bench.say(f"{gone} of {len(living)} have gone, {len(tally.unexpected)} answers that should not be")


async def _books(bench: Bench, ground: Ground, before: invariants.Books) -> Table:
    async def at_rest() -> dict[str, list[str]]:
        clock = asyncio.get_running_loop().time
        end = clock() + _AT_REST_WITHIN
        found = invariants.broken((await invariants.read(ground.demo)).since(before))
        # What has just happened is listed a little later, a notice leaves after its code.
        while any(found.values()) and clock() < end:
            await asyncio.sleep(1)
            found = invariants.broken((await invariants.read(ground.demo)).since(before))
        return found

    table = Table("Invariants", ("invariant", "holds"))
    found = await at_rest()
    found["every recovery could be taken over"] = await replay_check.failures(
        await demo_internals.temporal(ground.demo)
    )
    for invariant, faults in found.items():
        table.add(invariant, f"NO: {'; '.join(faults[:3])}" if faults else "yes")
        bench.broken += [f"{invariant}: {fault}" for fault in faults]
    return table


def _ends(tally: Tally) -> Table:
    table = Table("How the voters ended", ("end", "voters"))
    for end, number in tally.ends.most_common():
        table.add(end, number)
    table.add("met an answer that should not be", len(tally.unexpected))
    table.notes += sorted(set(tally.unexpected))
    return table


def _steps(tally: Tally) -> Table:
    table = Table("Steps of the voters", ("step", "times", "p50, ms", "p95, ms", "p99, ms"))
    for step, values in tally.seconds.items():
        table.add(step, len(values), *(milliseconds(values, share) for share in (0.5, 0.95, 0.99)))
    return table
