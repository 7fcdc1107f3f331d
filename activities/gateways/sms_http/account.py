"""The account at an operator that is spoken to by HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from activities.gateways.sms_http.provider import Provider, ProviderFileError

# Where operators report to: this, and the gateway's name.
PATH = "/recus/sms"


@dataclass(frozen=True)
class HttpAccount:
    """The operator, the values of its placeholders, and who writes; times are in seconds.

    `callback` is where the operator reports to, without the secret that some operators need at its end. `url` is
    another address than the provider's, for a test. `send_timeout` is for all that a send does, lookups included.

    Raises:
        ProviderFileError: a placeholder has no value; the text names it.
    """

    provider: Provider
    values: Mapping[str, str] = field(repr=False)
    sender: str
    callback: str
    url: str = ""
    rate: float = 0.0
    connect_timeout: float = 2.0
    answer_timeout: float = 8.0
    turn_wait: float = 4.0
    lookup_timeout: float = 1.5
    send_timeout: float = 17.0

    def __post_init__(self) -> None:
        missing = sorted(self.provider.secrets - set(self.values))
        if missing:
            raise ProviderFileError(f"`{', '.join(missing)}` is missing, which {self.provider.name} needs")

    @property
    def messages_a_second(self) -> float:
        """How many messages this process sends there at most."""
        return self.rate or self.provider.rate

    @property
    def placeholders(self) -> dict[str, str | bool | int]:
        """What placeholders stand for in every request."""
        secrets = {f"account.{name}": value for name, value in self.values.items()}
        return {**secrets, "sender": self.sender, "callback": self.callback}
