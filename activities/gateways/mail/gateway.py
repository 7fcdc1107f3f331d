"""What every mail gateway accepts."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class MailMessage:
    """One e-mail. `message_id` is short, opaque and the same when the send is tried again.

    With `reply_to` it is a voter's own letter, and is not marked as written by a machine. `languages` are those that it is
    written in, by their codes.
    """

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    reply_to: str = ""
    languages: tuple[str, ...] = ("fr",)


class MailGateway(Protocol):
    """Submits e-mail to a relay."""

    name: str

    async def send(self, message: MailMessage) -> None:
        """Return once the relay has accepted the message.

        Raises:
            GatewayUnavailableError: trying again later may succeed.
            GatewayRefusedError: the relay's refusal is final.
        """
        ...
