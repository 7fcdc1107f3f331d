"""Seconds from `python -m demo`, which `make run` calls when everything is installed, until `/healthz` answers 200."""

import asyncio
import signal
import tempfile
import time
from pathlib import Path

from benchmarks.base.bench import Bench
from benchmarks.base.tables import Table
from demo.client.running import Demo, finish, free_ports, start

_AIM = 10.0
_COLUMNS = {"start": "start", "median_s": "median", "worst_s": "worst", "holds": f"≤ {_AIM:g}"}
_PORTS_CLOSE_WITHIN = 1.0  # seconds: children of a killed process end after it


async def measure(bench: Bench) -> list[Table]:
    """Start a demo on a fresh state, again after Ctrl-C, and again after `kill -9` of all its processes."""
    table = Table("Seconds to /healthz 200", _COLUMNS)
    rounds = [await asyncio.to_thread(_three_starts) for _ in range(bench.size(1, 5))]
    for index, name in enumerate(("fresh state", "after Ctrl-C", "after kill -9 of everything")):
        taken = sorted(each[index] for each in rounds)
        table.add(name, taken[len(taken) // 2], taken[-1], "yes" if taken[-1] <= _AIM else "no")
    return [table]


def _three_starts() -> list[float]:
    with tempfile.TemporaryDirectory() as directory:
        fresh, first = _timed(Path(directory), free_ports())
        finish(first)
        again, second = _timed(Path(directory), first.ports)
        second.stop(signal.SIGKILL)
        finish(second)
        time.sleep(_PORTS_CLOSE_WITHIN)
        killed, third = _timed(Path(directory), first.ports)
        finish(third)
    return [fresh, again, killed]


def _timed(state: Path, ports: dict[str, int]) -> tuple[float, Demo]:
    begun = time.perf_counter()
    demo = start(state, ports)
    taken = time.perf_counter() - begun
    assert demo.is_healthy(), "the demo printed that it was ready, but was not"
    return taken, demo
