"""A mailing begins with an order that the console has signed, or that somebody has typed; the journal says which."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from activities.evidence.journal import Event
from activities.mailings.mailings import MailingAct
from activities.mailings.start_order import StartClaim, StartMailing
from activities.recoveries.clicks import InvalidSignatureError
from activities.security.signed_orders import signed
from activities.store.tables import journal
from election.settings import Election
from tests.activities.mailings.post import ELECTORS, Post
from tests.support.clock import Clock
from tests.support.signing import CONSOLE, SOMEBODY

MAILING, NAME = "envoi/demo/envoi-1", "Vera Garnier (v.garnier)"
TYPED = StartMailing(NAME, 20)


async def _lines(post: Post) -> list[tuple[str, str, str]]:
    found = select(journal.c.event, journal.c.actor, journal.c.detail).order_by(journal.c.number)
    async with post.database.reading() as connection:
        return [tuple(row) for row in await connection.execute(found)]


async def test_a_start_is_journalled_once_as_signed_or_typed(post: Post, election: Election, now: Clock) -> None:
    """Run again after a kill it adds nothing; the mailing gets the key of its orders, and what the election says."""
    by_console = StartClaim("1", MAILING, signed(CONSOLE, MAILING, TYPED, now()), now() + timedelta(minutes=9))
    for claim in (by_console, by_console, StartClaim("2", MAILING, TYPED, now())):
        begun = await post.mailings.begin_mailing(claim)
    assert (begun.total, begun.counts.waiting, begun.console_key) == (len(ELECTORS), 0, CONSOLE.public_key)
    assert begun.bureau_addresses == len(election.bureau.emails)
    assert await _lines(post) == [
        (Event.MAILING_BEGUN, NAME, "20/s"),
        (Event.MAILING_BEGUN, NAME, "nom tapé, non vérifié\u00a0: 20/s"),
    ]


async def test_a_forged_or_old_start_is_refused(post: Post, now: Clock) -> None:
    """With another key, for another mailing, at another rate, or given again after eleven minutes."""
    genuine = signed(CONSOLE, MAILING, TYPED, now())
    forged = (
        signed(SOMEBODY, MAILING, TYPED, now()),
        signed(CONSOLE, "envoi/demo/envoi-2", TYPED, now()),
        replace(genuine, per_second=2000.0),
    )
    claims = [StartClaim("1", MAILING, order, now()) for order in forged]
    for claim in [*claims, StartClaim("1", MAILING, genuine, now() + timedelta(minutes=11))]:
        with pytest.raises(InvalidSignatureError):
            await post.mailings.begin_mailing(claim)
    assert await _lines(post) == []


async def test_what_a_mailing_does_by_itself_is_nobody_s_order(post: Post) -> None:
    """Only a line with a name says how it came."""
    for who, verified in (("", False), (NAME, True), (NAME, False)):
        act = MailingAct(f"{who}{verified}", MAILING, Event.MAILING_PAUSED, who, is_verified=verified)
        await post.mailings.note_mailing(act)
    assert [detail for _, _, detail in await _lines(post)] == ["", "", "nom tapé, non vérifié"]
