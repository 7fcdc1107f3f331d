"""The account at a mail relay."""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True)
class SmtpAccount:
    """Where the relay is and who writes; bounces come back to `bounce+<message id>@<domain>`.

    `timeout`, in seconds, is for a whole send. At most `kept` connections stay open between messages, and one that
    was `idle` for longer is not used again: relays close theirs after five minutes, firewalls silently.
    """

    host: str
    port: int
    sender: str
    domain: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: bool = True
    timeout: float = 10.0
    kept: int = 4
    idle: timedelta = timedelta(seconds=20)
