"""A watched gateway is known to be out of order."""

from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from activities.gateways.base.circuit import Circuit
from activities.gateways.base.errors import GatewayError, GatewayUnavailableError
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.recording import GatewayMode, RecordingMail
from activities.gateways.watched import WatchedGateway

MAIL = MailMessage("m1", "inconnu@exemple.org", "Objet", "Texte", "<p>Texte</p>")


async def test_a_gateway_is_out_of_order_after_five_failures_in_a_row() -> None:
    """Then one message tries it every ten seconds, and a success puts it right; a refusal of a message is an answer too."""
    relay, seconds = RecordingMail(), [0.0]
    watched = WatchedGateway(relay)
    watched.circuit = Circuit(lambda: seconds[0])

    async def send(mode: GatewayMode) -> bool:
        relay.mode = mode
        with suppress(GatewayError):
            await watched.send(MAIL)
        return watched.circuit.is_out_of_order

    modes = (*[GatewayMode.DOWN] * 4, GatewayMode.REFUSE, *[GatewayMode.DOWN] * 5)
    assert [await send(mode) for mode in modes] == [False] * 9 + [True]
    seconds[0] = 10.0
    watched.circuit.begin()
    assert watched.circuit.is_out_of_order  # for the others, while one tries
    assert not await send(GatewayMode.OK)


async def test_a_gateway_that_is_away_is_logged_once() -> None:
    """A line when it goes, one when it is back, and none for the tries between."""
    relay = RecordingMail()
    watched = WatchedGateway(relay)
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
                await watched.send(MAIL)
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
        await WatchedGateway(Greylisting()).send(MAIL)
    assert logs == []
