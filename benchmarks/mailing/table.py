"""A mailing that sends a link to every elector, as in 2011: its speed, its cost, and its invariants under kills."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from statistics import linear_regression

from benchmarks.base import storage
from benchmarks.base.bench import Bench, Scale, Testbed
from benchmarks.base.tables import Table
from benchmarks.base.timings import milliseconds
from benchmarks.mailing import audit, beside, run
from benchmarks.mailing.run import Finished
from demo.client import electors
from election.text.numbers import written_span

_SEED = 2011
_SIZES = {Scale.QUICK: (20,), Scale.USUAL: (3_000, 10_000), Scale.LONG: (3_000, 10_000, 30_000)}
_KILLED = (40, 10_000, 100_000)  # electors, by scale
_KILLS = (2, 12, 12)
# More than the machine can do, so that its limit is measured; and what it can do while voters ask.
_MOST, _BESIDE = 2_000.0, 300.0
_VOTERS_PER_SECOND = 3
_VOTERS = (3, 90, 180)
_FIRST = 500_000  # other electors than those of the other benchmarks
_MILLION = 1_000_000
_COLUMNS = {
    "relay": "relay",
    "electors": "electors",
    "asked_per_second": "links a second asked for",
    "kills": "kills",
    "accepted": "accepted",
    "ended": "ended",
    "seconds": "seconds",
    "links_per_second": "links a second",
    "repeated_mails": "repeated mails",
    "own_p50_ms": "own mail beside, p50 ms",
    "own_p95_ms": "p95 ms",
}
_BYTES = {"electors": "electors", **{f"{name}_bytes": f"{name}, bytes a link" for name in storage.DATABASES}}


@dataclass(frozen=True)
class _Plan:
    """One mailing: to the demo's relay or a sink, with kills or not, with voters beside it or not."""

    relay: str
    electors: int
    per_second: float = _MOST
    kills: int = 0
    voters: int = 0


@dataclass(frozen=True)
class _Run:
    plan: _Plan
    sent: Finished
    repeated_mails: int | None
    own: list[float]


async def measure(bench: Bench) -> list[Table]:
    """Run mailings over rolls of several sizes, each on a new demo: to both relays, beside voters, and under kills."""
    sizes = bench.sizes(_SIZES)
    plans = [_Plan("demo", size) for size in sizes]
    plans += [_Plan("sink", sizes[-1]), _Plan("demo", sizes[-1], _BESIDE, voters=bench.size(*_VOTERS))]
    plans.append(_Plan("demo", bench.size(*_KILLED), kills=bench.size(*_KILLS)))
    runs = []
    for number, plan in enumerate(plans):
        bench.progress(f"{plan.electors} electors, relay {plan.relay}, {plan.kills} kills, {plan.voters} voters")
        async with bench.testbed() as testbed:
            runs.append(await _run(bench, testbed, number, plan))
    return [_speeds(runs), _bytes(runs), _million(runs)]


async def _run(bench: Bench, testbed: Testbed, number: int, plan: _Plan) -> _Run:
    demo, name = testbed.demo, f"envoi-{number}"
    first = _FIRST + number * 100_000
    people = await asyncio.to_thread(electors.load, demo.state, plan.electors, first, activated=False)
    voters = await testbed.people(plan.voters) if plan.voters else []
    kills = run.plan_kills(_SEED, plan.electors, plan.kills)
    own: list[float] = []
    async with AsyncExitStack() as around:
        if plan.relay == "sink":
            await around.enter_async_context(run.sink(demo))
        if voters:
            own = await around.enter_async_context(beside.voters(testbed, voters, _VOTERS_PER_SECOND))
        sent = await run.send(demo, name, plan.per_second, kills, bench.progress)
    if plan.relay == "sink":
        return _Run(plan, sent, None, own)
    records = await asyncio.to_thread(audit.read, demo, name, {person["work_email"] for person in people})
    for invariant, violations in audit.violations(records).items():
        bench.violations += [
            f"{plan.electors} electors, {plan.kills} kills: {invariant}: {each}" for each in violations
        ]
    return _Run(plan, sent, records.repeated_mails, own)


def _speeds(runs: list[_Run]) -> Table:
    table = Table("Mailings", _COLUMNS)
    for each in runs:
        plan, progress = each.plan, each.sent.progress
        asked, speed = (plan.per_second, plan.kills), (each.sent.seconds, each.sent.per_second)
        own = [milliseconds(each.own), milliseconds(each.own, 0.95)] if each.own else [None, None]
        counted = (progress.accepted, str(progress.ending), *speed, each.repeated_mails)
        table.add(plan.relay, progress.total, *asked, *counted, *own)
    table.notes += [
        f"{_MOST:,.0f} links a second are more than the machine can do. The seconds end with the last mail that is accepted.",
        "Kills are of sender, worker, Temporal and PostgreSQL in turn.",
        "A mail is repeated, with the same link, if a process is killed between the relay's « 250 » and our record of it.",
        f"Beside one of them, voters recover a code by e-mail, {_VOTERS_PER_SECOND} a second: from request to mail.",
    ]
    return table


def _bytes(runs: list[_Run]) -> Table:
    table = Table("Bytes of one link", _BYTES, part="bytes")
    for each in _plain(runs):
        number = each.sent.progress.accepted
        table.add(number, *(each.sent.growth[name] / number for name in storage.DATABASES))
    table.notes.append("Indexes, the ledger and the sealed journal included.")
    return table


def _million(runs: list[_Run]) -> Table:
    plain = _plain(runs)
    columns = {"what": "what", "cost": "cost"}
    table = Table("Computed cost of a million links on this machine", columns, part="million")
    table.add(
        "time", written_span(timedelta(seconds=_slope(plain, [each.sent.seconds for each in plain]) * _MILLION))
    )
    for name in storage.DATABASES:
        slope = _slope(plain, [float(each.sent.growth[name]) for each in plain])
        table.add(f"{name} database, GB", slope * _MILLION / 1e9)
    of = "the slope of the runs" if len(plain) > 1 else "the average of the run"
    table.notes.append(f"By {of} to the demo's relay without kills or voters.")
    return table


def _plain(runs: list[_Run]) -> list[_Run]:
    return [
        each
        for each in runs
        if each.plan.per_second == _MOST and each.plan.relay == "demo" and not each.plan.kills
    ]


def _slope(runs: list[_Run], values: list[float]) -> float:
    numbers = [each.sent.progress.accepted for each in runs]
    return linear_regression(numbers, values).slope if len(set(numbers)) > 1 else values[0] / numbers[0]
