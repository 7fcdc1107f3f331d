"""A sender sends what waits, once, together with others; what dies leaves its claims, and the relay's answers are kept."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, text

from activities.config.errors import DatabaseUnavailableError
from activities.evidence.journal import Event, Journal
from activities.gateways.base.errors import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.mail.gateway import MailMessage
from activities.mailings.mailings import MailingAct
from activities.mailings.sender import CONNECTIONS, SendReport
from activities.recoveries.links import Links
from activities.routing.orders import GatewayAct, GatewayOrder, carry_out
from activities.routing.states import GatewayStates, NewGateway
from activities.store.database import Database
from activities.store.tables import journal as journal_table
from activities.store.tables import messages
from election.stages import Channel
from tests.activities.mailings.post import ELECTORS, RETRY_FOR, Post, order_of, sender_of
from tests.support.clock import Clock
from tests.support.waiting import until

ADDRESSES = sorted(person.work_email for person in ELECTORS)
Answer = Callable[[MailMessage], Awaitable[None]]


def _refusing(reason: str, *numbers: int, final: bool = True, is_there: bool = False) -> Answer:
    addresses = {ELECTORS[number].work_email for number in numbers}

    async def answer(message: MailMessage) -> None:
        if message.to in addresses:
            if final:
                raise GatewayRefusedError("smtp", reason)
            raise GatewayUnavailableError("smtp", reason, is_there=is_there)

    return answer


async def test_nothing_leaves_by_a_relay_that_an_operator_has_suspended(
    post: Post, database: Database, journal: Journal, now: Clock
) -> None:
    """Also where it is the only one: the mailing pauses, and no mail counts as tried."""
    states = GatewayStates(database, journal, now)
    await states.register([NewGateway("smtp", Channel.EMAIL, 100)])
    await carry_out(states, GatewayOrder("smtp", GatewayAct.SUSPEND, "m.durand", "fuite"))
    await post.prepares()
    assert await post.sends() == SendReport(0, "gateway-suspended")
    assert post.relay.tried == []
    assert set(await post.states()) == {"waiting"}


async def test_each_mail_is_sent_once_and_noted_everywhere(post: Post, links: Links, database: Database) -> None:
    """In the outbox, in the ledger, and in the journal under the recovery's id; no address is kept."""
    await post.prepares()
    assert await post.sends() == SendReport(24)
    assert sorted(mail.to for mail in post.relay.sent) == ADDRESSES
    found = await links.find(post.relay.sent[0].text.rpartition("/")[2])
    assert found is not None
    assert found.awaits_recovery
    rows = await post.rows()
    assert {(row.state, row.sealed, row.claimed_by, row.domain) for row in rows} == {
        ("accepted", None, None, "ac-lyon.fr")
    }
    async with database.reading() as connection:
        noted = (await connection.execute(select(messages))).all()
        lines = (await connection.execute(select(journal_table).where(journal_table.c.actor == "smtp"))).all()
    assert {row.link_id for row in rows} == {row.delivery_id for row in noted}
    assert {(row.outcome, row.country_or_domain) for row in noted} == {("accepted", "ac-lyon.fr")}
    assert {row.workflow_id for row in lines} == {row.workflow_id for row in noted}
    assert {(row.event, row.detail) for row in lines} == {("message:send:accepted", "ac-lyon.fr")}
    assert await post.sends() == SendReport(0)


async def test_two_senders_at_once_send_each_mail_once(
    post: Post, database: Database, journal: Journal, links: Links, now: Clock
) -> None:
    """While one has claimed everything and waits for its relay, the other finds nothing."""
    await post.prepares()
    unblocked = asyncio.Event()

    async def blocked(_: MailMessage) -> None:
        await unblocked.wait()

    post.relay.on_send = blocked
    first = asyncio.create_task(post.sends())
    await until(post.all_are_claimed)
    assert await post.sends(sender_of(database, journal, links, post.relay, now)) == SendReport(0)
    unblocked.set()
    assert await first == SendReport(24)
    assert sorted(mail.to for mail in post.relay.sent) == ADDRESSES


