"""What a mail gateway takes, whichever it is."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class MailMessage:
    """One e-mail. `message_id` is short, opaque and the same when the send is tried again.

    With `reply_to` it is somebody's own letter, that we carry.
    """

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    reply_to: str = ""


class MailGateway(Protocol):
    """Hands an e-mail to a relay."""

    name: str

    async def send(self, message: MailMessage) -> None:
        """Return once the relay has taken the message.

        Raises:
            GatewayUnavailableError: trying again later may succeed.
            GatewayRefusedError: the relay's refusal is final.
        """
        ...
