"""The ledger is asked for the delay of SMS about twice a minute, however many pages want it."""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path

from activities.config.errors import DatabaseUnavailableError
from activities.evidence.journal import Journal
from activities.gateways.sms.gateway import Receipt
from activities.sending.ledger import Ledger, Outgoing
from activities.store.database import Database
from election.following.delays import DelayPercentiles
from election.settings import load
from tests.support.clock import Clock
from web.following.sms_delay import SmsDelay

_DEFAULT = Path(__file__).parents[3] / "election" / "default.toml"


class CountingLedger(Ledger):
    """A ledger that counts how often it is asked, and is away when the test wants."""

    asked = 0
    is_away = False

    async def recent_delay(self, channel: str) -> DelayPercentiles | None:
        """Return the delay of a channel.

        Raises:
            DatabaseUnavailableError: the test wants it.
        """
        self.asked += 1
        if self.is_away:
            raise DatabaseUnavailableError
        return await super().recent_delay(channel)


async def test_the_delay_is_read_once_for_all_and_kept_while_the_database_is_away(database: Database) -> None:
    """A hundred pages ask once; half a minute later they ask again, and read what was last known when nobody answers."""
    now = Clock()
    ledger = CountingLedger(database, Journal(database, load(_DEFAULT), now), now)
    delay = SmsDelay(partial(ledger.recent_delay, "sms"), now, database.in_background)
    assert await asyncio.gather(*(delay.current() for _ in range(100))) == [None] * 100
    assert ledger.asked == 1
    sent = Outgoing("message-1", "code-de-vote/camille", "link", "sms", "smpp", "FR")
    await ledger.begin(sent)
    await ledger.accepted(sent, (sent.id,))
    now.advance(timedelta(seconds=14))
    await ledger.received(Receipt("smpp", sent.id, delivered=True, reason="", at=now()))
    [fate] = await ledger.unreported()
    await ledger.mark_reported(fate)
    assert await delay.current() is None
    now.advance(timedelta(seconds=16))
    known = DelayPercentiles(timedelta(seconds=14), timedelta(seconds=14))
    assert await delay.current() == known
    ledger.is_away = True
    now.advance(timedelta(seconds=30))
    assert await delay.current() == known
    assert ledger.asked == 3
