"""A campaign whose worker and Temporal server are killed: everybody gets one link, nobody is forgotten."""

import asyncio
from datetime import timedelta

import pytest

from benchmarks import mailing_audit, mailing_run
from demo.client import electors
from demo.client.running import Demo
from tests.support.waiting import until
from workflows.mailings.messages import CampaignEnding

SEED, ELECTORS, KILLS, RATE = 2012, 300, 3, 60
FIRST = 700_000  # other people than those of the other tests


@pytest.fixture
def mailboxes(battered: Demo) -> set[str]:
    """The work mailboxes of electors who have never been sent anything."""
    people = electors.load(battered.state, ELECTORS, FIRST, activated=False)
    return {person["work_email"] for person in people}


async def test_a_campaign_under_kills_reaches_each_once(battered: Demo, mailboxes: set[str]) -> None:
    """The row, the recovery, the send and the mailbox of each of three hundred: one link, and the same one."""
    await until(battered.is_well, within=40)
    done: list[str] = []
    order = mailing_run.order(battered, "envoi-1", RATE, timedelta(seconds=1))
    strikes = mailing_run.blows(SEED, ELECTORS, KILLS)
    async with asyncio.timeout(200):
        sent = await mailing_run.send(battered, order, strikes, done.append)
    assert sum("killed" in each for each in done) >= KILLS - 1  # the last may have come too late
    assert sent.progress.ended is CampaignEnding.COMPLETE
    assert sent.progress.reached == sent.progress.total >= ELECTORS
    books = await mailing_audit.read(battered, "envoi-1", mailboxes)
    assert {name: faults for name, faults in mailing_audit.broken(books).items() if faults} == {}
    # The same mail again, of those that the relay took in the instant of a kill: sixty, before they went first.
    assert books.twice <= 20
    await until(battered.is_well, within=40)
