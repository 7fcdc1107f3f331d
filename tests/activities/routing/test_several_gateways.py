"""Messages by two SMS gateways: which of them sends, and what the journal says when one may have taken a message."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.exceptions import ApplicationError

from activities.evidence.journal import Journal
from activities.gateways.base.errors import GatewayUnavailableError
from activities.gateways.recording import GatewayMode, RecordingMail, RecordingSms
from activities.gateways.sms.gateway import SmsMessage
from activities.gateways.watched import WatchedGateway
from activities.objections.links import ObjectionLinks
from activities.recoveries.links import Links
from activities.routing.gateways import OnlyGateway, SeveralGateways
from activities.routing.measures import GatewayMeasures
from activities.routing.orders import GatewayAct, GatewayOrder, carry_out
from activities.routing.shifts import Shifts
from activities.routing.states import GatewayStates, NewGateway
from activities.security.vault import Vault
from activities.sending.ledger import Ledger, Outgoing
from activities.sending.message_sender import MessageSender
from activities.sending.messaging import LinkMessage, Messaging
from activities.sending.receipts import Receipts
from activities.store.database import Database
from activities.store.gateway_tables import gateway_changes, gateway_errors
from activities.store.tables import journal as journal_table
from activities.store.tables import messages
from election.routing.shifting import Why
from election.rules.gateways import GatewayRules
from election.settings import Election
from election.stages import Channel
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.mail_texts import texts_of
from tests.support.sealed_contacts import SealedMessages
from tests.support.signing import MESSAGING

WORKFLOW = "code-de-vote/" + "1" * 32
NAMES = ["first", "second"]
RULES = GatewayRules(errors=3)


class Uncertain(RecordingSms):
    """An operator that takes each message and gives no answer while `is_silent`."""

    is_silent = False

    async def send(self, message: SmsMessage) -> tuple[str, ...]:
        """Record the message, and answer or not."""
        ids = await super().send(message)
        if self.is_silent:
            raise GatewayUnavailableError(self.name, "http-timeout", may_be_taken=True)
        return ids


class TwoGateways:
    """Two SMS gateways, of which the first has all points: the second is a reserve that works."""

    def __init__(self, database: Database, journal: Journal, receipts: Receipts, now: Clock) -> None:
        self.first = Uncertain(receipts.receive, now, name="first")
        self.second = Uncertain(receipts.receive, now, name="second")
        self.states = GatewayStates(database, journal, now)
        measures = GatewayMeasures(database, RULES, now)
        watched = [WatchedGateway(each) for each in (self.first, self.second)]
        self.sms = SeveralGateways(Channel.SMS, watched, self.states, measures, lambda: 0.0, read_every=0.0)
        self.shifts = Shifts(self.states, measures, {Channel.SMS: NAMES}, RULES, now)
        self.database = database

    async def order(self, act: GatewayAct, gateway: str = "second", priority: int = 0) -> bool:
        """Carry out an operator's order."""
        return await carry_out(self.states, GatewayOrder(gateway, act, "m.durand", "panne", priority))

    async def priorities(self) -> list[int]:
        """Return the priorities of both."""
        return [each.priority for each in await self.states.of_channel(Channel.SMS)]


@pytest_asyncio.fixture
async def two(database: Database, journal: Journal, receipts: Receipts, now: Clock) -> TwoGateways:
    """Two gateways, registered."""
    two = TwoGateways(database, journal, receipts, now)
    await two.states.register([NewGateway("first", Channel.SMS, 100), NewGateway("second", Channel.SMS, 0)])
    return two


@pytest.fixture
def send(
    database: Database,
    vault: Vault,
    links: Links,
    objection_links: ObjectionLinks,
    ledger: Ledger,
    receipts: Receipts,
    election: Election,
    two: TwoGateways,
    now: Clock,
) -> Callable[..., Awaitable[str]]:
    """A function that runs the sending activity once, and returns the gateway's name, or the fault's code."""
    mail = OnlyGateway(Channel.EMAIL, RecordingMail(), two.states)
    sender = MessageSender(database, vault, ledger, receipts, two.sms, mail, MESSAGING)
    messaging = Messaging(sender, links, objection_links, texts_of(election), election, now)
    sealed: dict[int, LinkMessage] = {}

    async def send(number: int = 1, gateway: str = "") -> str:
        if number not in sealed:
            sealed[number] = await SealedMessages(vault, now, WORKFLOW).link(number=number)
        try:
            return (await messaging.send_link(replace(sealed[number], gateway=gateway))).gateway
        except ApplicationError as error:
            return error.message

    return send


async def _journalled(database: Database) -> list[tuple[str, str, str]]:
    return [
        (row["event"].removeprefix("message:send:"), row["actor"], row["outcome"])
        for row in await rows(database, journal_table)
        if row["event"].startswith("message:send:")
    ]


Send = Callable[..., Awaitable[str]]


