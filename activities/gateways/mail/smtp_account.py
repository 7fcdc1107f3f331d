"""The account at a mail relay."""

from dataclasses import dataclass, field
from datetime import timedelta

from activities.gateways.mail.mime import sender_address
from activities.gateways.mail.return_path import ReturnPaths


@dataclass(frozen=True)
class SmtpAccount:
    """Where the relay is and who writes.

    `sender` is an address, with or without a name. `ca_file` has the certificates to trust instead of the system's.
    Bounces come back to return paths made with `return_key`, at `return_domain` or else at the sender's domain.

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
    return_key: bytes = field(default=b"", repr=False)
    return_domain: str | None = None

    @property
    def domain(self) -> str:
        """The domain of the sender's address."""
        return sender_address(self.sender).domain

    @property
    def return_paths(self) -> ReturnPaths:
        """What makes the return paths of messages."""
        return ReturnPaths(self.return_key, self.return_domain or self.domain)

    def __post_init__(self) -> None:
        sender_address(self.sender)
