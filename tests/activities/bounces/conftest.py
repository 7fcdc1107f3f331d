"""Bounces of the mails of one recovery."""

import base64

import pytest

from activities.bounces.inbox import BounceInbox
from activities.bounces.settlement import BounceSettlement
from activities.evidence.journal import Journal
from activities.sending.receipts import Receipts
from activities.store.database import Database
from election.settings import Election
from tests.support.clock import Clock
from tests.support.signing import MESSAGING_SEED

_LINES = b"This Message was undeliverable due to the following reason:\n" + b"<" * 20_000 + b"\n"
# A detector's expression takes the third power of what it reads; a parameter's parser the second power of its semicolons.
ENDLESS = {
    "expression": b"Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n"
    b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(_LINES) + b"--b\n\nlast\n--b--\n",
    "parser": b'Content-Type: multipart/mixed; boundary="' + b";" * 250_000 + b"\n\n",
}


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
