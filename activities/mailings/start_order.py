"""An operator's order to start a mailing, and what the worker brings to one that begins."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from activities.outbox.rows import MailCounts


@dataclass(frozen=True)
class StartMailing:
    """An operator's order to start a mailing, at so many mails a second; the console signs it for the mailing's workflow."""

    act: ClassVar[str] = "start_mailing"
    operator: str
    per_second: float
    given_at: str = ""
    signature: str = ""


@dataclass(frozen=True)
class StartClaim:
    """An order with which the workflow `mailing` was started at an instant; `id` is that of its line of the journal."""

    id: str
    mailing: str
    order: StartMailing
    started_at: datetime


@dataclass(frozen=True)
class BegunMailing:
    """The settings of a mailing, as the worker reads them when it begins: they are no part of the order, which anybody could forge.

    The roll has `total` electors, and `counts` is what became of the mails of an earlier run. `console_key` verifies the orders
    to the mailing. The bureau is told at so many addresses.
    """

    total: int
    counts: MailCounts
    console_key: str = ""
    bureau_addresses: int = 0

    @property
    def is_again(self) -> bool:
        """Whether an earlier run has left something: it has reached somebody, or failed to."""
        return self.counts != MailCounts()

    @property
    def unserved(self) -> int:
        """How many electors get a mail now: those whom no earlier run has reached, nor failed with."""
        served = self.counts.accepted + self.counts.own + sum(self.counts.failed.values())
        return max(0, self.total - served)
