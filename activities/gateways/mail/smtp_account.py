"""Where the mail relay is, and how long a connection to it is used."""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True)
class SmtpAccount:
    """Where the relay is and who writes. Bounces come back to `bounce+<message id>@<domain>`.

    `timeout`, in seconds, is for a whole send. Between messages at most `kept` connections stay open, each for
    `idle` and for so many messages: under the five minutes and the few hundred that relays commonly allow.
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
    messages: int = 100
