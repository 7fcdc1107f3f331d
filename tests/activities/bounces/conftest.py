"""Bounces of the mails of one recovery."""

from collections.abc import Callable

import pytest

from activities.bounces.inbox import BounceInbox
from activities.bounces.settlement import BounceSettlement
from activities.evidence.journal import Journal
from activities.sending.receipts import Receipts
from activities.store.database import Database
from election.settings import Election
from tests.support.clock import Clock
from tests.support.signing import MESSAGING_SEED

MakeSettlement = Callable[[BounceInbox], BounceSettlement]


def inbox_of(database: Database, now: Clock) -> BounceInbox:
    """Return the inbox of a process of the messaging role."""
    return BounceInbox(database, bytes.fromhex(MESSAGING_SEED), now)


@pytest.fixture
def inbox(database: Database, now: Clock) -> BounceInbox:
    """What stores bounces."""
    return inbox_of(database, now)


@pytest.fixture
def settlement(
    database: Database, receipts: Receipts, journal: Journal, election: Election, now: Clock
) -> BounceSettlement:
    """What settles them, as in another process than the one that has stored them."""
    own = inbox_of(database, now)
    return BounceSettlement(database, own, receipts, journal, election.calendar.links_expire, now)
