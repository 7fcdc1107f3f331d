"""What one recovery leaves: events and bytes in Temporal's history, bytes in both databases."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from statistics import median

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from benchmarks.base import storage
from benchmarks.base.bench import Bench, Ground
from benchmarks.base.tables import Table
from demo.client import demo_internals
from demo.client.arrivals import Arrivals
from demo.client.browsers import Job, at_once, signed_in
from demo.client.journeys import JOURNEYS, VOTING_CODES, Journey
from demo.client.running import Demo
from demo.client.voter import Person, Voter

_WIDTH = 4
_STAGES = ("the request is answered", "the link waits to be opened", "the code is shown", "it has ended")
_MOST_EVENTS, _MOST_BYTES = 42, 8_000
_ACCEPTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
_ANSWERED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED
_WORKING = 3  # a workflow task is scheduled, started, completed; then it accepts what was asked

Grown = dict[str, float]
Lengths = list[tuple[int, int]]
Ends = Callable[[list[HistoryEvent]], Iterator[int]]
Step = Callable[[Voter, Journey, Arrivals], Awaitable[None]]


async def measure(bench: Bench) -> list[Table]:
    """Take voters through each recovery step by step, all of them at each step together."""
    events = Table("History of one recovery", ("recovery", "once…", "events", "bytes"))
    columns = ("recovery", "once…", *(f"bytes in {name}'s database" for name in storage.DATABASES))
    files = Table("Databases, for one recovery", columns)
    window = timedelta(seconds=bench.size(4, 30))
    async with bench.ground(window=window) as ground:
        for journey in JOURNEYS:
            bench.say(journey.name)
            grown, histories = await _taken_through(ground, journey, bench.size(2, 50))
            stages = _STAGES if journey in VOTING_CODES else _STAGES[-1:]
            for stage, lengths in zip(stages, zip(*histories, strict=True), strict=True):
                events.add(journey.name, stage, *(median(each) for each in zip(*lengths, strict=True)))
            for stage, sizes in zip(_STAGES[1:], grown, strict=True):
                if stage in stages:
                    files.add(journey.name, stage, *sizes.values())
    events.notes.append(f"Aim for the happy path: ≤ {_MOST_EVENTS} events and ≤ {_MOST_BYTES:,} bytes; medians.")
    files.notes.append("Growth since the voters had signed in, indexes and free room in pages included.")
    return [events, files]


async def _taken_through(ground: Ground, journey: Journey, number: int) -> tuple[list[Grown], list[Lengths]]:
    demo, people = ground.demo, await ground.people(number)
    client = await demo_internals.temporal(demo)
    ids = await _ids(demo, journey, people)
    grown: list[Grown] = []
    async with signed_in(demo.url, people) as voters, Arrivals.under(demo.state) as arrivals:
        before = storage.stored(demo)
        for step in (_request, _take):
            await at_once([_step(step, voter, journey, arrivals) for voter in voters], _WIDTH)
            grown.append(_growth(before, storage.stored(demo), number))
        # Nobody presses « J’ai noté mon code »: the window ends by itself.
        await asyncio.gather(*(client.get_workflow_handle(each).result() for each in ids))
        grown.append(_growth(before, storage.stored(demo), number))
    ends = _ends if journey in VOTING_CODES else _end
    return grown, [await _lengths(client, each, ends) for each in ids]


async def _ids(demo: Demo, journey: Journey, people: list[Person]) -> list[str]:
    side, electors = demo_internals.build_roll_services(demo), demo_internals.elector_ids(demo, people)
    ids = [journey.workflow_id(side, *each) for each in zip(people, electors, strict=True)]
    await side.database.close()
    return ids


def _growth(before: dict[str, int], after: dict[str, int], number: int) -> Grown:
    return {name: (size - before[name]) / number for name, size in after.items()}


def _step(step: Step, voter: Voter, journey: Journey, arrivals: Arrivals) -> Job:
    return lambda: step(voter, journey, arrivals)


async def _request(voter: Voter, journey: Journey, arrivals: Arrivals) -> None:
    await journey.ask(voter)
    await arrivals.link(journey.where(voter.person), mark=journey.mark)


async def _take(voter: Voter, journey: Journey, arrivals: Arrivals) -> None:
    message = await arrivals.link(journey.where(voter.person), mark=journey.mark)
    if journey.take is not None:
        page = await journey.take(voter, message)
        assert journey.given(page.text), page.text[:2000]


async def _lengths(client: Client, workflow_id: str, ends: Ends) -> Lengths:
    """Return events and bytes of a history at each stage: what stands before the voter's next act, and in all."""
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    return [(end, sum(event.ByteSize() for event in history.events[:end])) for end in ends(list(history.events))]


def _end(events: list[HistoryEvent]) -> Iterator[int]:
    yield len(events)


def _ends(events: list[HistoryEvent]) -> Iterator[int]:
    kinds = [event.event_type for event in events]
    submitted, opened = [place for place, kind in enumerate(kinds) if kind == _ACCEPTED][:2]
    yield kinds.index(_ANSWERED, submitted) + 1
    yield opened - _WORKING
    yield kinds.index(_ANSWERED, opened) + 1
    yield len(events)
