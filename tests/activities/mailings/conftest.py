"""A mailing over a roll of 24 electors."""

import pytest
import pytest_asyncio

from activities.accounts.roll import Roll
from activities.evidence.journal import Journal
from activities.mailings.mailings import Mailings
from activities.outbox.rows import Outbox
from activities.recoveries.links import Links
from activities.recoveries.terms import Terms
from activities.store.database import Database
from election.settings import Election
from tests.activities.mailings.post import ELECTORS, Post, Recoveries, Relay, sender_of
from tests.support.clock import Clock
from tests.support.people import Electorate
from tests.support.web_app import open_election


@pytest.fixture(scope="session")
def election(tmp_path_factory: pytest.TempPathFactory) -> Election:
    """An election that takes requests now."""
    return open_election(tmp_path_factory.mktemp("open_election"))


@pytest.fixture
def now(election: Election) -> Clock:
    """A clock of an instant at which requests are open."""
    return Clock(election.calendar.vote.opens)


@pytest_asyncio.fixture
async def post(
    database: Database,
    roll: Roll,
    journal: Journal,
    links: Links,
    terms: Terms,
    election: Election,
    electorate: Electorate,
    now: Clock,
) -> Post:
    """A mailing that is not begun."""
    await electorate.enrol(*ELECTORS)
    recoveries = Recoveries()
    mailings = Mailings(database, roll, links, Outbox(now), journal, terms, election, recoveries.ask)
    relay = Relay()
    return Post(database, mailings, sender_of(database, journal, links, relay, now), relay, recoveries)
