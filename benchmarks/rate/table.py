"""The table of `rate`: each recovery at each width, its ratio to the floor, where the time goes."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.base.bench import Bench, Ground, Scale
from benchmarks.base.tables import Table, shown
from benchmarks.base.timings import milliseconds
from benchmarks.rate.floor import WINDOW
from benchmarks.rate.rate import (
    Floor,
    Rate,
    argon2_milliseconds,
    argon2_share,
    floor_of,
    through_http,
    without_argon2,
)
from demo.client.journeys import BY_SMS, JOURNEYS, Journey

_WIDTHS, _QUICK_WIDTHS = (1, 10, 40), (4,)
_ROUNDS, _QUICK_ROUNDS = 2, 1
# Being twice as fast, the floor is driven as long by twice as many.
_FLOOR = 2
_AIM = 0.6
# Temporal looks at each workflow task's time-out when its ten seconds are over, also of those long done.
_END = max(WINDOW, timedelta(seconds=10)) + timedelta(seconds=1)
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
_SPENT = ("postgres", "temporal", "worker", "web", "world")
_ON_THE_FLOOR = ("temporal", "worker")
_PROCESSOR = ("recovery", "at once", *_SPENT, *(f"{name}, floor" for name in _ON_THE_FLOOR))
_STEPS = ("recovery", "at once", "step", "median, ms", "p95, ms")


@dataclass(frozen=True)
class Run:
    """A recovery at a width: the floor, voters who have signed in, and who have to, if anybody has."""

    floor: Rate
    signed_in: Rate
    whole: Rate | None


async def measure(bench: Bench) -> list[Table]:
    """Drive the floor and voters who have signed in, in turn, then voters who have not; at each width."""
    rates, steps = Table("Whole recoveries a second", _COLUMNS), Table("Steps, for who has to sign in", _STEPS)
    processor = Table("Processor for one recovery, signed in, ms", _PROCESSOR)
    shares: list[float] = []
    each = await argon2_milliseconds()
    async with bench.ground(window=WINDOW) as ground, floor_of(ground.demo) as floor:
        for journey in JOURNEYS:
            await _driven(ground, journey, bench.size(1, 4), bench.size(1, 24), signed_in=False)  # warm-up
            for width in _widths(bench, journey):
                run = await _run(bench, ground, floor, journey, width)
                _add_rates(rates, journey, run, each)
                bench.say(
                    f"  ratio {shown(rates.rows[-1][_RATIO])}, without argon2 {shown(rates.rows[-1][_RATIO + 1])}"
                )
                _add_processor(processor, journey, run)
                _add_steps(steps, journey, run.whole or run.signed_in)
                shares.append(run.signed_in.per_second * journey.hashes)
    busiest = argon2_share(max(shares), 1, each)
    rates.notes += [
        f"Aim: ≥ {_AIM} of the floor. Voters and servers share the machine.",
        f"One argon2 hash takes {each:.1f} ms here. A recovery has one: {busiest:.0f} % of all cores at the best rate.",
        "It is of the secret answer, or of the new password; the identifier's has none. The sign-in has another.",
        "Whoever forgot a password, or has no notice, does not sign in, and is answered after 0.3 s whoever it is.",
        "The floor has no argon2: « without argon2 » is the ratio with that cost taken out.",
    ]
    return [rates, processor, steps]


def _widths(bench: Bench, journey: Journey) -> tuple[int, ...]:
    if bench.scale is Scale.QUICK:
        return _QUICK_WIDTHS
    return _WIDTHS if journey is BY_SMS else _WIDTHS[-1:]


async def _run(bench: Bench, ground: Ground, floor: Floor, journey: Journey, width: int) -> Run:
    bench.say(f"{journey.name}, {width} at once")
    number = max(bench.size(4, 40), bench.size(1, 6) * width)
    # In turn, the floor first and last: a machine that others use too is now fast, now slow.
    below, signed_in = Rate(0, width), Rate(0, width)
    below.add(await _to_its_end(ground, floor.rate(_FLOOR * number, width, journey)))
    for _ in range(bench.size(_QUICK_ROUNDS, _ROUNDS)):
        signed_in.add(await _driven(ground, journey, width, number, signed_in=journey.signs_in))
        below.add(await _to_its_end(ground, floor.rate(_FLOOR * number, width, journey)))
    whole = await _driven(ground, journey, width, number, signed_in=False) if journey.signs_in else None
    return Run(below, signed_in, whole)


async def _driven(ground: Ground, journey: Journey, width: int, number: int, *, signed_in: bool) -> Rate:
    people = await ground.people(number)
    drive = through_http(ground.demo, people, width, signed_in_before=signed_in, journey=journey)
    return await _to_its_end(ground, drive)


async def _to_its_end(ground: Ground, driven: Awaitable[Rate]) -> Rate:
    """Return a rate once nothing of it is under way any more: what is driven next would pay for that."""
    rate = await driven
    if ground.at_least == 1:  # a quick run's figures mean nothing
        await asyncio.sleep(_END.total_seconds())
    return rate


def _add_rates(rates: Table, journey: Journey, run: Run, hash_milliseconds: float) -> None:
    floor, signed_in = run.floor.per_second, run.signed_in.per_second
    whole = run.whole.per_second if run.whole else None
    apart = without_argon2(signed_in, journey.hashes, hash_milliseconds) / floor
    row = (floor, signed_in, signed_in / floor, apart, whole, whole / floor if whole else None)
    rates.add(journey.name, run.signed_in.at_once, run.signed_in.recoveries, *row)


def _add_processor(processor: Table, journey: Journey, run: Run) -> None:
    ours, floor = run.signed_in, run.floor
    each = [1000 * ours.spent[name] / ours.recoveries for name in _SPENT]
    below = [1000 * floor.spent[name] / floor.recoveries for name in _ON_THE_FLOOR]
    processor.add(journey.name, ours.at_once, *each, *below)


def _add_steps(steps: Table, journey: Journey, rate: Rate) -> None:
    for step, seconds in rate.steps.items():
        steps.add(journey.name, rate.at_once, step, milliseconds(seconds), milliseconds(seconds, 0.95))
