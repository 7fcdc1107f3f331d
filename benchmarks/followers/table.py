"""Electors who follow their recovery: what their open event streams cost, and how soon a change is told."""

import asyncio
import resource
from collections.abc import Awaitable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from time import perf_counter

from activities.services import RollServices
from benchmarks.base import storage
from benchmarks.base.bench import Bench, Scale, Testbed
from benchmarks.base.tables import Table
from benchmarks.base.timings import percentiles
from benchmarks.followers import streams, waiting_electors
from benchmarks.followers.streams import Stream
from benchmarks.followers.waiting_electors import WaitingElector
from demo.client import demo_internals, electors
from election.stages import Stage
from web.http.open_files import OTHER_FILES

STREAMS = {Scale.QUICK: (20, 200), Scale.USUAL: (1_000, 10_000), Scale.LONG: (1_000, 10_000, 20_000)}
_SEED = 2018
_FIRST = 300_000  # other electors than those of the other benchmarks
_CHANGES_A_SECOND = 10
_SETTLES = 30  # seconds after the last stream was opened
_OTHERS = ("temporal", "worker", "postgres")
_COLUMNS = {
    "streams": "streams",
    "core": "web, cores at rest",
    "core_with_changes": "with changes",
    "changes": "changes",
    "p50_ms": "told, p50, ms",
    "p95_ms": "p95, ms",
    "p99_ms": "p99, ms",
    "kb_per_stream": "kB a stream",
    **{f"{name}_core": f"{name}, cores" for name in _OTHERS},
}

_NOTES = (
    "Aims for 10,000 streams: ≤ 0.12 of a core at rest, ≤ 0.25 with ten changes a second, p99 ≤ 2 s, ≤ 60 kB a stream.",
    "Aim for Temporal and the worker: as idle as without streams.",
    "Cores are processor time by time; those of Temporal, the worker and PostgreSQL are at rest.",
    "The slope of the memory leaves out the first step, which fills pools and caches.",
)


@dataclass
class _Followers:
    """Open streams, whose electors are in the same order; `unchanged` are those whose SMS is still late."""

    testbed: Testbed
    services: RollServices
    seconds: int
    waiting: list[WaitingElector] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)

    async def open(self, number: int, first: int) -> None:
        """Open so many more streams, of new electors."""
        demo = self.testbed.demo
        people = await asyncio.to_thread(electors.load, demo.state, number, first, activated=False)
        waiting = await waiting_electors.let_wait(demo, self.services, people)
        self.unchanged += range(len(self.waiting), len(self.waiting) + number)
        self.waiting += waiting
        self.streams += await streams.opened(demo.url, [each.cookie for each in waiting])

    async def cores(self) -> dict[str, float]:
        """Return how many cores each process uses while nothing is changed."""
        return await self._measured(self._rest())

    async def cores_with_changes(self, draw: Random) -> tuple[dict[str, float], list[float]]:
        """Return the same while ten SMS a second arrive, and the seconds after which each was told."""
        told: list[float] = []
        return await self._measured(self._change(draw, told)), told

    def violations(self, told: list[float]) -> list[str]:
        """Return a line if a change was not told, and one if a stream has ended."""
        missing = self.seconds * _CHANGES_A_SECOND - len(told)
        faults = {each.fault for each in self.streams if each.fault}
        return [f"{missing} changes were not told"] * bool(missing) + [f"a stream {each}" for each in faults]

    async def _measured(self, meanwhile: Awaitable[None]) -> dict[str, float]:
        processes, begun = self.testbed.processes, perf_counter()
        before = storage.cpu_so_far(processes)
        await meanwhile
        taken = perf_counter() - begun
        return {name: spent / taken for name, spent in storage.cpu_since(before, processes).items()}

    async def _rest(self) -> None:
        await asyncio.sleep(self.seconds)

    async def _change(self, draw: Random, told: list[float]) -> None:
        begun = perf_counter()
        changing = []
        for number in range(self.seconds * _CHANGES_A_SECOND):
            await asyncio.sleep(begun + number / _CHANGES_A_SECOND - perf_counter())
            place = self.unchanged.pop(draw.randrange(len(self.unchanged)))
            changing.append(asyncio.create_task(self._change_one(place)))
        told += [each for each in await asyncio.gather(*changing) if each is not None]

    async def _change_one(self, place: int) -> float | None:
        """Return the seconds from a change to its event, or None if the event has not come."""
        begun = perf_counter()
        await waiting_electors.deliver(self.services, self.waiting[place])
        try:
            return await self.streams[place].told(Stage.SENT) - begun
        except (ConnectionError, TimeoutError):
            return None


async def measure(bench: Bench) -> list[Table]:
    """Open streams in two steps, and measure at each what they cost while nothing changes, and with changes."""
    _, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))
    steps, notes = steps_within(bench.sizes(STREAMS), most_files)
    table = Table("Open event streams of one web process", _COLUMNS)
    async with bench.testbed() as testbed:
        services = demo_internals.build_roll_services(testbed.demo)
        followers = _Followers(testbed, services, seconds=bench.size(1, 30))
        try:
            await _add_rows(bench, table, followers, steps)
        finally:
            streams.close(followers.streams)
            await services.database.close()
    table.notes += (*_NOTES, *notes)
    return [table]


async def _add_rows(bench: Bench, table: Table, followers: _Followers, steps: tuple[int, ...]) -> None:
    draw, memory = Random(_SEED), 0
    without = await followers.cores()
    table.add(0, without["web"], *[None] * 6, *(without[name] for name in _OTHERS))
    for before, number in pairwise((0, *steps)):
        bench.progress(f"opening {number - before} streams")
        await followers.open(number - before, _FIRST + before)
        await asyncio.sleep(bench.size(1, _SETTLES))
        resting, held = await followers.cores(), storage.resident_memory(followers.testbed.processes)["web"]
        changing, told = await followers.cores_with_changes(draw)
        per_stream = (held - memory) / (number - before) / 1000 if memory else None
        figures = (resting["web"], changing["web"], len(told), *percentiles(told), per_stream)
        table.add(number, *figures, *(resting[name] for name in _OTHERS))
        bench.violations += followers.violations(told)
        memory = held


def steps_within(steps: tuple[int, ...], most_files: int) -> tuple[tuple[int, ...], list[str]]:
    """Return the steps whose streams a process may open, and a note that names the others."""
    if most_files == resource.RLIM_INFINITY:
        return steps, []
    possible = tuple(each for each in steps if each + OTHER_FILES <= most_files)
    left_out = [f"{each:,}" for each in steps if each not in possible]
    note = f"Left out: {', '.join(left_out)} streams, since a process may open {most_files:,} files here (`ulimit -Hn`)."
    return possible, [note] if left_out else []
