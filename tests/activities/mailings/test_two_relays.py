"""A mailing by two relays: the routing chooses, one that is away is left out, and what took a mail is journalled."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import func, select, text

from activities.evidence.journal import Event, Journal
from activities.gateways.base.errors import GatewayUnavailableError
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.watched import WatchedGateway
from activities.mailings.mailings import MailingAct
from activities.mailings.sender import SendReport
from activities.outbox.answers import Answer
from activities.recoveries.links import Links
from activities.routing.gateways import SeveralGateways
from activities.routing.measures import GatewayMeasures
from activities.routing.orders import GatewayAct, GatewayOrder, carry_out
from activities.routing.states import GatewayStates, NewGateway
from activities.store.database import Database
from activities.store.gateway_tables import gateway_errors
from activities.store.tables import journal as journal_table
from activities.store.tables import messages
from election.rules.gateways import GatewayRules
from election.stages import Channel
from tests.activities.mailings.post import ELECTORS, RETRY_FOR, Post, Relay, sender_by
from tests.support.clock import Clock

_REFUSE = (
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE read_only_sql_transaction; END $$",
    "CREATE TRIGGER refuse BEFORE INSERT ON gateway_errors FOR EACH ROW EXECUTE FUNCTION refuse()",
)
_TAKE_AGAIN = ("DROP TRIGGER refuse ON gateway_errors", "DROP FUNCTION refuse")


class TwoRelays:
    """Relays of which the first has all points, and a mailing that is prepared."""

    def __init__(self, post: Post, journal: Journal, links: Links, now: Clock) -> None:
        self.post, self.now, self.database = post, now, post.database
        self.first, self.second = post.relay, Relay("smtp2")
        self.states = GatewayStates(self.database, journal, now)
        watched = [WatchedGateway(each) for each in (self.first, self.second)]
        measures = GatewayMeasures(self.database, GatewayRules(), now)
        gateways = SeveralGateways(Channel.EMAIL, watched, self.states, measures, lambda: 0.0, read_every=0.0)
        self.sender = sender_by(gateways, self.database, journal, links, now)

    async def sends(self) -> SendReport:
        """Run the sender once."""
        return await self.post.sends(self.sender)

    async def suspends(self, name: str) -> None:
        """Have an operator suspend a relay."""
        await carry_out(self.states, GatewayOrder(name, GatewayAct.SUSPEND, "m.durand", "panne"))

    async def events(self, *events: Event) -> list[tuple[str, str, str]]:
        """Return the event, the relay and the outcome of the journal's entries of some kinds."""
        of = select(journal_table).where(journal_table.c.event.in_(events)).order_by(journal_table.c.number)
        async with self.database.reading() as connection:
            return [(row.event, row.actor, row.outcome) for row in await connection.execute(of)]

    async def gateways(self) -> dict[str, int]:
        """Return how many messages the ledger has of each relay."""
        of = select(messages.c.gateway, func.count().label("number")).group_by(messages.c.gateway)
        async with self.database.reading() as connection:
            return {row.gateway: row.number for row in await connection.execute(of)}


@pytest_asyncio.fixture
async def two(post: Post, journal: Journal, links: Links, now: Clock) -> TwoRelays:
    """Two relays, registered, and mails that wait."""
    two = TwoRelays(post, journal, links, now)
    await two.states.register([NewGateway("smtp", Channel.EMAIL, 100), NewGateway("smtp2", Channel.EMAIL, 0)])
    await post.prepares()
    return two


@asynccontextmanager
async def _counts_refused(database: Database) -> AsyncIterator[None]:
    """The database takes no count of errors."""
    await _execute(database, _REFUSE)
    try:
        yield
    finally:
        await _execute(database, _TAKE_AGAIN)


async def _execute(database: Database, statements: tuple[str, ...]) -> None:
    async with database.writing() as connection:
        for statement in statements:
            await connection.execute(text(statement))


def _fails(relay: Relay, reason: str, *, may_be_taken: bool = False, is_there: bool = False, to: str = "") -> None:
    async def fail(mail: MailMessage) -> None:
        if to in {"", mail.to}:
            raise GatewayUnavailableError(relay.name, reason, may_be_taken=may_be_taken, is_there=is_there)

    relay.on_send = fail


async def test_the_second_relay_carries_on_while_the_first_is_away(two: TwoRelays) -> None:
    """In the same run, with the link of the mail that the first has not taken; its errors are counted, and it is journalled."""
    _fails(two.first, "smtp-connect")
    assert await two.sends() == SendReport(24)
    assert sorted(mail.to for mail in two.second.sent) == sorted(each.work_email for each in ELECTORS)
    assert await two.gateways() == {"smtp2": 24}
    accepted = await two.events(Event.SEND_ACCEPTED)
    assert accepted == [("message:send:accepted", "smtp2", "accepted")] * 24
    async with two.database.reading() as connection:
        errors = (await connection.execute(select(gateway_errors))).all()
    assert {row.gateway for row in errors} == {"smtp"}


async def test_the_mailing_goes_by_the_relay_that_is_not_suspended(two: TwoRelays) -> None:
    """And tries the other one for no mail."""
    await two.suspends("smtp")
    assert await two.sends() == SendReport(24)
    assert (two.first.tried, len(two.second.sent)) == ([], 24)


@pytest.mark.parametrize("is_second_suspended", [False, True])
async def test_no_relay_that_is_there_is_a_fault(two: TwoRelays, *, is_second_suspended: bool) -> None:
    """The sender says why the last one that was tried is away, and everything waits."""
    _fails(two.first, "smtp-connect")
    _fails(two.second, "smtp-tls")
    if is_second_suspended:
        await two.suspends("smtp2")
    report = await two.sends()
    assert report == SendReport(0, "smtp-connect" if is_second_suspended else "smtp-tls")
    assert set(await two.post.states()) == {"waiting"}