async def test_the_claims_of_a_sender_that_has_lost_its_lock_are_taken_at_once(
    post: Post, database_url: str, journal: Journal, links: Links, now: Clock
) -> None:
    """Its process hangs, and goes on too late: what it has under way until it notices comes twice, with the same link."""
    await post.prepares()
    lost, relay, unblocked, under_way = Database(database_url), post.relay, asyncio.Event(), []

    async def hangs(message: MailMessage) -> None:
        under_way.append(message)
        await unblocked.wait()

    relay.on_send = hangs
    hanging = asyncio.create_task(post.sends(sender_of(lost, journal, links, relay, now)))
    await until(lambda: len(under_way) == CONNECTIONS)
    assert await post.all_are_claimed()
    await post.ends_other_connections()
    relay.on_send = None
    await post.sends()
    assert await post.states() == ["accepted"] * 24
    unblocked.set()
    with pytest.raises(DatabaseUnavailableError):
        await hanging
    await lost.close()
    received = Counter(mail.to for mail in relay.sent)
    assert sorted(received) == ADDRESSES
    assert CONNECTIONS <= sum(received.values()) - 24 <= 2 * CONNECTIONS
    assert len({mail.text for mail in relay.sent}) == 24
    assert await post.states() == ["accepted"] * 24


async def test_answers_outlive_an_outage_of_the_database(
    post: Post, database_url: str, journal: Journal, links: Links, now: Clock
) -> None:
    """What the relay has accepted is written once the database is back, and nothing is sent meanwhile."""
    await post.prepares()
    away, is_back, first = Database(database_url), asyncio.Event(), []

    async def restarts(message: MailMessage) -> None:
        first.append(message)
        if len(first) == CONNECTIONS:
            await post.ends_other_connections()
            is_back.set()
        await is_back.wait()

    post.relay.on_send = restarts
    sender = sender_of(away, journal, links, post.relay, now)
    with pytest.raises(DatabaseUnavailableError):
        await post.sends(sender)
    await away.close()
    assert (await post.states()).count("accepted") == len(post.relay.sent) <= 2 * CONNECTIONS
    await post.sends()
    assert sorted(mail.to for mail in post.relay.sent) == ADDRESSES


async def test_a_relay_that_is_away_leaves_the_rows_waiting(post: Post, now: Clock) -> None:
    """The sender says why; the next run sends the rest, and a minute later those with which the relay was tried."""
    await post.prepares()
    post.relay.on_send = _refusing("smtp-connect", *range(24), final=False)
    assert await post.sends() == SendReport(0, "smtp-connect")
    assert await post.states() == ["waiting"] * 24
    tried = [row for row in await post.rows() if row.postponed_since]
    assert 1 <= len(tried) <= CONNECTIONS
    post.relay.on_send = None
    assert await post.sends() == SendReport(24 - len(tried))
    now.advance(timedelta(minutes=1))
    assert await post.sends() == SendReport(len(tried))


