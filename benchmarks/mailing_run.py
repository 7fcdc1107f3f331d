"""Runs one campaign on a demo until the relay has accepted its last link, and kills processes meanwhile."""

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
from workflows.mailings.messages import CampaignInput, CampaignProgress
from workflows.mailings.starting import CampaignHandle, make_campaign_input, start_campaign
from workflows.mailings.terminal import fetch_progress
from workflows.mailings.ui_details import status_line

_POLL_INTERVAL = 0.2
_PROGRESS_INTERVAL = 10.0
_TIMEOUT = 600.0  # seconds after the campaign's end for the last mail
_PROCESSES = ("worker", "temporal")
_REACHED = "SELECT count(*) FROM recipients WHERE campaign = %s"
_UNSENT = """
SELECT count(*) FROM recipients LEFT JOIN messages ON delivery_id = link_id AND accepted_at IS NOT NULL
WHERE campaign = %s AND messages.id IS NULL
"""


@dataclass(frozen=True)
class Kill:
    """A process to kill when the campaign has reached so many electors."""

    reached: int
    process: str


@dataclass(frozen=True)
class FinishedCampaign:
    """The progress of an ended campaign, the id of its first run, and the seconds until its last mail was accepted."""

    progress: CampaignProgress
    run_id: str
    seconds: float


def plan_kills(seed: int, electors: int, number: int) -> list[Kill]:
    """Return so many kills at random moments of a campaign; the same seed gives the same kills."""
    draw = Random(seed)
    return [Kill(reached, draw.choice(_PROCESSES)) for reached in sorted(draw.sample(range(1, electors), number))]


def order(demo: Demo, name: str, per_second: float, page_duration: timedelta) -> CampaignInput:
    """Return the order of a campaign on a demo, with shorter pages than in production."""
    asked = make_campaign_input(demo_internals.load_election(demo), name, "bench", per_second)
    return replace(asked, page_duration=page_duration)


async def send(
    demo: Demo, asked: CampaignInput, kills: Sequence[Kill], report: Callable[[str], None]
) -> FinishedCampaign:
    """Run a campaign, kill processes as planned, and return when the relay has accepted every link.

    Raises:
        TimeoutError: a mail is not accepted ten minutes after the campaign's end.
    """
    begun = monotonic()
    client = await demo_internals.connect_temporal(demo)
    campaign = await start_campaign(client, demo_internals.load_election(demo), asked)
    killing = asyncio.create_task(_kill_processes(demo, asked.name, kills, report))
    try:
        progress = await _wait_for_end(campaign, report)
    finally:
        killing.cancel()
        with suppress(asyncio.CancelledError):
            await killing
    async with asyncio.timeout(_TIMEOUT):
        while _count(demo, _UNSENT, asked.name):  # noqa: ASYNC110 - it is another process's rows that change
            await asyncio.sleep(_POLL_INTERVAL)
    return FinishedCampaign(progress, str(campaign.first_execution_run_id), monotonic() - begun)


async def _kill_processes(demo: Demo, name: str, kills: Sequence[Kill], report: Callable[[str], None]) -> None:
    for kill in kills:
        while _count(demo, _REACHED, name) < kill.reached:  # noqa: ASYNC110 - the same
            await asyncio.sleep(_POLL_INTERVAL)
        try:
            demo.kill(kill.process)
        except LookupError:
            report(f"{kill.process} is not restarted yet")
        else:
            report(f"{kill.process} killed, {kill.reached} electors reached")


async def _wait_for_end(campaign: CampaignHandle, report: Callable[[str], None]) -> CampaignProgress:
    reported = monotonic()
    while True:
        with suppress(RPCError):  # Temporal was killed, and is not restarted yet
            progress = await fetch_progress(campaign)
            if progress.ending:
                return progress
            if monotonic() - reported > _PROGRESS_INTERVAL:
                reported = monotonic()
                report(status_line(progress))
        await asyncio.sleep(_POLL_INTERVAL)


def _count(demo: Demo, query: str, name: str) -> int:
    return int(demo_internals.fetch_rows(demo, query, name)[0][0])