async def test_all_relays_suspended_is_a_fault(two: TwoRelays) -> None:
    """It has the code that single messages have then."""
    for name in ("smtp", "smtp2"):
        await two.suspends(name)
    assert await two.sends() == SendReport(0, "gateway-suspended")


async def test_a_relay_that_puts_every_mail_off_is_left_out(two: TwoRelays) -> None:
    """After twenty in a row the next one sends the rest."""
    _fails(two.first, "smtp-451")
    relays = two.sender.new_relays()
    mail = MailMessage("lien-1", ELECTORS[0].work_email, "Lien", "Lien", "Lien")
    assert [(await relays.hand_over(mail, None)).relay for _ in range(22)] == ["smtp"] * 20 + ["smtp2"] * 2


async def test_a_mail_that_a_relay_may_have_taken_waits_for_that_relay(two: TwoRelays) -> None:
    """The others go by the next one at once; the journal says that it is uncertain, and by which relay it went in the end."""
    _fails(two.first, "smtp-timeout", may_be_taken=True)
    report = await two.sends()
    uncertain = await two.events(Event.SEND_UNCERTAIN)
    assert set(uncertain) == {("message:send:uncertain", "smtp", "smtp-timeout")}
    assert report == SendReport(24 - len(uncertain))
    assert len(two.second.sent) == report.answered
    two.first.on_send = None
    two.now.advance(timedelta(minutes=1))
    await two.sends()
    assert len(two.first.sent) == len(uncertain)
    assert await two.events(Event.SEND_REPEATED) == []
    assert set(await two.post.states()) == {"accepted"}


@pytest.mark.parametrize("is_stopped", [False, True])
async def test_a_mail_that_may_arrive_twice_is_journalled_as_such(two: TwoRelays, *, is_stopped: bool) -> None:
    """When the relay that may have taken it is suspended, the next one sends it; also after a stop of the mailing."""
    _fails(two.first, "smtp-timeout", may_be_taken=True)
    await two.sends()
    uncertain = await two.events(Event.SEND_UNCERTAIN)
    await two.suspends("smtp")
    if is_stopped:
        await two.post.mailings.note_mailing(
            MailingAct("act", "envoi/demo/envoi-1", Event.MAILING_ENDED, "", "Stopped")
        )
        await two.post.prepares()
    two.now.advance(timedelta(minutes=1))
    await two.sends()
    repeated = await two.events(Event.SEND_REPEATED)
    assert repeated == [("message:send:repeated", "smtp2", "smtp:smtp-timeout")] * len(uncertain)
    async with two.database.reading() as connection:
        rows = (await connection.execute(select(messages))).all()
    assert {(row.gateway, row.may_be_taken, row.outcome) for row in rows} == {("smtp2", False, "accepted")}


async def test_what_the_second_relay_did_is_journalled_though_the_first_did_the_same(two: TwoRelays) -> None:
    """With the same code, and each once."""
    for relay in (two.first, two.second):
        _fails(relay, "smtp-timeout", may_be_taken=True, to=ELECTORS[0].work_email)
    for minutes, suspended in ((1, ""), (1, ""), (2, "smtp"), (0, "")):
        if suspended:
            await two.suspends(suspended)
        await two.sends()
        two.now.advance(timedelta(minutes=minutes))
    told = await two.events(Event.SEND_POSTPONED, Event.SEND_UNCERTAIN)
    assert [(event.rpartition(":")[2], relay) for event, relay, _ in told] == [
        ("postponed", "smtp"),
        ("uncertain", "smtp"),
        ("postponed", "smtp2"),
        ("uncertain", "smtp2"),
    ]


async def test_a_mail_that_no_relay_takes_fails_in_the_end_though_one_of_them_is_away(two: TwoRelays) -> None:
    """That another relay takes the others says enough, whichever was tried last."""
    _fails(two.first, "smtp-timeout", to=ELECTORS[0].work_email)
    _fails(two.second, "smtp-connect")
    for _ in range(4 * (RETRY_FOR // timedelta(minutes=1))):
        await two.sends()
        two.now.advance(timedelta(minutes=1))
    assert await two.post.states() == ["failed"] + ["accepted"] * 23


async def test_an_answer_is_kept_though_the_error_cannot_be_counted(two: TwoRelays) -> None:
    """The database takes no count, as a standby does: that the relay may have taken the mail is not forgotten."""
    _fails(two.first, "smtp-timeout", may_be_taken=True)
    mail = MailMessage("lien-1", ELECTORS[0].work_email, "Lien", "Lien", "Lien")
    async with _counts_refused(two.database):
        answer = await two.sender.new_relays().hand_over(mail, None)
    assert (answer.relay, answer.kind, answer.may_be_taken) == ("smtp", Answer.POSTPONED, True)


async def test_one_relay_that_was_there_is_enough_to_blame_the_mail(two: TwoRelays) -> None:
    """The other one is away, and was tried last."""
    _fails(two.first, "smtp-timeout", is_there=True)
    _fails(two.second, "smtp-connect")
    mail = MailMessage("lien-1", ELECTORS[0].work_email, "Lien", "Lien", "Lien")
    answer = await two.sender.new_relays().hand_over(mail, None)
    assert (answer.relay, answer.relay_fault, answer.is_there) == ("smtp2", "smtp-connect", True)
