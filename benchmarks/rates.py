"""The table of `rate`: each recovery at each width, its ratio to the floor, where the time goes."""

from benchmarks.bench import Bench, Ground, Scale
from benchmarks.journeys import JOURNEYS, Journey
from benchmarks.rate import (
    Floor,
    Rate,
    argon2_milliseconds,
    argon2_share,
    floor_of,
    through_http,
    without_argon2,
)
from benchmarks.tables import Table
from benchmarks.timings import milliseconds

_WIDTHS, _QUICK_WIDTHS = (1, 10, 40), (4,)
_AIM = 0.6
# What argon2 hashes on the way: the secret answer; the password too, for those who sign in.
_HASHES = {True: 1, False: 2}
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
_STEPS = ("recovery", "at once", "step", "median, ms", "p95, ms")


async def measure(bench: Bench) -> list[Table]:
    """Drive the floor, then voters who have signed in, then voters who have not; at each width."""
    rates, steps = Table("Whole recoveries a second", _COLUMNS), Table("Steps, for who has to sign in", _STEPS)
    shares: list[float] = []
    each = await argon2_milliseconds()
    async with bench.ground() as ground, floor_of(ground.demo) as floor:
        for journey in JOURNEYS:
            await _driven(ground, journey, bench.size(1, 4), bench.size(1, 24), signed_in=False)  # warm-up
            for width in _QUICK_WIDTHS if bench.scale is Scale.QUICK else _WIDTHS:
                bench.say(f"{journey.name}, {width} at once")
                number = max(bench.size(4, 40), bench.size(1, 6) * width)
                row, slowest = await _row(ground, floor, journey, width, number)
                apart = without_argon2(row[1], _HASHES[True], each) / row[0]
                rates.add(journey.name, width, number, *row[:3], apart, *row[3:])
                _add_steps(steps, journey, slowest)
                shares.append(row[1])
    busiest = argon2_share(max(shares), _HASHES[True], each)
    rates.notes += [
        f"Aim: ≥ {_AIM} of the floor. Voters and servers share the machine.",
        f"One argon2 hash takes {each:.1f} ms here. A recovery has one: {busiest:.0f} % of all cores at the best rate.",
        "The sign-in has another. The floor has none: « without argon2 » is the ratio with that cost taken out.",
    ]
    return [rates, steps]


async def _row(
    ground: Ground, floor: Floor, journey: Journey, width: int, number: int
) -> tuple[tuple[float, ...], Rate]:
    # The floor before and after: on a machine that others use too, one of them alone would be luck.
    before = await floor.rate(number, width, journey)
    without = await _driven(ground, journey, width, number, signed_in=True)
    whole = await _driven(ground, journey, width, number, signed_in=False)
    after = await floor.rate(number, width, journey)
    lowest = 2 * number / (before.seconds + after.seconds)
    ratios = without.per_second / lowest, whole.per_second / lowest
    return (lowest, without.per_second, ratios[0], whole.per_second, ratios[1]), whole


async def _driven(ground: Ground, journey: Journey, width: int, number: int, *, signed_in: bool) -> Rate:
    people = await ground.people(number)
    return await through_http(ground.demo, people, width, signed_in_before=signed_in, journey=journey)


def _add_steps(steps: Table, journey: Journey, rate: Rate) -> None:
    for step, seconds in rate.steps.items():
        steps.add(journey.name, rate.at_once, step, milliseconds(seconds), milliseconds(seconds, 0.95))
