"""The account at a mail relay."""

from dataclasses import dataclass, field
from datetime import timedelta

from activities.gateways.mail.mime import sender_address


@dataclass(frozen=True)
class SmtpAccount:
    """Where the relay is and who writes; bounces come back to `bounce+<message id>@<domain>`, the sender's domain.

    `sender` is an address, with or without a name. `ca_file` has the certificates to trust instead of the system's.

    `timeout`, in seconds, is for a whole send. At most `kept` connections stay open between messages, and one that
    was `idle` for longer is not used again: relays close theirs after five minutes, firewalls silently.

    Raises:
        ValueError: the sender is not one address.
    """

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: bool = True
    ca_file: str | None = None
    timeout: float = 10.0
    kept: int = 4
    idle: timedelta = timedelta(seconds=20)

    @property
    def domain(self) -> str:
        """The domain of the sender's address."""
        return sender_address(self.sender).domain

    def __post_init__(self) -> None:
        sender_address(self.sender)
