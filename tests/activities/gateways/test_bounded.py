import asyncio

import pytest

from activities.gateways.base.faults import GatewayUnavailableError
from activities.gateways.bounded import BoundedGateway
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.recording import GatewayMode, RecordingMail
from activities.gateways.sms.gateway import SmsMessage

MAIL = MailMessage("m1", "inconnu@exemple.org", "Objet", "Texte", "<p>Texte</p>")
SMS = SmsMessage("m1", "+33639980000", "Texte")


class HangingRelay(RecordingMail):
    """A relay that accepts a message only when the test lets it."""

    def __init__(self) -> None:
        super().__init__("hanging")
        self.abandon = asyncio.Event()
        self.hanging = asyncio.Event()

    async def send(self, message: MailMessage) -> None:
        """Hang, then keep the message."""
        self.hanging.set()
        await self.abandon.wait()
        await super().send(message)


async def test_a_hanging_relay_refuses_the_next_message_for_now() -> None:
    """When every place is taken, the next send is refused at once and retryable; a place becomes free again."""
    relay = HangingRelay()
    bounded = BoundedGateway(relay, places=1)
    first = asyncio.create_task(bounded.send(MAIL))
    await relay.hanging.wait()
    with pytest.raises(GatewayUnavailableError, match="hanging-busy"):
        await bounded.send(MAIL)
    relay.abandon.set()
    await first
    await bounded.send(MAIL)
    assert len(relay.sent) == 2


async def test_a_place_is_given_back_after_a_refusal() -> None:
    """A gateway that refuses does not use up its places."""
    relay = RecordingMail()
    relay.mode = GatewayMode.DOWN
    bounded = BoundedGateway(relay, places=1)
    for _ in range(3):
        with pytest.raises(GatewayUnavailableError, match="recording-down"):
            await bounded.send(MAIL)


async def test_an_sms_gateway_is_bounded_too() -> None:
    """Without a free place it refuses for now; with one it returns the gateway's ids."""

    class Operator:
        """An operator that returns one id for each message."""

        name = "operator"

        async def send(self, message: SmsMessage) -> tuple[str, ...]:
            """Return an id."""
            return (message.message_id,)

    assert await BoundedGateway(Operator(), places=1).send(SMS) == ("m1",)
    with pytest.raises(GatewayUnavailableError, match="operator-busy"):
        await BoundedGateway(Operator(), places=0).send(SMS)
