"""Experiments on sends: the mail server is down, the server is killed, the relay hangs."""

import asyncio

import httpx2

from benchmarks.arrivals import Arrivals
from benchmarks.bench import Bench, Ground
from benchmarks.browsers import signed_in
from benchmarks.findings import Finding
from benchmarks.journeys import BY_EMAIL, BY_SMS, Journey
from benchmarks.rate import WHOLE, through_http
from benchmarks.timings import percentile
from benchmarks.voter import Voter

_BACK_WITHIN = 60.0
_LOOK_EVERY = 0.2
_FELT = 1.5  # a p95 that many times what it was is felt
_WIDTH = 4


async def mail_server_down(bench: Bench, ground: Ground) -> Finding:
    """Let voters ask by e-mail while nobody answers at the mail server, then let it come back."""
    people = await ground.people(bench.size(2, 20))
    async with signed_in(ground.demo.url, people) as voters, Arrivals.under(ground.demo.state) as arrivals:
        await _behave(ground, email="down")
        taken = await _asked(voters, BY_EMAIL)
        await _behave(ground, email="ok")
        received = await _received(arrivals, taken, BY_EMAIL)
    return _finding("the mail server is down", "the request was lost", taken, received)


async def killed_while_sending(bench: Bench, ground: Ground) -> Finding:
    """Kill web and worker while requests that were taken wait to leave."""
    demo, people = ground.demo, await ground.people(bench.size(2, 20))
    async with signed_in(demo.url, people) as voters, Arrivals.under(demo.state) as arrivals:
        await _behave(ground, sms="down")
        taken = await _asked(voters, BY_SMS)
        for name in ("web", "worker"):
            demo.kill(name)
        await _until_well(ground)
        await _behave(ground, sms="ok")
        received = await _received(arrivals, taken, BY_SMS)
    return _finding("the server is killed while sending", "the request was lost", taken, received)


async def relay_hangs(bench: Bench, ground: Ground) -> Finding:
    """Let the relay accept and never speak while some wait for an e-mail and others recover by SMS."""
    assert ground.relay is not None
    demo = ground.demo
    waiting, others = await ground.people(bench.size(3, 60)), bench.size(4, 40)
    before = await _p95_by_sms(ground, others)
    async with signed_in(demo.url, waiting) as voters, Arrivals.under(demo.state) as arrivals:
        ground.relay.hangs = True
        taken = await _asked(voters, BY_EMAIL)
        meanwhile = await _p95_by_sms(ground, others)
        hung = ground.relay.waiting
        ground.relay.hangs = False
        received = await _received(arrivals, taken, BY_EMAIL)
    return Finding(
        f"a mail relay that hangs ({hung} sends in it)",
        "stopped the whole site for 30 s",
        f"p95 of a whole recovery by SMS: {before:.2f} s before, {meanwhile:.2f} s while; afterwards "
        f"{sum(received)} of {len(taken)} e-mails arrived",
        meanwhile <= _FELT * before and hung > 0 and received == [1] * len(taken),
    )


async def _p95_by_sms(ground: Ground, number: int) -> float:
    people = await ground.people(number)
    rate = await through_http(ground.demo, people, _WIDTH, signed_in_before=True)
    return percentile(rate.steps[WHOLE], 0.95)


async def _asked(voters: list[Voter], journey: Journey) -> list[Voter]:
    """Let everyone ask, and return those who were told that their request is taken."""
    answers = await asyncio.gather(*(journey.ask(voter) for voter in voters))
    told = zip(voters, answers, strict=True)
    return [voter for voter, answer in told if answer.status_code == httpx2.codes.SEE_OTHER]


async def _received(arrivals: Arrivals, voters: list[Voter], journey: Journey) -> list[int]:
    """Return how many links each of them has received, once all have one or a minute is over."""
    boxes = [journey.where(voter.person) for voter in voters]
    waits = (arrivals.link(box, within=_BACK_WITHIN) for box in boxes)
    await asyncio.gather(*waits, return_exceptions=True)
    return [len(arrivals.links(box)) for box in boxes]


def _finding(experiment: str, others: str, taken: list[Voter], received: list[int]) -> Finding:
    lost, doubled = received.count(0), sum(number > 1 for number in received)
    ours = f"{lost} lost, {doubled} doubled of {len(taken)}"
    return Finding(experiment, others, ours, lost == doubled == 0 and bool(taken))


async def _behave(ground: Ground, **modes: str) -> None:
    await asyncio.to_thread(lambda: ground.demo.gateways(**modes))


async def _until_well(ground: Ground) -> None:
    async with asyncio.timeout(_BACK_WITHIN):
        while not await asyncio.to_thread(ground.demo.is_well):  # noqa: ASYNC110 - another process sets no Event of ours
            await asyncio.sleep(_LOOK_EVERY)
