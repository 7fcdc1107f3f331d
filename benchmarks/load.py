"""Voters over HTTP with different habits, at random moments; afterwards the invariants are checked."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable
from dataclasses import dataclass, field
from random import Random
from time import perf_counter

import httpx2

from benchmarks import invariants
from benchmarks.base.bench import Bench, Testbed
from benchmarks.base.tables import Table
from benchmarks.base.timings import PERCENTILES, percentiles
from demo.client import demo_internals
from demo.client.arrivals import Arrivals
from demo.client.browsers import voters_for
from demo.client.journeys import VOTING_CODE_JOURNEYS, Journey
from demo.client.voter import Voter
from workflows import replay_check

_SEED = 11
_PROGRESS_INTERVAL = 5.0
_SETTLES_WITHIN = 30.0  # seconds after the last voter, for notices and Temporal's list
_SEE_OTHER, _OK, _GONE = httpx2.codes.SEE_OTHER, httpx2.codes.OK, httpx2.codes.GONE
# The share of voters with each habit.
_HABITS = {"asks twice": 0.1, "wrong proof": 0.1, "double click": 0.1, "abandons": 0.1, "direct": 0.6}


@dataclass
class Tally:
    """The results of all voters: how they ended, the durations of each step, and unexpected responses."""

    ends: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    unexpected: list[str] = field(default_factory=list)

    async def record(self, step: str, answered: Awaitable[httpx2.Response], expected: int) -> httpx2.Response:
        """Return the response of a step, after recording its duration, and its status if it is not the expected one."""
        begun = perf_counter()
        answer = await answered
        self.seconds[step].append(perf_counter() - begun)
        if answer.status_code != expected:
            self.unexpected.append(f"{step}: {answer.status_code} instead of {expected}")
        return answer


@dataclass
class LoadVoter:
    """A voter with a habit, who pauses for about `think` seconds between two pages."""

    voter: Voter
    journey: Journey
    habit: str
    draw: Random
    think: float
    tally: Tally

    async def run(self, delay: float, arrivals: Arrivals) -> None:
        """Wait `delay` seconds, then recover a code and vote, as the habit says."""
        await asyncio.sleep(delay)
        try:
            self.tally.ends[await self._recover(arrivals)] += 1
        except (httpx2.TransportError, TimeoutError) as error:
            self.tally.unexpected.append(f"{self.habit}: {type(error).__name__}")

    async def _recover(self, arrivals: Arrivals) -> str:
        record, voter = self.tally.record, self.voter
        await record("sign-in", voter.sign_in(), _SEE_OTHER)
        await self._pause()
        if self.habit == "wrong proof":
            await record("wrong proof", voter.ask(answer="je ne sais plus"), httpx2.codes.UNPROCESSABLE_ENTITY)
            await self._pause()
        await record("request", self.journey.request(voter), _SEE_OTHER)
        recipient = self.journey.recipient(voter.person)
        first = await arrivals.link(recipient)
        if self.habit == "abandons":
            return "never opened the link"
        await self._pause()
        if self.habit != "asks twice":
            return await self._open_and_vote(first)
        form = await voter.filled(first)
        await record("second request", self.journey.request(voter), _SEE_OTHER)
        newest = await arrivals.link(recipient, 2)
        await self._pause()
        await record("older link", voter.http.post(first, data=form), _GONE)
        return await self._open_and_vote(newest)

    async def _open_and_vote(self, link: str) -> str:
        form = await self.voter.filled(link)
        await self._pause()
        press = self.voter.http.post
        if self.habit == "double click":
            record = self.tally.record
            answers = await asyncio.gather(*(record("code", press(link, data=form), _OK) for _ in range(2)))
        else:
            answers = [await self.tally.record("code", press(link, data=form), _OK)]
        codes = {self.journey.credential(each.text) for each in answers}
        if len(codes) != 1 or not (code := codes.pop()):
            return f"saw {len(codes)} codes"
        await self._pause()
        await self.tally.record("vote", self.voter.vote(code), _SEE_OTHER)
        return "voted"

    async def _pause(self) -> None:
        await asyncio.sleep(self.draw.expovariate(1 / self.think))


async def measure(bench: Bench) -> list[Table]:
    """Have voters arrive within a time, wait for the last one to finish, and check the invariants."""
    number, seconds, tally = bench.size(10, 300, 3_000), bench.size(2, 60, 600), Tally()
    think = 0.1 if bench.is_quick else 3.0  # seconds
    draw = Random(_SEED)
    async with bench.testbed() as testbed, Arrivals.under(testbed.demo.state) as arrivals:
        people, before = await testbed.people(number), await invariants.read(testbed.demo)
        async with voters_for(testbed.demo.url, people) as voters:
            load_voters = [_load_voter(voter, draw, think, tally) for voter in voters]
            voting = [asyncio.create_task(each.run(draw.uniform(0, seconds), arrivals)) for each in load_voters]
            reporting = asyncio.create_task(_report_progress(bench, voting, tally))
            await asyncio.gather(*voting)
            reporting.cancel()
        return [_ends(tally), _steps(tally), await _check_invariants(bench, testbed, before)]


def _load_voter(voter: Voter, draw: Random, think: float, tally: Tally) -> LoadVoter:
    (habit,) = draw.choices(list(_HABITS), list(_HABITS.values()))
    return LoadVoter(voter, draw.choice(VOTING_CODE_JOURNEYS), habit, Random(draw.random()), think, tally)


async def _report_progress(bench: Bench, voting: list["asyncio.Task[None]"], tally: Tally) -> None:
    while True:
        await asyncio.sleep(_PROGRESS_INTERVAL)
        finished = sum(task.done() for task in voting)
        bench.progress(
            f"{finished} of {len(voting)} voters finished, {len(tally.unexpected)} unexpected responses"
        )


async def _check_invariants(bench: Bench, testbed: Testbed, before: invariants.Records) -> Table:
    async def settled() -> dict[str, list[str]]:
        clock = asyncio.get_running_loop().time
        end = clock() + _SETTLES_WITHIN
        found = invariants.violations((await invariants.read(testbed.demo)).since(before))
        # Temporal lists a run a little later, and a notice is sent after its code.
        while any(found.values()) and clock() < end:
            await asyncio.sleep(1)
            found = invariants.violations((await invariants.read(testbed.demo)).since(before))
        return found

    table = Table("Invariants", {"invariant": "invariant", "holds": "holds"}, part="invariants")
    found = await settled()
    found["another worker could continue every recovery"] = await replay_check.failures(
        await demo_internals.connect_temporal(testbed.demo)
    )
    for invariant, violations in found.items():
        table.add(invariant, f"NO: {'; '.join(violations[:3])}" if violations else "yes")
        bench.violations += [f"{invariant}: {each}" for each in violations]
    return table


def _ends(tally: Tally) -> Table:
    table = Table("How the voters ended", {"end": "end", "voters": "voters"})
    for end, number in tally.ends.most_common():
        table.add(end, number)
    table.add("unexpected responses", len(tally.unexpected))
    table.notes += sorted(set(tally.unexpected))
    return table


def _steps(tally: Tally) -> Table:
    table = Table("Steps of the voters", {"step": "step", "times": "times", **PERCENTILES}, part="steps")
    for step, values in tally.seconds.items():
        table.add(step, len(values), *percentiles(values))
    return table
