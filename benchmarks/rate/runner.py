"""Runs one recovery at one width: the floor before, between and after groups of voters."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.base.bench import Bench, Testbed
from benchmarks.base.histories import median_length, workflow_ids
from benchmarks.rate.floor import Floor
from benchmarks.rate.floor_terms import WINDOW
from benchmarks.rate.rate import Rate, through_http
from demo.client import demo_internals
from demo.client.journeys import Journey
from demo.client.voter import Person

_ROUNDS, _QUICK_ROUNDS = 2, 1
# The floor is about twice as fast: with twice as many recoveries its runs are as long.
_FLOOR_SHARE = 2
# Temporal checks the time-out of each workflow task ten seconds after its start, even if it has long been completed.
_PAUSE = max(WINDOW, timedelta(seconds=10)) + timedelta(seconds=1)
_HISTORIES = 20


@dataclass(frozen=True)
class Run:
    """A recovery at one width: the floor, signed-in voters, and voters who sign in first (None if it needs no sign-in).

    `events` and `size` are the medians of the histories of signed-in voters.
    """

    floor: Rate
    signed_in: Rate
    with_sign_in: Rate | None
    events: float
    size: float


@dataclass(frozen=True)
class Runner:
    """Runs recoveries on a testbed and on its floor."""

    bench: Bench
    testbed: Testbed
    floor: Floor

    async def run(self, journey: Journey, width: int) -> Run:
        """Measure a recovery at a width."""
        number = max(self.bench.size(4, 40), self.bench.size(1, 6) * width)
        people: list[Person] = []
        # In turns: the speed of a shared machine varies.
        floor, signed_in = Rate(0, width), Rate(0, width)
        floor.add(await self._paused(self.floor.rate(_FLOOR_SHARE * number, width, journey)))
        for _ in range(self.bench.size(_QUICK_ROUNDS, _ROUNDS)):
            people = await self.testbed.people(number)
            signed_in.add(await self.voters(journey, width, people, signed_in=journey.signs_in))
            floor.add(await self._paused(self.floor.rate(_FLOOR_SHARE * number, width, journey)))
        with_sign_in = None
        if journey.signs_in:
            others = await self.testbed.people(number)
            with_sign_in = await self.voters(journey, width, others, signed_in=False)
        return Run(floor, signed_in, with_sign_in, *await self._history(journey, people[:_HISTORIES]))

    async def voters(self, journey: Journey, width: int, people: list[Person], *, signed_in: bool) -> Rate:
        """Measure these voters; with `signed_in` their sign-in is not measured."""
        return await self._paused(
            through_http(self.testbed, people, width, signed_in_before=signed_in, journey=journey)
        )

    async def _history(self, journey: Journey, people: list[Person]) -> tuple[float, float]:
        client = await demo_internals.connect_temporal(self.testbed.demo)
        return await median_length(client, await workflow_ids(self.testbed.demo, journey, people))

    async def _paused(self, run: Awaitable[Rate]) -> Rate:
        """Return the rate of a run after what it left to do, which would slow down the next one."""
        rate = await run
        if not self.bench.is_quick:
            await asyncio.sleep(_PAUSE.total_seconds())
        return rate
