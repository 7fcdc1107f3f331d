"""Measures one process while it runs: its event loop, its connections to the database, and what its machine leaves it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from activities.metrics.definitions import CPU_STOLEN_RATIO, DATABASE_CONNECTIONS, EVENT_LOOP_LAG_SECONDS
from activities.store.database import Database

_EVERY = 0.5  # seconds
_ROUNDS_OF_CPU = 20
_STAT = Path("/proc/stat")
_STOLEN = 7  # of the times of « cpu » in proc(5)


class CpuTimes(NamedTuple):
    """The processor time of the whole machine since its start, and what of it the host gave to other machines."""

    total: int
    stolen: int


def cpu_times(stat: Path = _STAT) -> CpuTimes | None:
    """Return the machine's processor times, or None where the system does not tell (macOS)."""
    try:
        line = stat.read_text().partition("\n")[0]
    except OSError:
        return None
    # The last two are in the first two already.
    times = [int(each) for each in line.split()[1:9]]
    return CpuTimes(sum(times), times[_STOLEN]) if len(times) > _STOLEN else None


def stolen_ratio(before: CpuTimes, after: CpuTimes) -> float:
    """Return the share of the time between two moments that the host gave to others."""
    return (after.stolen - before.stolen) / max(1, after.total - before.total)


@asynccontextmanager
async def measured(database: Database) -> AsyncIterator[None]:
    """Measure this process until the end of the block."""
    measuring = asyncio.create_task(measure(database))
    try:
        yield
    finally:
        measuring.cancel()
        with suppress(asyncio.CancelledError):
            await measuring


async def measure(database: Database) -> None:
    """Measure this process, forever."""
    DATABASE_CONNECTIONS.set_function(database.connections_in_use)
    loop, before = asyncio.get_running_loop(), cpu_times()
    while True:
        for _ in range(_ROUNDS_OF_CPU):
            due = loop.time() + _EVERY
            await asyncio.sleep(_EVERY)
            EVENT_LOOP_LAG_SECONDS.observe(max(0.0, loop.time() - due))
        after = cpu_times()
        if before and after:
            CPU_STOLEN_RATIO.set(stolen_ratio(before, after))
        before = after
