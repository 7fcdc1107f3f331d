"""Voters who arrive at a steady mean rate, as in a peak: how long they wait, and from which rate on the machine is too slow."""

import asyncio
from dataclasses import dataclass
from itertools import cycle
from random import Random
from time import perf_counter, process_time

from benchmarks.base.bench import Bench, Scale, Testbed
from benchmarks.base.storage import PROCESSES, cpu_since, cpu_so_far
from benchmarks.base.tables import Table, shown
from benchmarks.base.timings import PERCENTILES, percentile, percentiles
from benchmarks.peak.sms_delays import MEDIAN, P99, arrivals, sms_delay
from benchmarks.peak.voters import Arrival, Tally
from demo.client.arrivals import Arrivals

_SEED = 2022
_RATES = {Scale.QUICK: (1,), Scale.USUAL: (4, 8, 12), Scale.LONG: (4, 8, 12)}
_BEGINS_IN = 1.0  # seconds
_PAUSE = 15  # seconds between two rates, for what the first has left to do
_PROMPT = 2.0  # seconds from request to SMS, p95
_BEHIND = 10.0  # seconds
_NOTES = (
    f"Until a voter reads the SMS: log-normal, median {MEDIAN:g} s, one in a hundred {P99:g} s or more, half the run at most.",
    "That time is in no figure but the streams at most. Voters and servers share the machine.",
)
_RATE = {"arrivals_per_second": "arrivals a second"}
_COLUMNS = {
    **_RATE,
    "voters": "voters",
    "served": "served",
    "served_per_second": "served a second",
    "behind_s": "behind at the end, s",
    **{f"sms_{key}": f"request to SMS, {heading}" for key, heading in PERCENTILES.items()},
    **{f"whole_{key}": f"all pages, {heading}" for key, heading in PERCENTILES.items()},
    "most_streams": "streams at most",
    "cpu_ms": "CPU of one, ms",
    "voters_cpu_ms": "voter, ms",
}
_PAGES = {**_RATE, "page": "page", "views": "views", **PERCENTILES}
_PROCESSOR = {**_RATE, **{f"{name}_cores": name for name in PROCESSES}, "voters_cores": "voters"}


@dataclass(frozen=True)
class _Run:
    """One rate over `seconds`: `end` is when arrivals ended, `taken` until the last voter had finished."""

    per_second: int
    voters: int
    seconds: int
    end: float
    taken: float
    tally: Tally
    spent: dict[str, float]
    voters_spent: float

    def served_per_second(self) -> float:
        """Return how many voters a second had their code while others arrived, not counting the time of their SMS."""
        return sum(each <= self.end for each in self.tally.ends) / self.seconds

    def behind(self) -> float:
        """Return how long after the end of the arrivals the last voter would have had the code if SMS took no time."""
        return max(0.0, max(self.tally.ends, default=self.end) - self.end)

    def keeps_up(self) -> bool:
        """Return whether the machine keeps up with the arrivals."""
        prompt = percentile(self.tally.handed_over, 0.95) <= _PROMPT
        return prompt and self.behind() <= _BEHIND and len(self.tally.ends) == self.voters

    def add(self, rates: Table, pages: Table, processor: Table) -> None:
        """Add the rows of this rate."""
        tally, served = self.tally, len(self.tally.ends)
        speeds = (self.voters, served, self.served_per_second(), self.behind())
        costs = (1000 * each / max(served, 1) for each in (sum(self.spent.values()), self.voters_spent))
        waits = (*percentiles(tally.handed_over), *percentiles(tally.whole))
        rates.add(self.per_second, *speeds, *waits, tally.most_streams, *costs)
        for page, values in tally.pages.items():
            pages.add(self.per_second, page, len(values), *percentiles(values))
        cores = (self.spent[name] / self.taken for name in PROCESSES)
        processor.add(self.per_second, *cores, self.voters_spent / self.taken)


async def measure(bench: Bench) -> list[Table]:
    """Let voters arrive at each rate, one rate after the other."""
    seconds, runs = bench.size(5, 60, 300), list[_Run]()
    rates = Table(f"Voters who arrive during {seconds} s (Poisson), from the sign-in to the code", _COLUMNS)
    tables = [rates, Table("Pages", _PAGES, part="pages"), Table("Cores", _PROCESSOR, part="processor")]
    async with bench.testbed() as testbed:
        for per_second in bench.sizes(_RATES):
            bench.progress(f"{per_second} voters a second for {seconds} s")
            runs.append(await _run(testbed, per_second, seconds))
            runs[-1].add(*tables)
            faults = runs[-1].tally.faults.items()
            bench.violations += [f"{per_second} a second: {number} times {fault}" for fault, number in faults]
            await asyncio.sleep(bench.size(0, _PAUSE))
    rates.notes += [_knee(runs), *_NOTES]
    return tables


async def _run(testbed: Testbed, per_second: int, seconds: int) -> _Run:
    draw, tally = Random(_SEED), Tally()
    instants = arrivals(draw, per_second, seconds)
    people = await testbed.people(len(instants))
    async with Arrivals.under(testbed.demo.state) as received:
        before, own, begun = cpu_so_far(testbed.processes), process_time(), perf_counter() + _BEGINS_IN
        voters = [
            Arrival(person, url, begun + instant, sms_delay(draw, seconds / 2))
            for person, url, instant in zip(people, cycle(testbed.urls), instants, strict=False)
        ]
        await asyncio.gather(*(each.run(received, tally) for each in voters))
    taken, spent = perf_counter() - begun, cpu_since(before, testbed.processes)
    return _Run(per_second, len(voters), seconds, begun + seconds, taken, tally, spent, process_time() - own)


def _knee(runs: list[_Run]) -> str:
    kept = [run.per_second for run in runs if run.keeps_up()]
    most = max(run.served_per_second() for run in runs)
    rule = f"p95 of request to SMS ≤ {_PROMPT:g} s, and at most {_BEHIND:g} s behind at the end"
    return f"The machine keeps up with {max(kept, default=0)} a second ({rule}); at most {shown(most)} a second were served."
