"""The tables of `rate`: each recovery at each width, its ratio to the floor, processor time, durations of steps."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.base.bench import Bench, Testbed
from benchmarks.base.tables import Table, shown
from benchmarks.base.timings import milliseconds
from benchmarks.rate.floor import Floor, floor_of
from benchmarks.rate.floor_drivers import WINDOW
from benchmarks.rate.rate import Rate, argon2_milliseconds, argon2_share, through_http, without_argon2
from demo.client.journeys import BY_SMS, JOURNEYS, Journey

_WIDTHS, _QUICK_WIDTHS = (1, 10, 40), (4,)
_ROUNDS, _QUICK_ROUNDS = 2, 1
# The floor is about twice as fast: with twice as many recoveries its runs are as long.
_FLOOR_SHARE = 2
_AIM = 0.6
# Temporal checks the time-out of each workflow task ten seconds after its start, even if it has long been completed.
_PAUSE = max(WINDOW, timedelta(seconds=10)) + timedelta(seconds=1)
_COLUMNS = (
    "recovery",
    "at once",
    "of",
    "floor, /s",
    "signed in, /s",
    "ratio",
    "without argon2",
    "with sign-in, /s",
    "ratio",
)
_RATIO = _COLUMNS.index("ratio")
_PROCESSES = {
    "postgres": "postgres",
    "temporal": "temporal",
    "worker": "worker",
    "web": "web",
    "fake_services": "SMS and mail",
}
_FLOOR_PROCESSES = ("temporal", "worker")
_PROCESSOR = (
    "recovery",
    "at once",
    *_PROCESSES.values(),
    *(f"{name}, floor" for name in _FLOOR_PROCESSES),
)
_STEPS = ("recovery", "at once", "step", "median, ms", "p95, ms")


@dataclass(frozen=True)
class Run:
    """A recovery at one width: the floor, signed-in voters, and voters who sign in first (None if it needs no sign-in)."""

    floor: Rate
    signed_in: Rate
    with_sign_in: Rate | None


@dataclass(frozen=True)
class Runner:
    """Runs recoveries on a testbed and on its floor."""

    bench: Bench
    testbed: Testbed
    floor: Floor

    async def run(self, journey: Journey, width: int) -> Run:
        """Measure a recovery at a width: the floor before, between and after groups of voters."""
        number = max(self.bench.size(4, 40), self.bench.size(1, 6) * width)
        # In turns: the speed of a shared machine varies.
        floor, signed_in = Rate(0, width), Rate(0, width)
        floor.add(await self._paused(self.floor.rate(_FLOOR_SHARE * number, width, journey)))
        for _ in range(self.bench.size(_QUICK_ROUNDS, _ROUNDS)):
            signed_in.add(await self.voters(journey, width, number, signed_in=journey.signs_in))
            floor.add(await self._paused(self.floor.rate(_FLOOR_SHARE * number, width, journey)))
        if not journey.signs_in:
            return Run(floor, signed_in, None)
        return Run(floor, signed_in, await self.voters(journey, width, number, signed_in=False))

    async def voters(self, journey: Journey, width: int, number: int, *, signed_in: bool) -> Rate:
        """Measure so many voters; with `signed_in` their sign-in is not measured."""
        people = await self.testbed.people(number)
        demo = self.testbed.demo
        return await self._paused(through_http(demo, people, width, signed_in_before=signed_in, journey=journey))

    async def _paused(self, run: Awaitable[Rate]) -> Rate:
        """Return the rate of a run after what it left to do, which would slow down the next one."""
        rate = await run
        if not self.bench.is_quick:
            await asyncio.sleep(_PAUSE.total_seconds())
        return rate


async def measure(bench: Bench) -> list[Table]:
    """Measure each recovery at each width."""
    rates, steps = Table("Recoveries a second", _COLUMNS), Table("Steps, with sign-in", _STEPS)
    processor = Table("Processor time of one recovery, signed in, ms", _PROCESSOR)
    hashes_per_second: list[float] = []
    hash_milliseconds = await argon2_milliseconds()
    async with bench.testbed(window=WINDOW) as testbed, floor_of(testbed.demo) as floor:
        runner = Runner(bench, testbed, floor)
        for journey in JOURNEYS:
            await runner.voters(journey, bench.size(1, 4), bench.size(1, 24), signed_in=False)  # warm-up
            for width in _widths(bench, journey):
                bench.progress(f"{journey.name}, {width} at once")
                run = await runner.run(journey, width)
                _add_rates(rates, journey, run, hash_milliseconds)
                ratio, without = rates.rows[-1][_RATIO : _RATIO + 2]
                bench.progress(f"  ratio {shown(ratio)}, without argon2 {shown(without)}")
                _add_processor(processor, journey, run)
                _add_steps(steps, journey, run.with_sign_in or run.signed_in)
                hashes_per_second.append(run.signed_in.per_second * journey.argon2_hashes)
    rates.notes += _notes(hash_milliseconds, argon2_share(max(hashes_per_second), hash_milliseconds))
    return [rates, processor, steps]


def _notes(hash_milliseconds: float, share: float) -> list[str]:
    return [
        f"Aim: ≥ {_AIM} of the floor. Voters and servers share the machine.",
        f"One argon2 hash takes {hash_milliseconds:.1f} ms here: {share:.0f} % of all cores at the best rate.",
        "A recovery has one hash, of the secret answer or of the new password; an identifier's has none.",
        "The sign-in has one more.",
        "The recoveries of a password and of both credentials have no sign-in, and answer after 0.3 s in any case.",
        "The floor has no argon2: « without argon2 » is the ratio without the time of the hashes.",
    ]


def _widths(bench: Bench, journey: Journey) -> tuple[int, ...]:
    if bench.is_quick:
        return _QUICK_WIDTHS
    return _WIDTHS if journey is BY_SMS else _WIDTHS[-1:]


def _add_rates(rates: Table, journey: Journey, run: Run, hash_milliseconds: float) -> None:
    floor, signed_in = run.floor.per_second, run.signed_in.per_second
    whole = run.with_sign_in.per_second if run.with_sign_in else None
    without = without_argon2(signed_in, journey.argon2_hashes, hash_milliseconds) / floor
    row = (floor, signed_in, signed_in / floor, without, whole, whole / floor if whole else None)
    rates.add(journey.name, run.signed_in.at_once, run.signed_in.recoveries, *row)


def _add_processor(processor: Table, journey: Journey, run: Run) -> None:
    application, floor = run.signed_in, run.floor
    spent = [1000 * application.spent[name] / application.recoveries for name in _PROCESSES]
    spent_by_floor = [1000 * floor.spent[name] / floor.recoveries for name in _FLOOR_PROCESSES]
    processor.add(journey.name, application.at_once, *spent, *spent_by_floor)


def _add_steps(steps: Table, journey: Journey, rate: Rate) -> None:
    for step, seconds in rate.steps.items():
        steps.add(journey.name, rate.at_once, step, milliseconds(seconds), milliseconds(seconds, 0.95))
