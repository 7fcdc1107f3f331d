"""A campaign that sends a link to every elector, as in 2011: its speed, its cost, and its invariants under kills."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from statistics import linear_regression, median

from temporalio.client import Client

from benchmarks import mailing_audit, mailing_run
from benchmarks.base import storage
from benchmarks.base.bench import Bench, Scale, Testbed
from benchmarks.base.tables import Table
from benchmarks.mailing_run import FinishedCampaign
from demo.client import demo_internals, electors
from demo.client.running import Demo
from workflows.mailings.messages import campaign_id
from workflows.mailings.ui_details import duration

_SEED = 2011
_SIZES = {Scale.QUICK: (20, 40), Scale.USUAL: (1_000, 3_000, 10_000), Scale.LONG: (1_000, 3_000, 10_000, 30_000)}
_KILLS = (2, 12, 30)  # by scale
# Links a second asked for: more than the machine can do, so that its limit is measured.
_RATE = 100.0
_PAGE = timedelta(seconds=2)
_SAMPLE = 50
_FIRST = 500_000  # other electors than those of the other benchmarks
_MILLION = 1_000_000


@dataclass(frozen=True)
class Run:
    """One campaign and its cost.

    `events` and `size` are those of the campaign's own history over all its `runs`; `recovery` has the events and bytes of a
    recovery's history (medians), `growth` the bytes of each database.
    """

    kills: int
    sent: FinishedCampaign
    repeated_mails: int
    runs: int
    events: int
    size: int
    recovery: tuple[float, float]
    growth: dict[str, int]


async def measure(bench: Bench) -> list[Table]:
    """Run a campaign over rolls of several sizes, each on a new demo, and the largest once more with kills."""
    runs: list[Run] = []
    sizes, kills_in_last = bench.sizes(_SIZES), bench.size(*_KILLS)
    for index, number in enumerate((*sizes, sizes[-1])):
        kills = kills_in_last if index == len(sizes) else 0
        bench.progress(f"{number} electors, {kills} kills")
        async with bench.testbed() as testbed:
            runs.append(await _run(bench, testbed, index, number, kills))
    without_kills = [run for run in runs if not run.kills]
    return [_campaigns(runs), _per_link(without_kills), _per_million(without_kills)]


async def _run(bench: Bench, testbed: Testbed, index: int, number: int, kills: int) -> Run:
    demo, name, first = testbed.demo, f"envoi-{index}", _FIRST + index * 100_000
    people = await asyncio.to_thread(electors.load, demo.state, number, first, activated=False)
    before = storage.database_sizes(demo)
    asked = mailing_run.order(demo, name, _RATE, _PAGE)
    planned = mailing_run.plan_kills(_SEED, number, kills)
    sent = await mailing_run.send(demo, asked, planned, bench.progress)
    records = await mailing_audit.read(demo, name, {person["work_email"] for person in people})
    for invariant, violations in mailing_audit.violations(records).items():
        bench.violations += [f"{number} electors, {kills} kills: {invariant}: {each}" for each in violations]
    growth = {each: size - before[each] for each, size in storage.database_sizes(demo).items()}
    client = await demo_internals.connect_temporal(demo)
    histories = await _history_sizes(client, campaign_id(asked.election, name), sent.run_id)
    recovery = await _recovery_history(client, demo, name)
    events, size = sum(each for each, _ in histories), sum(each for _, each in histories)
    return Run(kills, sent, records.repeated_mails, len(histories), events, size, recovery, growth)


async def _history_sizes(client: Client, workflow_id: str, run_id: str) -> list[tuple[int, int]]:
    """Return the events and bytes of each run of a campaign, in order."""
    found = []
    while run_id:
        events = (await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()).events
        found.append((len(events), sum(event.ByteSize() for event in events)))
        run_id = events[-1].workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    return found


async def _recovery_history(client: Client, demo: Demo, name: str) -> tuple[float, float]:
    """Return the median events and bytes of the histories of a campaign's recoveries."""
    query = "SELECT workflow_id FROM recipients JOIN links USING (link_id) WHERE campaign = %s LIMIT %s"
    lengths = []
    for (workflow_id,) in demo_internals.fetch_rows(demo, query, name, str(_SAMPLE)):
        events = (await client.get_workflow_handle(workflow_id).fetch_history()).events
        lengths.append((len(events), sum(event.ByteSize() for event in events)))
    counts, sizes = zip(*lengths, strict=True)
    return median(counts), median(sizes)


def _campaigns(runs: list[Run]) -> Table:
    columns = ("electors", "kills", "reached", "ended", "runs", "seconds", "links a second", "repeated mails")
    table = Table("Campaigns", columns)
    for run in runs:
        progress = run.sent.progress
        speed = progress.total / run.sent.seconds
        ended, seconds = str(progress.ending), run.sent.seconds
        table.add(progress.total, run.kills, progress.reached, ended, run.runs, seconds, speed, run.repeated_mails)
    table.notes += [
        f"{_RATE:g} links a second are asked for, more than the machine can do. The seconds end when the relay has all mails.",
        "A mail is repeated, with the same link, if the worker is killed between the relay's « 250 » and our record of it.",
    ]
    return table


def _per_link(runs: list[Run]) -> Table:
    table = Table("Cost of one link", ("what", "events", "bytes"))
    table.add("history of the campaign, by slope", _slope(runs, "events"), _slope(runs, "size"))
    recoveries = [run.recovery for run in runs]
    table.add("history of a recovery, median", *map(median, zip(*recoveries, strict=True)))
    for name in storage.DATABASES:
        table.add(f"{name} database, by slope", None, _growth_per_link(runs, name))
    table.notes.append(
        f"From runs of {', '.join(str(run.sent.progress.total) for run in runs)} electors, no kills."
    )
    return table


def _per_million(runs: list[Run]) -> Table:
    last = runs[-1]
    speed = last.sent.progress.total / last.sent.seconds
    stored = {name: _growth_per_link(runs, name) * _MILLION / 1e9 for name in storage.DATABASES}
    table = Table("Computed cost of a million electors on this machine", ("what", "cost"))
    table.add("time", duration(timedelta(seconds=_MILLION / speed)))
    for name, gigabytes in stored.items():
        table.add(f"{name} database, GB", gigabytes)
    table.add("histories of the recoveries, GB", last.recovery[1] * _MILLION / 1e9)
    table.add("history of the campaign, events", _slope(runs, "events") * _MILLION)
    table.add("history of the campaign, MB", _slope(runs, "size") * _MILLION / 1e6)
    return table


def _slope(runs: list[Run], name: str) -> float:
    totals = [run.sent.progress.total for run in runs]
    return linear_regression(totals, [getattr(run, name) for run in runs]).slope


def _growth_per_link(runs: list[Run], name: str) -> float:
    return linear_regression([run.sent.progress.total for run in runs], [run.growth[name] for run in runs]).slope
