"""Whole recoveries a second, by N voters at once through HTTP, against the floor of the same run."""

import asyncio
import os
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count

import httpx2
import psutil
from temporalio.client import Client

from activities.security.hashing import SlowHash
from benchmarks.base.storage import cost_so_far, spent_by
from benchmarks.rate import floor, floor_drivers
from demo.client.arrivals import Arrivals
from demo.client.browsers import Job, at_once, crowd, signed_in
from demo.client.journeys import BY_SMS, Journey
from demo.client.running import Demo
from demo.client.voter import Person, Voter
from election.procedures import workflow_id_of

WHOLE = "all of it"
_HASHES_TIMED = 10


@dataclass
class Rate:
    """What a run of recoveries took, in seconds; `spent` are those of processor, by process."""

    recoveries: int
    at_once: int
    seconds: float = 0.0
    spent: dict[str, float] = field(default_factory=dict)
    steps: dict[str, list[float]] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Whole recoveries a second."""
        return self.recoveries / self.seconds

    def add(self, other: "Rate") -> None:
        """Count another run of the same kind in."""
        self.recoveries += other.recoveries
        self.seconds += other.seconds
        for name, seconds in other.spent.items():
            self.spent[name] = self.spent.get(name, 0.0) + seconds
        for step, each in other.steps.items():
            self.steps.setdefault(step, []).extend(each)

    async def timed(self, step: str, answered: Awaitable[httpx2.Response], status: int) -> httpx2.Response:
        """Return the answer of a step, and note how long it took.

        Raises:
            AssertionError: it has another status.
        """
        begun = time.perf_counter()
        answer = await answered
        self.steps.setdefault(step, []).append(time.perf_counter() - begun)
        assert answer.status_code == status, (step, answer.status_code, answer.text[:2000])
        return answer


async def through_http(
    demo: Demo, people: list[Person], width: int, *, signed_in_before: bool, journey: Journey = BY_SMS
) -> Rate:
    """Let every person recover, so many at once; `signed_in_before` leaves the sign-in out of the measure."""
    rate = Rate(len(people), width)
    browsing = signed_in if signed_in_before else crowd
    async with browsing(demo.url, people) as voters, Arrivals.under(demo.state) as arrivals:

        def job(voter: Voter) -> Job:
            return lambda: _recover(
                voter, journey, arrivals, rate, sign_in=journey.signs_in and not signed_in_before
            )

        before = cost_so_far(demo)
        rate.seconds = await at_once([job(voter) for voter in voters], width)
        rate.spent = cost_so_far(demo).since(before).seconds
    return rate


async def _recover(voter: Voter, journey: Journey, arrivals: Arrivals, rate: Rate, *, sign_in: bool) -> None:
    arrived = time.perf_counter()
    if sign_in:
        await rate.timed("sign-in, both steps", voter.sign_in(), 303)
    await rate.timed("form and request", journey.ask(voter), 303)
    begun = time.perf_counter()
    link = await arrivals.link(journey.where(voter.person), mark=journey.mark)
    rate.steps.setdefault("until the message arrives", []).append(time.perf_counter() - begun)
    if journey.take is not None:
        page = await rate.timed("link, and what it gives", journey.take(voter, link), 200)
        assert journey.given(page.text), page.text[:2000]
    rate.steps.setdefault(WHOLE, []).append(time.perf_counter() - arrived)


class Floor:
    """Who waits for which of the links of the floor's worker; `processes` are that one and Temporal's."""

    def __init__(self, client: Client, processes: dict[str, psutil.Process]) -> None:
        self._client = client
        self._processes = processes
        self._links: dict[str, asyncio.Future[str]] = {}
        self._numbers = count()

    async def rate(self, number: int, width: int, journey: Journey = BY_SMS) -> Rate:
        """Drive as many recoveries whose activities do nothing, so many at once."""
        before = self._spent()
        seconds = await at_once([self._job(journey) for _ in range(number)], width)
        spent = {name: so_far - before[name] for name, so_far in self._spent().items()}
        return Rate(number, width, seconds, spent)

    async def read_links(self, worker: asyncio.subprocess.Process) -> None:
        """Hand each link that the worker tells to whoever waits for it."""
        assert worker.stdout is not None
        async for line in worker.stdout:
            workflow_id, link_id = line.decode().split()
            with suppress(KeyError, asyncio.InvalidStateError):  # a send that was tried twice
                self._links[workflow_id].set_result(link_id)

    def _spent(self) -> dict[str, float]:
        return {name: spent_by(process) for name, process in self._processes.items()}

    def _job(self, journey: Journey) -> Job:
        name = f"{time.time_ns()}-{next(self._numbers)}"
        arrival = self._links[workflow_id_of(journey.procedure, name)] = asyncio.get_running_loop().create_future()
        drive = floor_drivers.OF[journey.procedure]
        return lambda: drive(self._client, name, journey.channel, arrival)


@asynccontextmanager
async def floor_of(demo: Demo) -> AsyncIterator[Floor]:
    """Give the floor on a demo's own Temporal server, with a worker of its own."""
    await floor.make_namespace(demo.temporal)
    client = await floor.connect(demo.temporal)
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.rate.floor", demo.temporal, stdout=PIPE
    )
    processes = {"temporal": demo.process("temporal"), "worker": psutil.Process(worker.pid)}
    laid = Floor(client, processes)
    reading = asyncio.create_task(laid.read_links(worker))
    try:
        await laid.rate(4, 4)  # the worker's first ones wait for it to begin
        yield laid
    finally:
        reading.cancel()
        worker.kill()
        await worker.wait()


async def argon2_milliseconds() -> float:
    """Return what one hash costs here, in milliseconds."""
    slow = SlowHash()
    encoded = await slow.make("mot de passe")
    begun = time.perf_counter()
    for _ in range(_HASHES_TIMED):
        await slow.matches(encoded, "mot de passe")
    return (time.perf_counter() - begun) * 1000 / _HASHES_TIMED


def without_argon2(per_second: float, hashes: int, milliseconds: float) -> float:
    """Return how many recoveries a second there would be if hashes took no processor, all cores being busy."""
    return 1 / (1 / per_second - hashes * milliseconds / 1000 / (os.cpu_count() or 1))


def argon2_share(per_second: float, hashes: int, milliseconds: float) -> float:
    """Return which share of all cores so many hashes a recovery take at that rate, in percent."""
    return 100 * per_second * hashes * milliseconds / 1000 / (os.cpu_count() or 1)