async def test_an_outage_of_the_relay_fails_no_mail_however_long_it_is(post: Post, now: Clock) -> None:
    """A probe a minute tries them in turn, so that one which always hangs does not keep it from seeing the relay's return."""
    await post.prepares()
    post.relay.on_send = _refusing("smtp-connect", *range(24), final=False)
    for _ in range(3 * RETRY_FOR // timedelta(minutes=1)):
        assert (await post.sends(most=1)).answered == 0
        now.advance(timedelta(minutes=1))
    assert set(await post.states()) == {"waiting"}
    post.relay.on_send = _refusing("smtp-timeout", 0, final=False)
    answered = 0
    for _ in range(2):
        answered += (await post.sends(most=1)).answered
        now.advance(timedelta(minutes=1))
    assert answered
    post.relay.on_send = None
    await post.sends()
    assert set(await post.states()) == {"accepted"}


async def test_a_mail_that_always_hangs_does_not_keep_the_others_back(post: Post, now: Clock) -> None:
    """The probe after it takes another one; it is tried less and less often, and fails in the end with its code."""
    await post.prepares()
    post.relay.on_send = _refusing("smtp-timeout", 0, final=False)
    assert (await post.sends(most=1)).relay_fault == "smtp-timeout"
    assert await post.sends(most=1) == SendReport(1)
    assert await post.sends() == SendReport(22)
    minutes = 0
    while (await post.states())[0] == "waiting":
        now.advance(timedelta(minutes=1))
        minutes += 1
        assert (await post.sends()).answered == 0
    assert minutes * timedelta(minutes=1) >= RETRY_FOR
    assert await post.states() == ["failed"] + ["accepted"] * 23
    assert (await post.rows())[0].cause == "smtp-timeout"


@pytest.mark.parametrize("is_there", [True, False])
async def test_the_last_mails_fail_if_a_relay_that_is_there_always_fails_with_them(
    post: Post, now: Clock, *, is_there: bool
) -> None:
    """No other mail is left to see whether it works. An outage of it still fails none of them, however long."""
    page = await post.prepares(size=22)
    await post.sends()
    now.advance(timedelta(minutes=1))
    await post.prepares(after=page.last)
    post.relay.on_send = _refusing("smtp-connect", 22, 23, final=False, is_there=is_there)
    for _ in range(20):
        assert (await post.sends()).answered == 0
        now.advance(RETRY_FOR)
    rows = (await post.rows())[22:]
    assert {(row.state, row.cause) for row in rows} == {("failed" if is_there else "waiting", "smtp-connect")}


@pytest.mark.parametrize(("has_worked", "waits"), [(True, True), (False, False), (True, False)])
async def test_a_mail_that_a_relay_fails_with_is_blamed_once_nothing_else_can_be(
    post: Post, now: Clock, *, has_worked: bool, waits: bool
) -> None:
    """Not while another one waits for its first try, nor if the relay has never accepted anything."""
    page = await post.prepares(size=1)
    if has_worked:
        await post.sends()
    now.advance(timedelta(minutes=1))
    post.relay.on_send = _refusing("smtp-connect", *range(24), final=False, is_there=True)
    page = page if not has_worked else await post.prepares(after=page.last, size=1)
    await post.sends(most=1)
    tried_at = now()
    now.advance(timedelta(minutes=1))
    if waits:
        await post.prepares(after=page.last)
    await post.sends(most=1)
    (tried,) = [row for row in await post.rows() if row.postponed_since]
    assert tried.postponed_since == (tried_at if has_worked and not waits else now())


async def test_a_refused_mail_has_failed_and_can_be_sent_again_by_its_cause(post: Post) -> None:
    """To the address that the roll has now, under the same link; other causes stay."""
    await post.prepares()
    post.relay.on_send = _refusing("smtp-550", 3)
    await post.sends()
    row = (await post.rows())[3]
    assert (row.state, row.cause, row.sealed) == ("failed", "smtp-550", None)
    post.relay.on_send = None
    assert (await post.mailings.retry_page(order_of(cause="smtp-552"))).written == 0
    assert (await post.mailings.retry_page(order_of(cause="smtp-550"))).written == 1
    await post.sends()
    after = (await post.rows())[3]
    assert (after.state, after.cause, after.link_id) == ("accepted", "", row.link_id)
    assert post.relay.sent[-1].to == ELECTORS[3].work_email


async def test_a_mail_that_is_put_off_waits_longer_each_time_and_then_fails(post: Post, now: Clock) -> None:
    """A greylist's minute, then twice the time before; after the election's time for retries it has failed with its code."""
    await post.prepares()
    post.relay.on_send = _refusing("smtp-451", 3, final=False)
    await post.sends()
    tries = [now()]
    while (await post.states())[3] == "waiting":
        now.advance(timedelta(minutes=1))
        if (await post.sends()).answered:
            tries.append(now())
    waits = [(later - earlier) // timedelta(minutes=1) for earlier, later in pairwise(tries)]
    assert waits == [1, 1, 2, 4, 8, 16, 32]
    assert tries[-1] - tries[0] >= RETRY_FOR
    assert (await post.rows())[3].cause == "smtp-451"
    assert len(post.relay.sent) == 23


async def test_the_ledger_ends_a_mail_when_the_outbox_has_given_it_up(post: Post, now: Clock) -> None:
    """Not while it is tried; one that an operator has sent again is tried anew, until it is accepted."""
    await post.prepares()
    post.relay.on_send = _refusing("smtp-451", 3, final=False)
    ended = select(messages.c.ended_at.is_not(None), messages.c.outcome)

    async def noted() -> tuple[object, ...]:
        async with post.database.reading() as connection:
            return tuple((await connection.execute(ended.where(messages.c.outcome != "accepted"))).one())

    await post.sends()
    assert await noted() == (False, "smtp-451")
    while (await post.states())[3] == "waiting":
        now.advance(timedelta(minutes=1))
        await post.sends()
    assert await noted() == (True, "smtp-451")
    await post.mailings.retry_page(order_of(cause="smtp-451"))
    await post.sends()
    assert await noted() == (False, "smtp-451")
    post.relay.on_send = None
    now.advance(timedelta(minutes=1))
    await post.sends()
    async with post.database.reading() as connection:
        assert {tuple(row) for row in await connection.execute(ended)} == {(True, "accepted")}


async def test_a_pause_is_no_time_of_retries(post: Post, now: Clock) -> None:
    """A mail that was put off before has its second try, and those after it, when the mailing goes on."""
    await post.prepares()
    post.relay.on_send = _refusing("smtp-451", 3, final=False)
    await post.sends()
    now.advance(2 * RETRY_FOR)
    await post.sends()
    row = (await post.rows())[3]
    assert (row.state, row.next_try_at - now()) == ("waiting", timedelta(minutes=1))
    post.relay.on_send = None
    now.advance(timedelta(minutes=1))
    assert await post.sends() == SendReport(1)


async def test_a_stop_is_no_time_of_retries(post: Post, now: Clock) -> None:
    """What was put off before goes on with its tries, as if no time had passed."""
    await post.prepares()
    post.relay.on_send = _refusing("smtp-451", 3, final=False)
    await post.sends()
    ended = MailingAct("act", "envoi/demo/envoi-1", Event.MAILING_ENDED, "", "Stopped", "accepted 23")
    await post.mailings.note_mailing(ended)
    now.advance(2 * RETRY_FOR)
    await post.prepares()
    await post.sends()
    row = (await post.rows())[3]
    assert (row.state, row.postponed_since) == ("waiting", now() - timedelta(minutes=1))


async def test_a_relay_that_puts_every_mail_off_is_away(post: Post) -> None:
    """It is not asked a million times."""
    await post.prepares()
    post.relay.on_send = _refusing("smtp-451", *range(24), final=False)
    assert (await post.sends()).relay_fault == "smtp-451"
    assert set(await post.states()) == {"waiting"}


async def test_a_sender_keeps_its_rate_and_its_time(post: Post) -> None:
    """The wait after the last mail is included, so that short runs do not exceed the rate."""
    await post.prepares()
    time = asyncio.get_running_loop().time
    begun = time()
    assert await post.sends(per_second=20, most=4) == SendReport(4)
    assert time() - begun >= 4 / 20
    assert (await post.sends(per_second=0.2, seconds=0.1)).answered <= 1


async def test_a_sealed_address_of_another_key_is_a_failure(post: Post) -> None:
    """As after a change of the messaging role's key."""
    await post.prepares(size=1)
    async with post.database.writing() as connection:
        await connection.execute(text("UPDATE outbox SET sealed = decode('00', 'hex')"))
    await post.sends()
    assert (await post.mailings.count_mails("envoi-1")).failed == {"sealed": 1}
