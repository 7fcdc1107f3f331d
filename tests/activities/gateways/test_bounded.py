"""A bounded gateway limits concurrent sends."""

import asyncio
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from activities.gateways.base.errors import GatewayUnavailableError
from activities.gateways.bounded import BoundedGateway
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.recording import GatewayMode, RecordingMail
from activities.gateways.sms.gateway import SmsMessage

MAIL = MailMessage("m1", "inconnu@exemple.org", "Objet", "Texte", "<p>Texte</p>")
SMS = SmsMessage("m1", "+33639980000", "Texte")


class HangingRelay(RecordingMail):
    """A relay that accepts a message only after `release` is set."""

    def __init__(self) -> None:
        super().__init__("hanging")
        self.release = asyncio.Event()
        self.hanging = asyncio.Event()

    async def send(self, message: MailMessage) -> None:
        """Wait for `release`, then record the message."""
        self.hanging.set()
        await self.release.wait()
        await super().send(message)


async def test_a_send_beyond_the_limit_fails_at_once() -> None:
    """While the only place is taken a send raises GatewayUnavailableError; afterwards the next one succeeds."""
    relay = HangingRelay()
    bounded = BoundedGateway(relay, places=1)
    first = asyncio.create_task(bounded.send(MAIL))
    await relay.hanging.wait()
    with pytest.raises(GatewayUnavailableError, match="hanging-busy"):
        await bounded.send(MAIL)
    relay.release.set()
    await first
    await bounded.send(MAIL)
    assert len(relay.sent) == 2


async def test_a_failed_send_frees_its_place() -> None:
    """Repeated failures of the gateway do not use up its places."""
    relay = RecordingMail()
    relay.mode = GatewayMode.DOWN
    bounded = BoundedGateway(relay, places=1)
    for _ in range(3):
        with pytest.raises(GatewayUnavailableError, match="recording-down"):
            await bounded.send(MAIL)


async def test_an_sms_gateway_is_bounded_too() -> None:
    """With a free place the send returns the gateway's ids; without one it raises GatewayUnavailableError."""

    class Operator:
        """An operator that returns one id for each message."""

        name = "operator"

        async def send(self, message: SmsMessage) -> tuple[str, ...]:
            """Return an id."""
            return (message.message_id,)

    assert await BoundedGateway(Operator(), places=1).send(SMS) == ("m1",)
    with pytest.raises(GatewayUnavailableError, match="operator-busy"):
        await BoundedGateway(Operator(), places=0).send(SMS)


async def test_a_gateway_that_is_away_is_logged_once() -> None:
    """A line when it goes, one when it is back, and none for the tries between."""
    relay = RecordingMail()
    bounded = BoundedGateway(relay, places=1)
    with capture_logs() as logs:
        for mode in (
            GatewayMode.OK,
            GatewayMode.DOWN,
            GatewayMode.DOWN,
            GatewayMode.DOWN,
            GatewayMode.OK,
            GatewayMode.OK,
        ):
            relay.mode = mode
            with suppress(GatewayUnavailableError):
                await bounded.send(MAIL)
    assert [line["event"] for line in logs] == ["gateway_unavailable", "gateway_available_again"]
    assert logs[0]["gateway"] == relay.name


async def test_a_relay_s_answer_to_one_mail_says_nothing_of_the_relay() -> None:
    """A full mailbox or a greylist is no outage."""

    class Greylisting(RecordingMail):
        """A relay that puts off every mail."""

        async def send(self, message: MailMessage) -> None:
            """Refuse for now."""
            raise GatewayUnavailableError(self.name, f"smtp-45{len(message.to) % 10}")

    with capture_logs() as logs, pytest.raises(GatewayUnavailableError):
        await BoundedGateway(Greylisting(), places=1).send(MAIL)
    assert logs == []
