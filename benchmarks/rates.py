"""The table of `rate`: each recovery at each width, its ratio to the floor, where the time goes."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from benchmarks.bench import Bench, Ground, Scale
from benchmarks.floor import WINDOW
from benchmarks.journeys import BY_SMS, JOURNEYS, Journey
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
_END = WINDOW + timedelta(seconds=1)
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
    async with bench.ground(window=WINDOW) as ground, floor_of(ground.demo) as floor:
        for journey in JOURNEYS:
            await _driven(ground, journey, bench.size(1, 4), bench.size(1, 24), signed_in=False)  # warm-up
            for width in _widths(bench, journey):
                bench.say(f"{journey.name}, {width} at once")
                number = max(bench.size(4, 40), bench.size(1, 6) * width)
                row, slowest = await _row(ground, floor, journey, width, number)
                apart = without_argon2(row[1], journey.hashes, each) / row[0]
                rates.add(journey.name, width, number, *row[:3], apart, *row[3:])
                _add_steps(steps, journey, slowest)
                shares.append(row[1] * journey.hashes)
    busiest = argon2_share(max(shares), 1, each)
    rates.notes += [
        f"Aim: ≥ {_AIM} of the floor. Voters and servers share the machine.",
        f"One argon2 hash takes {each:.1f} ms here. A recovery has one: {busiest:.0f} % of all cores at the best rate.",
        "It is of the secret answer, or of the new password; the identifier's has none. The sign-in has another.",
        "Whoever forgot a password, or has no notice, does not sign in, and is answered after 0.3 s whoever it is.",
        "The floor has no argon2: « without argon2 » is the ratio with that cost taken out.",
    ]
    return [rates, steps]


def _widths(bench: Bench, journey: Journey) -> tuple[int, ...]:
    if bench.scale is Scale.QUICK:
        return _QUICK_WIDTHS
    return _WIDTHS if journey is BY_SMS else _WIDTHS[-1:]


async def _row(
    ground: Ground, floor: Floor, journey: Journey, width: int, number: int
) -> tuple[tuple[float, float, float, float | None, float | None], Rate]:
    # The floor before and after: on a machine that others use too, one of them alone would be luck.
    before = await _to_its_end(ground, floor.rate(number, width, journey))
    rate = without = await _driven(ground, journey, width, number, signed_in=journey.signs_in)
    if journey.signs_in:
        rate = await _driven(ground, journey, width, number, signed_in=False)
    after = await _to_its_end(ground, floor.rate(number, width, journey))
    lowest = 2 * number / (before.seconds + after.seconds)
    whole = rate.per_second if journey.signs_in else None
    ratios = without.per_second / lowest, whole / lowest if whole else None
    return (lowest, without.per_second, ratios[0], whole, ratios[1]), rate


async def _driven(ground: Ground, journey: Journey, width: int, number: int, *, signed_in: bool) -> Rate:
    people = await ground.people(number)
    drive = through_http(ground.demo, people, width, signed_in_before=signed_in, journey=journey)
    return await _to_its_end(ground, drive)


async def _to_its_end(ground: Ground, driven: Awaitable[Rate]) -> Rate:
    """Return a rate once the last windows have closed too: what is driven next would pay for them."""
    rate = await driven
    if ground.relay is None:  # a quick run's figures mean nothing
        await asyncio.sleep(_END.total_seconds())
    return rate


def _add_steps(steps: Table, journey: Journey, rate: Rate) -> None:
    for step, seconds in rate.steps.items():
        steps.add(journey.name, rate.at_once, step, milliseconds(seconds), milliseconds(seconds, 0.95))
