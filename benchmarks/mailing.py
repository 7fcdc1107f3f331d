"""2011's campaign: every elector of a roll gets a link, while worker and Temporal server are killed at random."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from statistics import linear_regression, median

from temporalio.client import Client

from benchmarks import mailing_audit, mailing_run
from benchmarks.base import storage
from benchmarks.base.bench import Bench, Ground, Scale
from benchmarks.base.tables import Table
from benchmarks.mailing_run import Sent
from demo.client import demo_internals, electors
from demo.client.running import Demo
from workflows.mailings.messages import campaign_id
from workflows.mailings.ui_details import duration

_SEED = 2011
_SIZES = {Scale.QUICK: (20, 40), Scale.USUAL: (1_000, 3_000, 10_000), Scale.LONG: (1_000, 3_000, 10_000, 30_000)}
_KILLS = {Scale.QUICK: 2, Scale.USUAL: 12, Scale.LONG: 30}
# More than the machine keeps: what it does keep is what is measured.
_RATE = 100.0
_PAGE = timedelta(seconds=2)
_SAMPLE = 50
_FIRST = 500_000  # other people than those of the other measures
_MILLION = 1_000_000


@dataclass(frozen=True)
class Run:
    """One campaign, and what it cost; `recovery` has the events and bytes of one of its recoveries, in the median."""

    kills: int
    sent: Sent
    twice: int
    runs: int
    events: int
    size: int
    recovery: tuple[float, float]
    grown: dict[str, int]


async def measure(bench: Bench) -> list[Table]:
    """Make a campaign over rolls of several sizes, each on a demo of its own; the last is made again under blows."""
    runs: list[Run] = []
    sizes = _SIZES[bench.scale]
    for place, number in enumerate((*sizes, sizes[-1])):
        kills = _KILLS[bench.scale] if place == len(sizes) else 0
        bench.say(f"{number} electors, {kills} kills")
        async with bench.ground() as ground:
            runs.append(await _made(bench, ground, f"envoi-{place}", number, kills))
    calm = [run for run in runs if not run.kills]
    return [_told(runs), _slopes(calm), _million(calm)]


async def _made(bench: Bench, ground: Ground, name: str, number: int, kills: int) -> Run:
    demo, first = ground.demo, _FIRST + int(name[-1]) * 100_000
    people = await asyncio.to_thread(electors.load, demo.state, number, first, activated=False)
    before = storage.stored(demo)
    asked = mailing_run.order(demo, name, _RATE, _PAGE)
    strikes = mailing_run.blows(_SEED, number, kills)
    sent = await mailing_run.send(demo, asked, strikes, bench.say)
    books = await mailing_audit.read(demo, name, {person["work_email"] for person in people})
    for invariant, faults in mailing_audit.broken(books).items():
        bench.broken += [f"{number} electors, {kills} kills: {invariant}: {fault}" for fault in faults]
    grown = {each: size - before[each] for each, size in storage.stored(demo).items()}
    client = await demo_internals.temporal(demo)
    chain = await _chain(client, campaign_id(asked.election, name), sent.run_id)
    recovery = await _recovery(client, demo, name)
    events, size = sum(each for each, _ in chain), sum(each for _, each in chain)
    return Run(kills, sent, books.twice, len(chain), events, size, recovery, grown)


async def _chain(client: Client, workflow_id: str, run_id: str) -> list[tuple[int, int]]:
    """Return events and bytes of each run of a campaign, the first one first."""
    found = []
    while run_id:
        events = (await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()).events
        found.append((len(events), sum(event.ByteSize() for event in events)))
        run_id = events[-1].workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    return found


async def _recovery(client: Client, demo: Demo, name: str) -> tuple[float, float]:
    query = "SELECT workflow_id FROM recipients JOIN links USING (link_id) WHERE campaign = %s LIMIT %s"
    lengths = []
    for (workflow_id,) in demo_internals.ask(demo, query, name, str(_SAMPLE)):
        events = (await client.get_workflow_handle(workflow_id).fetch_history()).events
        lengths.append((len(events), sum(event.ByteSize() for event in events)))
    counts, sizes = zip(*lengths, strict=True)
    return median(counts), median(sizes)


def _told(runs: list[Run]) -> Table:
    columns = ("electors", "kills", "reached", "ended", "runs", "seconds", "links a second", "same mail twice")
    table = Table("Campaigns", columns)
    for run in runs:
        progress = run.sent.progress
        speed = progress.total / run.sent.seconds
        ended, seconds = str(progress.ended), run.sent.seconds
        table.add(progress.total, run.kills, progress.reached, ended, run.runs, seconds, speed, run.twice)
    table.notes += [
        f"Asked: {_RATE:g} a second, more than the machine keeps. Until the last mail was with the relay.",
        "A mail comes twice, with the same link, when a kill falls between the relay's « 250 » and our writing it down.",
    ]
    return table


def _slopes(runs: list[Run]) -> Table:
    table = Table("For one link", ("what", "events", "bytes"))
    table.add("campaign’s own history, by slope", _slope(runs, "events"), _slope(runs, "size"))
    recoveries = [run.recovery for run in runs]
    table.add("history of its recovery, median", *map(median, zip(*recoveries, strict=True)))
    for name in storage.DATABASES:
        table.add(f"{name}’s database, by slope", None, _grown(runs, name))
    table.notes.append(
        f"From runs of {', '.join(str(run.sent.progress.total) for run in runs)} electors, no kills."
    )
    return table


def _million(runs: list[Run]) -> Table:
    last = runs[-1]
    speed = last.sent.progress.total / last.sent.seconds
    stored = {name: _grown(runs, name) * _MILLION / 1e9 for name in storage.DATABASES}
    table = Table("What a million electors would cost here", ("what", "cost"))
    table.add("time", duration(timedelta(seconds=_MILLION / speed)))
    for name, gigabytes in stored.items():
        table.add(f"{name}’s database, GB", gigabytes)
    table.add("histories of the recoveries, GB", last.recovery[1] * _MILLION / 1e9)
    table.add("the campaign’s own history, events", _slope(runs, "events") * _MILLION)
    table.add("the same, MB", _slope(runs, "size") * _MILLION / 1e6)
    return table


def _slope(runs: list[Run], name: str) -> float:
    totals = [run.sent.progress.total for run in runs]
    return linear_regression(totals, [getattr(run, name) for run in runs]).slope


def _grown(runs: list[Run], name: str) -> float:
    return linear_regression([run.sent.progress.total for run in runs], [run.grown[name] for run in runs]).slope
