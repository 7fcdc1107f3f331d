"""Electors who wait for a late SMS: sessions and rows of `progress` that no web and no workflow has made."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from activities.progress import rows
from activities.services import RollServices
from demo.client import demo_internals
from demo.client.running import Demo
from demo.client.voter import Person
from election.procedures import Procedure, workflow_id_of

# An SMS of 2018 took 25 minutes to arrive. No link dies during a run.
_WAIT = """
INSERT INTO progress (workflow_id, link_id, send_number, stage, since, channel, hint, begun_at, accepted_at, dies_at, fault, sends_left,
  changed_at)
SELECT given.workflow_id, given.link_id, 1, 'Sending', begun, 'sms', '•• •• •• •• 00', begun, begun, now() + '6 hours', '', 5,
  clock_timestamp()
FROM unnest(%s::text[], %s::text[]) AS given (workflow_id, link_id), (SELECT now() - interval '20 minutes' AS begun) AS started
"""
_LIVES = timedelta(hours=6)
_AT_ONCE = 8


@dataclass(frozen=True)
class WaitingElector:
    """The cookie of an elector's browser, and the recovery that it follows."""

    cookie: str
    send: rows.SendOf


async def let_wait(demo: Demo, services: RollServices, people: list[Person]) -> list[WaitingElector]:
    """Return these electors signed in, each with the row of a recovery whose SMS is late."""
    electors = demo_internals.elector_ids(demo, people)
    links = [
        rows.SendOf(workflow_id_of(Procedure.VOTING_CODE, each), f"link-of-{each}"[:64], 1) for each in electors
    ]
    ids = [each.workflow_id for each in links], [each.link_id for each in links]
    await asyncio.to_thread(demo_internals.execute, demo, _WAIT, *ids)
    slots = asyncio.Semaphore(_AT_ONCE)

    async def cookie(elector_id: str) -> str:
        async with slots:
            return (await services.sessions.open(elector_id))[0]

    cookies = await asyncio.gather(*map(cookie, electors))
    return [WaitingElector(*each) for each in zip(cookies, links, strict=True)]


async def deliver(services: RollServices, elector: WaitingElector) -> None:
    """Note that the SMS of an elector has arrived, as the worker does when its receipt comes."""
    async with services.database.writing() as connection:
        await rows.deliver(connection, elector.send, lives=_LIVES)