async def test_a_message_that_was_not_taken_leaves_by_the_other_at_the_next_try(
    send: Send, two: TwoGateways
) -> None:
    """With the same id, and the first one's failure in the journal. What comes next tries the first one again."""
    two.first.mode = GatewayMode.DOWN
    assert await send() == "recording-down"
    assert await send() == "second"
    assert await send() == "second"  # the activity is run again after its end
    assert [each.message_id for each in two.second.sent] == ["link-1"]
    assert await _journalled(two.database) == [
        ("postponed", "first", "recording-down"),
        ("accepted", "second", "accepted"),
    ]
    [row] = await rows(two.database, messages)
    assert (row["gateway"], row["may_be_taken"]) == ("second", False)
    two.first.mode = GatewayMode.OK
    assert await send(2) == "first"


async def test_a_message_that_may_have_been_taken_stays_until_its_gateway_is_out_of_order(
    send: Send, two: TwoGateways
) -> None:
    """Then it leaves by the other one, and the journal says first that it may arrive twice."""
    two.first.is_silent = True
    for _ in range(5):
        assert await send() == "http-timeout"
    assert two.second.sent == []
    assert await send() == "second"
    assert await _journalled(two.database) == [
        ("postponed", "first", "http-timeout"),
        ("uncertain", "first", "http-timeout"),
        ("repeated", "second", "first:http-timeout"),
        ("accepted", "second", "accepted"),
    ]


async def test_a_try_whose_end_is_not_known_may_have_been_taken(send: Send, ledger: Ledger) -> None:
    """Its process was killed between the try and its answer."""
    await ledger.begin(Outgoing("link-1", WORKFLOW, "link", "sms", "second"))
    assert await send() == "second"


async def test_an_operator_s_retry_by_the_other_gateway_says_that_it_may_arrive_twice(
    send: Send, two: TwoGateways
) -> None:
    """Also to a gateway in reserve, which nothing else uses."""
    await two.order(GatewayAct.SUSPEND)
    two.first.is_silent = True
    assert await send() == "http-timeout"
    assert await send(2, gateway="second") == "second"
    assert ("repeated", "second", "first:http-timeout") in await _journalled(two.database)


async def test_while_all_are_suspended_messages_wait(send: Send, two: TwoGateways) -> None:
    """The reason says so; once one is resumed they leave."""
    for name in NAMES:
        assert await two.order(GatewayAct.SUSPEND, name)
    assert await send() == "gateway-suspended"
    assert await two.order(GatewayAct.RESUME)
    assert await send() == "second"


async def test_what_a_gateway_may_have_taken_waits_for_it_while_all_are_suspended(
    send: Send, two: TwoGateways
) -> None:
    """The ledger goes on to say which one it was, and that its try is uncertain; it does not arrive twice by the other one."""
    two.first.is_silent = True
    assert await send() == "http-timeout"
    for name in NAMES:
        assert await two.order(GatewayAct.SUSPEND, name)
    assert await send() == "gateway-suspended"
    [row] = await rows(two.database, messages)
    assert (row["gateway"], row["outcome"], row["may_be_taken"]) == ("first", "http-timeout", True)
    assert ("postponed", "sms", "gateway-suspended") in await _journalled(two.database)
    two.first.is_silent = False
    for name in NAMES:
        assert await two.order(GatewayAct.RESUME, name)
    assert await send() == "first"
    assert "repeated" not in [event for event, _, _ in await _journalled(two.database)]


async def test_errors_shift_a_part_of_the_traffic(send: Send, two: TwoGateways, now: Clock) -> None:
    """Ten points, once a minute, with a line in the history; none from a priority that an operator holds."""
    two.first.mode = two.second.mode = GatewayMode.DOWN
    now.advance(timedelta(minutes=2))
    for number in range(1, 4):
        await send(number)
    assert [(row["gateway"], row["errors"]) for row in await rows(two.database, gateway_errors)] == [("first", 3)]
    for _ in range(2):
        await two.shifts.run()
    assert await two.priorities() == [90, 10]
    assert await two.order(GatewayAct.SHIFT, priority=40)
    now.advance(timedelta(seconds=30))
    await two.shifts.run()
    assert await two.priorities() == [60, 40]
    history = [(row["why"], row["priority"], row["actor"]) for row in await rows(two.database, gateway_changes)][
        2:
    ]
    assert sorted(history) == [
        (Why.ERRORS, 10, "messaging"),
        (Why.ERRORS, 90, "messaging"),
        (Why.SHIFTED, 40, "m.durand"),
        (Why.SHIFTED, 60, "m.durand"),
    ]
    assert await two.order(GatewayAct.RELEASE)
    assert not await two.order(GatewayAct.RELEASE)


async def test_slow_receipts_shift_a_part_of_the_traffic(two: TwoGateways, ledger: Ledger, now: Clock) -> None:
    """A message of a quarter of an hour ago that has no receipt after five minutes is slow."""
    now.advance(timedelta(minutes=1))
    for number, gateway in enumerate(NAMES):
        sent = Outgoing(f"link-{number}", WORKFLOW, "link", "sms", gateway)
        await ledger.begin(sent)
        await ledger.accepted(sent, (f"id-{number}",) if gateway == "first" else ())
    now.advance(timedelta(minutes=5))
    await two.shifts.run()
    assert await two.priorities() == [90, 10]
