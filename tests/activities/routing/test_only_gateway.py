"""A channel with one gateway: an operator stops it, as one of several."""

from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio
from temporalio.exceptions import ApplicationError

from activities.evidence.journal import Journal
from activities.gateways.base.errors import GatewayUnavailableError
from activities.gateways.recording import RecordingMail, RecordingSms
from activities.gateways.sms.gateway import SmsMessage
from activities.objections.links import ObjectionLinks
from activities.recoveries.links import Links
from activities.routing.gateways import OnlyGateway
from activities.routing.orders import GatewayAct, GatewayOrder, carry_out
from activities.routing.states import GatewayStates, NewGateway
from activities.security.vault import Vault
from activities.sending.ledger import Ledger
from activities.sending.message_sender import MessageSender
from activities.sending.messaging import Messaging
from activities.sending.receipts import Receipts
from activities.store.database import Database
from activities.store.tables import messages
from election.settings import Election
from election.stages import Channel
from tests.support.clock import Clock
from tests.support.database_dump import rows
from tests.support.mail_texts import texts_of
from tests.support.sealed_contacts import SealedMessages
from tests.support.signing import MESSAGING

WORKFLOW = "code-de-vote/" + "1" * 32


@pytest_asyncio.fixture
async def states(database: Database, journal: Journal, sms: RecordingSms, now: Clock) -> GatewayStates:
    """The states, with the SMS gateway that is registered alone."""
    states = GatewayStates(database, journal, now)
    await states.register([NewGateway(sms.name, Channel.SMS, 100)])
    return states


@pytest.fixture
def only(sms: RecordingSms, states: GatewayStates) -> OnlyGateway[SmsMessage, tuple[str, ...]]:
    """The one SMS gateway."""
    return OnlyGateway(Channel.SMS, sms, states, read_every=0.0)


@pytest_asyncio.fixture
async def send(
    database: Database,
    vault: Vault,
    links: Links,
    objection_links: ObjectionLinks,
    ledger: Ledger,
    receipts: Receipts,
    election: Election,
    states: GatewayStates,
    only: OnlyGateway[SmsMessage, tuple[str, ...]],
    now: Clock,
) -> Callable[[], Awaitable[str]]:
    """A function that runs the sending activity once for one message, and returns the gateway's name, or the fault's code."""
    mail = OnlyGateway(Channel.EMAIL, RecordingMail(), states)
    sender = MessageSender(database, vault, ledger, receipts, only, mail, MESSAGING)
    messaging = Messaging(sender, links, objection_links, texts_of(election), election, now)
    sealed = await SealedMessages(vault, now, WORKFLOW).link()

    async def send() -> str:
        try:
            return (await messaging.send_link(sealed)).gateway
        except ApplicationError as error:
            return error.message

    return send


async def _order(states: GatewayStates, act: GatewayAct, gateway: str) -> None:
    assert await carry_out(states, GatewayOrder(gateway, act, "m.durand", "fuite"))


async def test_while_it_is_suspended_messages_wait(
    send: Callable[[], Awaitable[str]], states: GatewayStates, sms: RecordingSms, database: Database
) -> None:
    """The reason says so; once it is resumed they leave by it."""
    await _order(states, GatewayAct.SUSPEND, sms.name)
    assert await send() == "gateway-suspended"
    assert sms.tried == []
    await _order(states, GatewayAct.RESUME, sms.name)
    assert await send() == sms.name
    [row] = await rows(database, messages)
    assert (row["gateway"], row["accepted_at"] is not None) == (sms.name, True)


async def test_a_message_that_it_has_accepted_is_not_held_up(
    send: Callable[[], Awaitable[str]], states: GatewayStates, sms: RecordingSms
) -> None:
    """An activity that is run again after its end says who accepted the message, and sends nothing."""
    assert await send() == sms.name
    await _order(states, GatewayAct.SUSPEND, sms.name)
    assert await send() == sms.name
    assert len(sms.sent) == 1


async def test_suspended_it_sends_what_an_operator_names_it_for(
    only: OnlyGateway[SmsMessage, tuple[str, ...]], states: GatewayStates, sms: RecordingSms
) -> None:
    """And nothing else."""
    await _order(states, GatewayAct.SUSPEND, sms.name)
    assert (await only.choose(sms.name)).name == sms.name
    with pytest.raises(GatewayUnavailableError, match="gateway-suspended"):
        await only.choose()


async def test_one_that_no_process_has_registered_yet_sends(states: GatewayStates) -> None:
    """A process of mailings may be the first one that starts."""
    relay = RecordingMail()
    assert await OnlyGateway(Channel.EMAIL, relay, states).choose() is relay
