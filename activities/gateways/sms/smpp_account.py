"""The account at an SMS operator."""

from dataclasses import dataclass, field

# SMPP 3.4 § 4.1.5 and § 4.4.1, without the final NUL.
_LONGEST = {"system_id": 15, "password": 8, "sender": 20}


@dataclass(frozen=True)
class SmppAccount:
    """Where to bind, as whom, and what the operator allows; the defaults are OVHcloud's limits.

    Times are in seconds, `rate` is in messages a second.

    Raises:
        ValueError: a field is longer than SMPP allows.
    """

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    sender: str
    tls: bool = False
    window: int = 10
    rate: float = 20.0
    submit_timeout: float = 10.0
    bind_timeout: float = 5.0
    bind_wait: float = 2.0
    turn_wait: float = 5.0

    def __post_init__(self) -> None:
        for name, longest in _LONGEST.items():
            if len(getattr(self, name)) > longest:
                raise ValueError(f"SMPP: {name} may have {longest} characters at most")
