"""The tables of `rate`: each recovery at each width, its ratio to the floor, processor time, durations of steps."""

from benchmarks.base.bench import Bench
from benchmarks.base.storage import PROCESSES
from benchmarks.base.tables import Table, shown
from benchmarks.base.timings import PERCENTILES, percentiles
from benchmarks.rate.floor import floor_of
from benchmarks.rate.floor_terms import WINDOW
from benchmarks.rate.rate import Rate, argon2_milliseconds, argon2_share, without_argon2
from benchmarks.rate.runner import Run, Runner
from demo.client.journeys import BY_SMS, JOURNEYS, Journey

_WIDTHS, _QUICK_WIDTHS = (1, 10, 40), (4,)
_AIM = 0.6
_WAYS = [journey.name for journey in JOURNEYS]
_RUN = {"way": "recovery", "at_once": "at once", "sign_in": "sign-in"}
_RATES = {
    **_RUN,
    "recoveries": "of",
    "per_second": "per second",
    "floor": "floor",
    "ratio": "ratio",
    "ratio_without_argon2": "without argon2",
    "cpu_ms": "CPU, ms",
    "cpu_without_argon2_ms": "without argon2",
    "floor_cpu_ms": "floor",
    "told": "stream events",
    "events": "history events",
    "bytes": "history bytes",
}
_HEADINGS = {"fake_services": "SMS and mail"}
_FLOOR_PROCESSES = ("temporal", "worker")
_PROCESSOR = {
    **_RUN,
    **{f"{name}_ms": _HEADINGS.get(name, name) for name in PROCESSES},
    "sum_ms": "sum",
    "voters_ms": "voters",
    **{f"floor_{name}_ms": f"{name}, floor" for name in _FLOOR_PROCESSES},
}
_STEPS = {**_RUN, "step": "step", **PERCENTILES}


class _Tables:
    """The tables, to which runs are added; `hash_ms` is the processor time of one argon2 hash."""

    def __init__(self, hash_ms: float) -> None:
        self.hash_ms = hash_ms
        self.hashes_per_second: list[float] = []
        self.rates = Table("Recoveries", _RATES)
        self.processor = Table("Processor time of one recovery, ms", _PROCESSOR, part="processor")
        self.steps = Table("Steps", _STEPS, part="steps")

    def add(self, journey: Journey, run: Run) -> None:
        """Add the rows of a run: without the sign-in, and with it if the recovery has one."""
        self._add(journey, run, run.signed_in, "before" if journey.signs_in else "none", journey.argon2_hashes)
        if run.with_sign_in:
            self._add(journey, run, run.with_sign_in, "included", journey.argon2_hashes + 1)

    def _add(self, journey: Journey, run: Run, rate: Rate, sign_in: str, hashes: int) -> None:
        row = (journey.name, rate.at_once, sign_in)
        spent = {name: 1000 * each / rate.recoveries for name, each in rate.spent.items()}
        by_floor = [1000 * run.floor.spent[name] / run.floor.recoveries for name in _FLOOR_PROCESSES]
        total, floor = sum(spent.values()), run.floor.per_second
        without = without_argon2(rate.per_second, hashes, self.hash_ms) / floor
        speeds = (rate.recoveries, rate.per_second, floor, rate.per_second / floor, without)
        costs = (total, total - hashes * self.hash_ms, sum(by_floor))
        self.rates.add(*row, *speeds, *costs, rate.told / rate.recoveries, run.events, run.size)
        voters = 1000 * rate.voters_spent / rate.recoveries
        self.processor.add(*row, *(spent[name] for name in PROCESSES), total, voters, *by_floor)
        for step, seconds in rate.steps.items():
            self.steps.add(*row, step, *percentiles(seconds))
        self.hashes_per_second.append(rate.per_second * hashes)


async def measure(bench: Bench) -> list[Table]:
    """Measure each recovery at each width."""
    tables = _Tables(await argon2_milliseconds())
    async with bench.testbed(window=WINDOW) as testbed, floor_of(testbed) as floor:
        runner = Runner(bench, testbed, floor)
        for journey in (each for each in JOURNEYS if each.name in (bench.choices.ways or _WAYS)):
            warm_up = await testbed.people(bench.size(1, 24))
            await runner.voters(journey, bench.size(1, 4), warm_up, signed_in=False)
            for width in _widths(bench, journey):
                bench.progress(f"{journey.name}, {width} at once")
                tables.add(journey, await runner.run(journey, width))
                figures = dict(zip(_RATES, tables.rates.rows[-1], strict=True))
                bench.progress(f"  {shown(figures['per_second'])} a second, {shown(figures['cpu_ms'])} ms of CPU")
    tables.rates.notes += _notes(tables)
    return [tables.rates, tables.processor, tables.steps]


def _notes(tables: _Tables) -> list[str]:
    share = argon2_share(max(tables.hashes_per_second), tables.hash_ms)
    return [
        f"Aim: ≥ {_AIM} of the floor. Voters and servers share the machine; CPU is that of the servers.",
        "Voters follow their request by its event stream until the link is opened, where there is a follow-up.",
        f"One argon2 hash takes {tables.hash_ms:.1f} ms here: {share:.0f} % of all cores at the best rate.",
        "A recovery has one hash, of the secret answer or of the new password; an identifier's has none.",
        "The sign-in has one more.",
        "The recoveries of a password and of both credentials have no sign-in, and answer after 0.3 s in any case.",
        "The floor has no argon2: « without argon2 » is the figure without the time of the hashes.",
    ]


def _widths(bench: Bench, journey: Journey) -> tuple[int, ...]:
    if bench.is_quick or bench.choices.at_once:
        return bench.choices.at_once or _QUICK_WIDTHS
    return _WIDTHS if journey is BY_SMS else _WIDTHS[-1:]
