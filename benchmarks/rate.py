"""Whole recoveries a second, by N voters at once through HTTP, against the floor of the same run."""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import httpx2

from activities.security.hashing import SlowHash
from benchmarks import floor
from benchmarks.running import Demo
from benchmarks.voter import Person, Voter, shown_code
from demo.inbox import Inbox


@dataclass
class Rate:
    """What a run of recoveries took, in seconds."""

    recoveries: int
    at_once: int
    seconds: float
    steps: dict[str, list[float]] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Whole recoveries a second."""
        return self.recoveries / self.seconds


async def at_once(jobs: list[Callable[[], Awaitable[None]]], width: int) -> float:
    """Run jobs, so many at once, and return the seconds that they took together."""
    places = asyncio.Semaphore(width)

    async def placed(job: Callable[[], Awaitable[None]]) -> None:
        async with places:
            await job()

    begun = time.perf_counter()
    await asyncio.gather(*(placed(job) for job in jobs))
    return time.perf_counter() - begun


async def through_http(demo: Demo, people: list[Person], width: int, *, signed_in: bool) -> Rate:
    """Let every person recover a voting code; `signed_in` leaves the sign-in out of the measure."""
    inbox = Inbox.under(demo.state)
    rate = Rate(len(people), width, 0.0)
    # One client with room for everyone: each voter has cookies of its own all the same.
    limits = httpx2.Limits(max_connections=width * 2, max_keepalive_connections=width * 2)
    clients = [httpx2.AsyncClient(base_url=demo.url, timeout=60, limits=limits) for _ in people]
    voters = [Voter(client, person) for client, person in zip(clients, people, strict=True)]
    if signed_in:
        await at_once([_ignoring(voter.sign_in) for voter in voters], width)

    def job(voter: Voter) -> Callable[[], Awaitable[None]]:
        return lambda: _recover(voter, inbox, rate, sign_in=not signed_in)

    rate.seconds = await at_once([job(voter) for voter in voters], width)
    await asyncio.gather(*(client.aclose() for client in clients))
    return rate


async def of_the_floor(demo: Demo, number: int, width: int) -> Rate:
    """Drive as many recoveries whose activities do nothing, on the same server."""
    await floor.make_namespace(demo.temporal)
    client = await floor.connect(demo.temporal)
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.floor", demo.temporal, stdout=PIPE
    )
    links: dict[str, asyncio.Future[str]] = {}
    reading = asyncio.create_task(_read_links(worker, links))

    def job(name: str) -> Callable[[], Awaitable[None]]:
        links[f"floor/{name}"] = asyncio.get_running_loop().create_future()
        return lambda: floor.recover(client, name, links[f"floor/{name}"])

    mark = f"{time.time_ns()}"
    await at_once([job(f"{mark}-warm-{each}") for each in range(width)], width)
    seconds = await at_once([job(f"{mark}-{each}") for each in range(number)], width)
    reading.cancel()
    worker.kill()
    await worker.wait()
    return Rate(number, width, seconds)


async def argon2_milliseconds() -> float:
    """Return what one hash costs here, in milliseconds."""
    slow = SlowHash()
    encoded = await slow.make("mot de passe")
    begun = time.perf_counter()
    for _ in range(10):
        await slow.matches(encoded, "mot de passe")
    return (time.perf_counter() - begun) * 100


async def _recover(voter: Voter, inbox: Inbox, rate: Rate, *, sign_in: bool) -> None:
    async def timed(name: str, step: Awaitable[httpx2.Response], status: int) -> httpx2.Response:
        begun = time.perf_counter()
        answer = await step
        rate.steps.setdefault(name, []).append(time.perf_counter() - begun)
        assert answer.status_code == status, (name, answer.status_code, answer.text[:2000])
        return answer

    if sign_in:
        await timed("sign-in", voter.sign_in(), 303)
    await timed("request", voter.ask(), 303)
    begun = time.perf_counter()
    while not (received := inbox.of(voter.person["phone"])):  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.05)
    rate.steps.setdefault("SMS", []).append(time.perf_counter() - begun)
    link = received[-1].text.partition("/lien/")[2].split()[0]
    page = await timed("link and code", voter.press(f"/lien/{link}"), 200)
    assert shown_code(page.text)


async def _read_links(worker: asyncio.subprocess.Process, links: dict[str, asyncio.Future[str]]) -> None:
    assert worker.stdout is not None
    async for line in worker.stdout:
        workflow_id, link_id = line.decode().split()
        with suppress(KeyError, asyncio.InvalidStateError):  # a send that was tried twice
            links[workflow_id].set_result(link_id)


def _ignoring(step: Callable[[], Awaitable[httpx2.Response]]) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        await step()

    return run
