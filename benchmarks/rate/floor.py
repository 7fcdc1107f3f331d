"""The floor: the least that a recovery can cost, which is its workflow with activities that do nothing, without a web.

It runs on the Temporal server of the measured demo, in a namespace and with a worker of its own. Its rate is the most
that the application could reach.
"""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count

import psutil
from temporalio.client import Client

from benchmarks.base.bench import Testbed
from benchmarks.base.storage import Processes, cpu_since, cpu_so_far
from benchmarks.rate import floor_worker
from benchmarks.rate.floor_drivers import DRIVERS
from benchmarks.rate.rate import Rate
from demo.client.browsers import Job, run_concurrently
from demo.client.journeys import BY_SMS, Journey
from election.procedures import workflow_id_of

_WARM_UP = 4  # recoveries before the first measure: they wait for the worker's start


class Floor:
    """Drives recoveries on the floor; `processes` are its worker and the Temporal server, by name."""

    def __init__(self, client: Client, processes: Processes) -> None:
        self._client = client
        self._processes = processes
        self._arrivals: dict[str, asyncio.Future[str]] = {}
        self._numbers = count()

    async def rate(self, number: int, width: int, journey: Journey = BY_SMS) -> Rate:
        """Drive so many recoveries, `width` at a time, and return what they took."""
        before = cpu_so_far(self._processes)
        seconds = await run_concurrently([self._job(journey) for _ in range(number)], width)
        return Rate(number, width, seconds, cpu_since(before, self._processes))

    async def read_arrivals(self, worker: asyncio.subprocess.Process) -> None:
        """Pass each id that the worker prints to the driver that waits for it, until the worker ends."""
        assert worker.stdout is not None
        async for line in worker.stdout:
            workflow_id, _, delivery_id = line.decode(errors="replace").strip().partition(" ")
            # The SDK warns on the same output when the machine is slow; an activity may have been tried twice.
            with suppress(KeyError, asyncio.InvalidStateError):
                self._arrivals[workflow_id].set_result(delivery_id)

    def _job(self, journey: Journey) -> Job:
        elector_id = f"{time.time_ns()}-{next(self._numbers)}"
        arrival: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._arrivals[workflow_id_of(journey.procedure, elector_id)] = arrival
        drive = DRIVERS[journey.procedure]
        return lambda: drive(self._client, elector_id, journey.channel, arrival)


@asynccontextmanager
async def floor_of(testbed: Testbed) -> AsyncIterator[Floor]:
    """Yield the floor on a testbed's Temporal server; its worker is killed at the end."""
    demo = testbed.demo
    await floor_worker.create_namespace(demo.temporal)
    client = await floor_worker.connect(demo.temporal)
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.rate.floor_worker", demo.temporal, stdout=PIPE
    )
    floor = Floor(client, {"temporal": testbed.processes["temporal"], "worker": [psutil.Process(worker.pid)]})
    reading = asyncio.create_task(floor.read_arrivals(worker))
    try:
        await floor.rate(_WARM_UP, _WARM_UP)
        yield floor
    finally:
        reading.cancel()
        worker.kill()
        await worker.wait()
