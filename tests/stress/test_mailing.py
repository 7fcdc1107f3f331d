"""A mailing whose sender, worker, Temporal server and database are killed: every elector receives one link."""

import asyncio

import pytest

from benchmarks.mailing import audit, run
from demo.client import electors
from demo.client.running import Demo
from tests.support.waiting import until
from workflows.mailings.messages import MailingEnding

SEED, ELECTORS, KILLS, RATE = 2012, 120, 4, 20
FIRST = 700_000  # other electors than those of the other tests


@pytest.fixture
def mailboxes(stress_demo: Demo) -> set[str]:
    """The work mailboxes of electors to whom nothing has been sent yet."""
    people = electors.load(stress_demo.state, ELECTORS, FIRST, activated=False)
    return {person["work_email"] for person in people}


async def test_a_mailing_under_kills_reaches_each_once(stress_demo: Demo, mailboxes: set[str]) -> None:
    """For each of 120 electors the row, the ledger and the mail have the same one link."""
    await until(stress_demo.is_healthy, within=40)
    done: list[str] = []
    kills = run.plan_kills(SEED, ELECTORS, KILLS)
    async with asyncio.timeout(200):
        sent = await run.send(stress_demo, "envoi-1", RATE, kills, done.append)
    assert sum("killed" in each for each in done) >= KILLS - 1  # the last one may be due after the end
    assert sent.progress.ending is MailingEnding.COMPLETE
    assert sent.progress.reached == sent.progress.total >= ELECTORS
    records = audit.read(stress_demo, "envoi-1", mailboxes)
    assert {name: violations for name, violations in audit.violations(records).items() if violations} == {}
    # Only mails that the relay accepted at the moment of a kill are repeated.
    assert records.repeated_mails <= 20
    await until(stress_demo.is_healthy, within=40)
