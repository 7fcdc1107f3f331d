"""The account at an SMS operator."""

from dataclasses import dataclass, field
from enum import StrEnum


class IdBase(StrEnum):
    """How an operator writes its ids; as text they are compared as they are."""

    TEXT = "text"
    DECIMAL = "decimal"
    HEXADECIMAL = "hexadecimal"

    def read(self, written: str) -> str:
        """Return an id in the one spelling by which answers and receipts are compared; one that is no number, as it is."""
        if self is IdBase.TEXT:
            return written
        try:
            return str(int(written, 10 if self is IdBase.DECIMAL else 16))
        except ValueError:
            return written


# SMPP 3.4 § 4.1.5 and § 4.4.1, without the final NUL.
_LONGEST = {"system_id": 15, "password": 8, "system_type": 12, "sender": 20}


@dataclass(frozen=True)
class SmppAccount:
    """Where to bind, as whom, and what the operator allows; the defaults are OVHcloud's limits.

    Times are in seconds, `rate` is in messages a second. `send_timeout` is for all segments of a message
    together. `answer_ids` and `receipt_ids` say how the operator writes its ids in answers and in receipts.

    Raises:
        ValueError: a field is longer than SMPP allows, or ids are numbers in one place and text in the other.
    """

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    sender: str
    system_type: str = ""
    answer_ids: IdBase = IdBase.TEXT
    receipt_ids: IdBase = IdBase.TEXT
    tls: bool = False
    window: int = 10
    rate: float = 20.0
    submit_timeout: float = 10.0
    bind_timeout: float = 5.0
    bind_wait: float = 2.0
    turn_wait: float = 5.0
    send_timeout: float = 17.0

    def __post_init__(self) -> None:
        for name, longest in _LONGEST.items():
            if len(getattr(self, name)) > longest:
                raise ValueError(f"SMPP: {name} may have {longest} characters at most")
        if (self.answer_ids is IdBase.TEXT) != (self.receipt_ids is IdBase.TEXT):
            raise ValueError("SMPP: ids are numbers in answers and in receipts, or in neither: set both")
