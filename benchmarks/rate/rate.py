"""Recoveries a second by voters over HTTP, and what each process spent on them."""

import os
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import httpx2

from activities.security.hashing import Chosen, KeyedHash, SlowHash
from benchmarks.base.bench import Testbed
from benchmarks.base.storage import cpu_since, cpu_so_far
from demo.client.arrivals import Arrivals
from demo.client.browsers import Job, run_concurrently, signed_in_voters, voters_for
from demo.client.event_stream import followed
from demo.client.journeys import BY_SMS, Journey
from demo.client.voter import Person, Voter

_TOTAL = "all steps"
_FOLLOW_UP = "/reassort/suivi"
_HASHES_TIMED = 10


@dataclass
class Rate:
    """What a run of recoveries took, in seconds; `spent` is the processor time of each process, that of the voters apart.

    `told` is the number of events that the streams of the follow-up have told.
    """

    recoveries: int
    at_once: int
    seconds: float = 0.0
    spent: dict[str, float] = field(default_factory=dict)
    voters_spent: float = 0.0
    told: int = 0
    steps: dict[str, list[float]] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Recoveries a second."""
        return self.recoveries / self.seconds

    def add(self, other: "Rate") -> None:
        """Add another run of the same recovery."""
        self.recoveries += other.recoveries
        self.seconds += other.seconds
        self.voters_spent += other.voters_spent
        self.told += other.told
        for name, seconds in other.spent.items():
            self.spent[name] = self.spent.get(name, 0.0) + seconds
        for step, each in other.steps.items():
            self.steps.setdefault(step, []).extend(each)

    async def timed(self, step: str, answered: Awaitable[httpx2.Response], status: int) -> httpx2.Response:
        """Return the response of a step, and record its duration.

        Raises:
            AssertionError: it has another status.
        """
        begun = time.perf_counter()
        answer = await answered
        self.steps.setdefault(step, []).append(time.perf_counter() - begun)
        assert answer.status_code == status, (step, answer.status_code, answer.text[:2000])
        return answer


async def through_http(
    testbed: Testbed, people: list[Person], width: int, *, signed_in_before: bool, journey: Journey = BY_SMS
) -> Rate:
    """Recover for each person, `width` at a time; with `signed_in_before` the sign-in is not measured.

    Whoever has signed in follows the request on its page, with its event stream, until the link has been opened.
    """
    rate = Rate(len(people), width)
    browsing = signed_in_voters if signed_in_before else voters_for
    sign_in = journey.signs_in and not signed_in_before
    async with browsing(testbed.urls, people) as voters, Arrivals.under(testbed.demo.state) as arrivals:

        def job(voter: Voter) -> Job:
            return lambda: _recover(voter, journey, arrivals, rate, sign_in=sign_in)

        before, own = cpu_so_far(testbed.processes), time.process_time()
        rate.seconds = await run_concurrently([job(voter) for voter in voters], width)
        rate.spent, rate.voters_spent = cpu_since(before, testbed.processes), time.process_time() - own
    return rate


async def _recover(voter: Voter, journey: Journey, arrivals: Arrivals, rate: Rate, *, sign_in: bool) -> None:
    begun = time.perf_counter()
    if sign_in:
        await rate.timed("sign-in, both steps", voter.sign_in(), 303)
    await rate.timed("form and request", journey.request(voter), 303)
    requested, told = time.perf_counter(), list[str]()
    async with AsyncExitStack() as following:
        if journey.signs_in:
            await rate.timed("follow-up page", voter.page(_FOLLOW_UP), 200)
            told = await following.enter_async_context(followed(voter))
        link = await arrivals.link(journey.recipient(voter.person), pattern=journey.pattern)
        rate.steps.setdefault("until the message arrives", []).append(time.perf_counter() - requested)
        if journey.complete is not None:
            page = await rate.timed("link to credential", journey.complete(voter, link), 200)
            assert journey.credential(page.text), page.text[:2000]
    rate.told += len(told)
    rate.steps.setdefault(_TOTAL, []).append(time.perf_counter() - begun)


async def argon2_milliseconds() -> float:
    """Return the processor time of one hash on this machine, in milliseconds."""
    slow = SlowHash(KeyedHash(b"a pepper for the measure, 32 byt"))
    encoded = await slow.make(Chosen.PASSWORD, "elector", "mot de passe")
    begun = time.process_time()
    for _ in range(_HASHES_TIMED):
        await slow.matches(encoded, Chosen.PASSWORD, "elector", "mot de passe")
    return (time.process_time() - begun) * 1000 / _HASHES_TIMED


def without_argon2(per_second: float, hashes: int, milliseconds: float) -> float:
    """Return the rate if hashes took no processor time; it holds while all cores are busy."""
    return 1 / (1 / per_second - hashes * milliseconds / 1000 / (os.cpu_count() or 1))


def argon2_share(hashes_per_second: float, milliseconds: float) -> float:
    """Return the share of all cores that so many hashes a second take, in percent."""
    return 100 * hashes_per_second * milliseconds / 1000 / (os.cpu_count() or 1)
