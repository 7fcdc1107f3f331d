"""Workflow ids of voters' recoveries, and the length of a history."""

from collections.abc import Iterable
from statistics import median

from temporalio.client import Client

from demo.client import demo_internals
from demo.client.journeys import Journey
from demo.client.running import Demo
from demo.client.voter import Person


async def workflow_ids(demo: Demo, journey: Journey, people: list[Person]) -> list[str]:
    """Return the id of the recovery of each person, in the same order."""
    services = demo_internals.build_roll_services(demo)
    electors = demo_internals.elector_ids(demo, people)
    ids = [journey.workflow_id(services, *each) for each in zip(people, electors, strict=True)]
    await services.database.close()
    return ids


async def median_length(client: Client, ids: Iterable[str]) -> tuple[float, float]:
    """Return the median number of events, and of bytes, of the histories of these workflows."""
    histories = [(await client.get_workflow_handle(each).fetch_history()).events for each in ids]
    return median(map(len, histories)), median(sum(event.ByteSize() for event in each) for each in histories)
