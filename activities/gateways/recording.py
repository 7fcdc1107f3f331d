"""Gateways that keep what they are given: for tests, and wherever nothing may leave."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from activities.gateways.base.faults import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.sms import gsm
from activities.gateways.sms.gateway import Receipt, ReceiptListener, SmsMessage


class Behaviour(StrEnum):
    """How a recording gateway answers until told otherwise."""

    OK = "ok"
    REFUSE = "refuse"
    DOWN = "down"

    def answer(self, gateway: str) -> None:
        """Return when the gateway takes messages.

        Raises:
            GatewayUnavailableError: the behaviour is DOWN.
            GatewayRefusedError: the behaviour is REFUSE.
        """
        match self:
            case Behaviour.DOWN:
                raise GatewayUnavailableError(gateway, "recording-down")
            case Behaviour.REFUSE:
                raise GatewayRefusedError(gateway, "recording-refused")
            case Behaviour.OK:
                return


class RecordingMail:
    """A mail gateway. `tried` has every call; `sent` those that were taken, repeats included."""

    def __init__(self, name: str = "recording-mail") -> None:
        self.name = name
        self.behaviour = Behaviour.OK
        self.tried: list[MailMessage] = []
        self.sent: list[MailMessage] = []

    async def send(self, message: MailMessage) -> None:
        """Keep the message, or do as `behaviour` says."""
        self.tried.append(message)
        self.behaviour.answer(self.name)
        self.sent.append(message)


class RecordingSms:
    """An SMS gateway. `tried` has every call; `sent` those that were taken, repeats included.

    A message that is sent again gets the same ids. With `automatic`, `run` tells the listener that
    each segment was delivered, in order.
    """

    def __init__(
        self,
        on_receipt: ReceiptListener,
        now: Callable[[], datetime],
        *,
        automatic: bool = False,
        name: str = "recording-sms",
    ) -> None:
        self.name = name
        self.behaviour = Behaviour.OK
        self.tried: list[SmsMessage] = []
        self.sent: list[SmsMessage] = []
        self.automatic = automatic
        self._on_receipt = on_receipt
        self._now = now
        self._due: asyncio.Queue[str] = asyncio.Queue()

    async def send(self, message: SmsMessage) -> tuple[str, ...]:
        """Keep the message and return one id a segment, or do as `behaviour` says."""
        self.tried.append(message)
        self.behaviour.answer(self.name)
        self.sent.append(message)
        segments = gsm.encode(message.text, reference=0).segments
        ids = tuple(f"{message.message_id}-{number}" for number, _ in enumerate(segments, start=1))
        if self.automatic:
            for gateway_id in ids:
                self._due.put_nowait(gateway_id)
        return ids

    async def run(self) -> None:
        """Give the automatic receipts, until cancelled."""
        while True:
            await self.deliver(await self._due.get())

    async def deliver(self, gateway_id: str) -> None:
        """Tell the listener that the phone has the segment."""
        await self._on_receipt(Receipt(self.name, gateway_id, delivered=True, reason="", at=self._now()))

    async def fail(self, gateway_id: str, reason: str = "recording-undelivered") -> None:
        """Tell the listener that the phone will never have the segment."""
        await self._on_receipt(Receipt(self.name, gateway_id, delivered=False, reason=reason, at=self._now()))
