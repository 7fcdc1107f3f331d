"""One campaign on a demo, until its last link is with the relay; processes may be killed on the way."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from time import monotonic

from temporalio.service import RPCError

from demo.client import demo_internals
from demo.client.running import Demo
from workflows.mailings.messages import CampaignOrder, CampaignProgress
from workflows.mailings.starting import Campaign, order_of, start_campaign
from workflows.mailings.terminal import fetch_progress
from workflows.mailings.ui_details import sentence

_LOOK_EVERY = 0.2
_TELL_EVERY = 10.0
_PATIENCE = 600.0  # seconds after the campaign's end for the last mail to leave
_VICTIMS = ("worker", "temporal")
_REACHED = "SELECT count(*) FROM recipients WHERE campaign = %s"
_UNSENT = """
SELECT count(*) FROM recipients LEFT JOIN messages ON delivery_id = link_id AND accepted_at IS NOT NULL
WHERE campaign = %s AND messages.id IS NULL
"""


@dataclass(frozen=True)
class Blow:
    """A process to be killed once so many electors are reached."""

    reached: int
    victim: str


@dataclass(frozen=True)
class Sent:
    """A campaign that has ended: how far it went, the first of its runs, and the seconds until the last mail left."""

    progress: CampaignProgress
    run_id: str
    seconds: float


def blows(seed: int, electors: int, number: int) -> list[Blow]:
    """Return so many blows, spread at random over a campaign, the same for the same seed."""
    draw = Random(seed)
    return [Blow(at, draw.choice(_VICTIMS)) for at in sorted(draw.sample(range(1, electors), number))]


def order(demo: Demo, name: str, per_second: float, page_duration: timedelta) -> CampaignOrder:
    """Return the order of a campaign on a demo."""
    made = order_of(demo_internals.election(demo), name, "bench", per_second)
    return replace(made, page_duration=page_duration)


async def send(demo: Demo, asked: CampaignOrder, strikes: Sequence[Blow], say: Callable[[str], None]) -> Sent:
    """Make a campaign, strike as is said, and return once every link is with the relay.

    Raises:
        TimeoutError: a mail has not left ten minutes after the campaign's end.
    """
    begun = monotonic()
    client = await demo_internals.temporal(demo)
    campaign = await start_campaign(client, demo_internals.election(demo), asked)
    striking = asyncio.create_task(_strike(demo, asked.name, strikes, say))
    try:
        progress = await _ended(campaign, say)
    finally:
        striking.cancel()
        with suppress(asyncio.CancelledError):
            await striking
    async with asyncio.timeout(_PATIENCE):
        while _count(demo, _UNSENT, asked.name):  # noqa: ASYNC110 - another process can set no Event of ours
            await asyncio.sleep(_LOOK_EVERY)
    return Sent(progress, str(campaign.first_execution_run_id), monotonic() - begun)


async def _strike(demo: Demo, name: str, strikes: Sequence[Blow], say: Callable[[str], None]) -> None:
    for blow in strikes:
        while _count(demo, _REACHED, name) < blow.reached:  # noqa: ASYNC110 - the same
            await asyncio.sleep(_LOOK_EVERY)
        try:
            demo.kill(blow.victim)
        except LookupError:
            say(f"{blow.victim} is dead already")
        else:
            say(f"{blow.victim} killed, {blow.reached} reached")


async def _ended(campaign: Campaign, say: Callable[[str], None]) -> CampaignProgress:
    told = monotonic()
    while True:
        with suppress(RPCError):  # killed, and not back yet
            progress = await fetch_progress(campaign)
            if progress.ended:
                return progress
            if monotonic() - told > _TELL_EVERY:
                told = monotonic()
                say(sentence(progress))
        await asyncio.sleep(_LOOK_EVERY)


def _count(demo: Demo, query: str, name: str) -> int:
    return int(demo_internals.ask(demo, query, name)[0][0])
