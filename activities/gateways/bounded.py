"""Gateways with room for so many sends at once: a relay that hangs takes no place from the others."""

from collections.abc import Iterator
from contextlib import contextmanager

from activities.gateways.base.faults import GatewayUnavailableError
from activities.gateways.mail.gateway import MailGateway, MailMessage
from activities.gateways.sms.gateway import SmsGateway, SmsMessage


class _Room:
    """So many places, and a refusal that may be tried again once they are taken."""

    def __init__(self, gateway: str, places: int) -> None:
        self._gateway = gateway
        self._left = places

    @contextmanager
    def place(self) -> Iterator[None]:
        if self._left <= 0:
            raise GatewayUnavailableError(self._gateway, f"{self._gateway}-busy")
        self._left -= 1
        try:
            yield
        finally:
            self._left += 1


class BoundedMail:
    """A mail gateway that hands over so many messages at once, and refuses the next for now."""

    def __init__(self, gateway: MailGateway, places: int) -> None:
        self.name = gateway.name
        self._gateway = gateway
        self._room = _Room(gateway.name, places)

    async def send(self, message: MailMessage) -> None:
        """Return once the relay has taken the message.

        Raises:
            GatewayUnavailableError: every place is taken, or trying again later may succeed.
            GatewayRefusedError: the relay's refusal is final.
        """
        with self._room.place():
            await self._gateway.send(message)


class BoundedSms:
    """An SMS gateway that hands over so many messages at once, and refuses the next for now."""

    def __init__(self, gateway: SmsGateway, places: int) -> None:
        self.name = gateway.name
        self._gateway = gateway
        self._room = _Room(gateway.name, places)

    async def send(self, message: SmsMessage) -> tuple[str, ...]:
        """Return the gateway's own ids, one a segment, once it has taken the message.

        Raises:
            GatewayUnavailableError: every place is taken, or trying again later may succeed.
            GatewayRefusedError: the gateway's refusal is final.
        """
        with self._room.place():
            return await self._gateway.send(message)

    async def run(self) -> None:
        """Keep the connection until cancelled."""
        await self._gateway.run()
