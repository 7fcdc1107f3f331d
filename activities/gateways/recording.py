"""Gateways that record messages instead of sending them, for tests."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from activities.gateways.base.errors import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.mail.gateway import MailMessage
from activities.gateways.sms import gsm
from activities.gateways.sms.gateway import Receipt, ReceiptListener, SmsMessage


class GatewayMode(StrEnum):
    """How a recording gateway answers."""

    OK = "ok"
    REFUSE = "refuse"
    DOWN = "down"

    def answer(self, gateway: str) -> None:
        """Return when the mode is OK.

        Raises:
            GatewayUnavailableError: the mode is DOWN.
            GatewayRefusedError: the mode is REFUSE.
        """
        match self:
            case GatewayMode.DOWN:
                raise GatewayUnavailableError(gateway, "recording-down")
            case GatewayMode.REFUSE:
                raise GatewayRefusedError(gateway, "recording-refused")
            case GatewayMode.OK:
                return


class RecordingMail:
    """A mail gateway; `tried` has every message, `sent` the accepted ones, repeats included."""

    def __init__(self, name: str = "recording-mail") -> None:
        self.name = name
        self.mode = GatewayMode.OK
        self.tried: list[MailMessage] = []
        self.sent: list[MailMessage] = []

    async def send(self, message: MailMessage) -> None:
        """Record the message, or raise as the mode says."""
        self.tried.append(message)
        self.mode.answer(self.name)
        self.sent.append(message)


class RecordingSms:
    """An SMS gateway; `tried` has every message, `sent` the accepted ones, repeats included.

    A repeat gets the same ids. With `automatic`, `run` gives the listener a receipt for each segment, in order.
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
        self.mode = GatewayMode.OK
        self.tried: list[SmsMessage] = []
        self.sent: list[SmsMessage] = []
        self.automatic = automatic
        self._on_receipt = on_receipt
        self._now = now
        self._due: asyncio.Queue[str] = asyncio.Queue()

    async def send(self, message: SmsMessage) -> tuple[str, ...]:
        """Record the message and return one id for each segment, or raise as the mode says."""
        self.tried.append(message)
        self.mode.answer(self.name)
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
        """Give the listener the receipt of a delivered segment."""
        await self._on_receipt(Receipt(self.name, gateway_id, delivered=True, reason="", at=self._now()))

    async def fail(self, gateway_id: str, reason: str = "recording-undelivered") -> None:
        """Give the listener the receipt of a segment that will never arrive."""
        await self._on_receipt(Receipt(self.name, gateway_id, delivered=False, reason=reason, at=self._now()))
