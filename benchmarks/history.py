"""What one recovery stores: events and bytes of its history, bytes in both databases."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from statistics import median

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from benchmarks.base import storage
from benchmarks.base.bench import Bench, Testbed
from benchmarks.base.histories import workflow_ids
from benchmarks.base.tables import Table
from demo.client import demo_internals
from demo.client.arrivals import Arrivals
from demo.client.browsers import Job, run_concurrently, signed_in_voters
from demo.client.journeys import JOURNEYS, VOTING_CODE_JOURNEYS, Journey
from demo.client.voter import Voter

_WIDTH = 4
_WHAT = {"way": "recovery", "stage": "stage"}
_STAGES = ("request answered", "link sent", "code shown", "ended")
_MAX_EVENTS, _MAX_BYTES = 42, 8_000
_ACCEPTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
_ANSWERED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED
_TASK_EVENTS = 3  # a workflow task is scheduled, started and completed before an update is accepted

Growth = dict[str, float]  # bytes for one recovery, by database
Lengths = list[tuple[int, int]]  # events and bytes at each stage
Ends = Callable[[list[HistoryEvent]], Iterator[int]]
Step = Callable[[Voter, Journey, Arrivals], Awaitable[None]]


async def measure(bench: Bench) -> list[Table]:
    """Have voters go through each recovery, all of them together at each step."""
    events = Table("History of one recovery", {**_WHAT, "events": "events", "bytes": "bytes"})
    columns = {f"{name.lower()}_bytes": f"bytes, {name} database" for name in storage.DATABASES}
    files = Table("Databases, for one recovery", _WHAT | columns, part="databases")
    window = timedelta(seconds=bench.size(4, 30))
    async with bench.testbed(window=window) as testbed:
        for journey in JOURNEYS:
            bench.progress(journey.name)
            growth, histories = await _recover(testbed, journey, bench.size(1, 50))
            stages = _STAGES if journey in VOTING_CODE_JOURNEYS else _STAGES[-1:]
            for stage, lengths in zip(stages, zip(*histories, strict=True), strict=True):
                events.add(journey.name, stage, *(median(each) for each in zip(*lengths, strict=True)))
            for stage, sizes in zip(_STAGES[1:], growth, strict=True):
                if stage in stages:
                    files.add(journey.name, stage, *sizes.values())
    events.notes.append(
        f"Aim: ≤ {_MAX_EVENTS} events and ≤ {_MAX_BYTES:,} bytes for a voting code by SMS; medians."
    )
    files.notes.append("Growth since the voters had signed in, with indexes and free space in pages.")
    return [events, files]


async def _recover(testbed: Testbed, journey: Journey, number: int) -> tuple[list[Growth], list[Lengths]]:
    demo, people = testbed.demo, await testbed.people(number)
    client = await demo_internals.connect_temporal(demo)
    ids = await workflow_ids(demo, journey, people)
    growth: list[Growth] = []
    async with signed_in_voters(demo.url, people) as voters, Arrivals.under(demo.state) as arrivals:
        before = storage.database_sizes(demo)
        for step in (_request, _complete):
            await run_concurrently([_step(step, voter, journey, arrivals) for voter in voters], _WIDTH)
            growth.append(_growth(before, storage.database_sizes(demo), number))
        # No voter presses « J’ai noté mon code »: the window ends by its timer.
        await asyncio.gather(*(client.get_workflow_handle(each).result() for each in ids))
        growth.append(_growth(before, storage.database_sizes(demo), number))
    ends = _stage_ends if journey in VOTING_CODE_JOURNEYS else _whole_history
    return growth, [await _lengths(client, each, ends) for each in ids]


def _growth(before: dict[str, int], after: dict[str, int], number: int) -> Growth:
    return {name: (size - before[name]) / number for name, size in after.items()}


def _step(step: Step, voter: Voter, journey: Journey, arrivals: Arrivals) -> Job:
    return lambda: step(voter, journey, arrivals)


async def _request(voter: Voter, journey: Journey, arrivals: Arrivals) -> None:
    await journey.request(voter)
    await arrivals.link(journey.recipient(voter.person), pattern=journey.pattern)


async def _complete(voter: Voter, journey: Journey, arrivals: Arrivals) -> None:
    link = await arrivals.link(journey.recipient(voter.person), pattern=journey.pattern)
    if journey.complete is not None:
        page = await journey.complete(voter, link)
        assert journey.credential(page.text), page.text[:2000]


async def _lengths(client: Client, workflow_id: str, ends: Ends) -> Lengths:
    """Return events and bytes of a history at each stage, before the voter's next action, and at its end."""
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    return [(end, sum(event.ByteSize() for event in history.events[:end])) for end in ends(list(history.events))]


def _whole_history(events: list[HistoryEvent]) -> Iterator[int]:
    yield len(events)


def _stage_ends(events: list[HistoryEvent]) -> Iterator[int]:
    kinds = [event.event_type for event in events]
    submitted, opened = [index for index, kind in enumerate(kinds) if kind == _ACCEPTED][:2]
    yield kinds.index(_ANSWERED, submitted) + 1
    yield opened - _TASK_EVENTS
    yield kinds.index(_ANSWERED, opened) + 1
    yield len(events)
