"""What every SMS gateway accepts and reports."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True)
class SmsMessage:
    """One SMS. `to` is E.164 (`+336…`); `message_id` is the same when the send is tried again.

    The operator need not deliver it later than `valid_for`; without one it is of use whenever it comes.
    """

    message_id: str
    to: str
    text: str
    valid_for: timedelta | None = None


@dataclass(frozen=True)
class Receipt:
    """A delivery receipt for one segment; `reason` is empty when it was delivered."""

    gateway: str
    gateway_id: str
    delivered: bool
    reason: str
    at: datetime


ReceiptListener = Callable[[Receipt], Awaitable[None]]


class SmsGateway(Protocol):
    """Submits SMS to an operator; receipts come later, to the listener given at construction."""

    name: str

    async def send(self, message: SmsMessage) -> tuple[str, ...]:
        """Return the gateway's own ids, one for each segment, once it has accepted the message.

        Raises:
            GatewayUnavailableError: trying again later may succeed.
            GatewayRefusedError: the gateway's refusal is final.
        """
        ...
