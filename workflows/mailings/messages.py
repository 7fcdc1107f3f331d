"""Messages between a mailing and the operator's command. Fields are only added, each with a default."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from activities.mailings.start_order import StartMailing
from activities.outbox.rows import MailCounts
from workflows.contracts.orders import Control

MIN_RATE, MAX_RATE = 0.2, 2000.0  # mails per second; at the lowest rate a step of one mail lasts five seconds


class Purpose(StrEnum):
    """What a mailing's link is for."""

    IDENTIFIER_AND_PASSWORD = "identifier-and-password"  # noqa: S105 - the name of a procedure


class MailingEnding(StrEnum):
    """Why a mailing ended."""

    COMPLETE = (
        "AllAccepted"  # the relay has accepted a mail to each elector, or the elector has a link of an own request
    )
    INCOMPLETE = "SomeFailed"  # the others have failed, each with its cause, or their own recoveries do not answer
    STOPPED = "Stopped"
    CLOSED = "Closed"  # requests are not open


@dataclass
class MailingState:
    """The state of a mailing, handed from one run of its workflow to the next by continue-as-new.

    `console_key` verifies operators' orders; it is empty until the mailing has begun, when no signature can be verified.
    `total` electors are on the roll; `after_id` is the last one whose row is prepared, and `is_prepared` says that none
    comes after. `is_last_pass` while another pass over the roll has found nobody. Recoveries were asked `asks` times, last
    at `asked_at`. While `relay_fault` is not empty, one mail is tried after each `relay_wait`.
    """

    begun_at: datetime
    per_second: float
    console_key: str = ""
    bureau_addresses: int = 0
    total: int = 0
    counts: MailCounts = field(default_factory=MailCounts)
    after_id: str = ""
    is_prepared: bool = False
    is_last_pass: bool = False
    is_closed: bool = False
    asks: int = 0
    asked_at: datetime | None = None
    relay_fault: str = ""
    relay_away_since: datetime | None = None
    relay_wait: timedelta = timedelta(0)
    idle_steps: int = 0
    paused_since: datetime | None = None
    is_stopped: bool = False


@dataclass(frozen=True)
class MailingInput:
    """The input of a mailing's workflow; it ends at its `deadline`, whatever is left.

    In one `step` as many mails are sent as fit into it at the rate; pages of `page_size` electors are prepared meanwhile.
    After `steps_per_run` steps the workflow continues as new. `state` is filled by continue-as-new alone.
    """

    name: str
    election: str
    time_zone: str
    deadline: datetime
    order: StartMailing
    purpose: Purpose = Purpose.IDENTIFIER_AND_PASSWORD
    step: timedelta = timedelta(seconds=5)
    page_size: int = 500
    steps_per_run: int = 200
    ask_interval: timedelta = timedelta(seconds=30)
    state: MailingState | None = None


@dataclass(frozen=True)
class RetryFailed(Control):
    """An operator's order to send again what has failed for one cause."""

    act: ClassVar[str] = "retry_failed"
    cause: str


@dataclass(frozen=True)
class MailingProgress:
    """The progress of a mailing; `since` is when it was paused, or the relay went away, or it began.

    Of `total` electors the relay has accepted a mail to `accepted`; `own` have a link of an own request. `remaining` is None
    when it cannot be estimated. While there is a `database_fault`, the mailing waits for the database.
    """

    total: int
    waiting: int
    accepted: int
    own: int
    asked: int
    failed: dict[str, int]
    per_second: float
    remaining: timedelta | None
    is_paused: bool
    relay_fault: str
    ending: MailingEnding | None
    since: datetime
    database_fault: str = ""

    @property
    def reached(self) -> int:
        """How many electors have a mail of this mailing, or a link of an own request."""
        return self.accepted + self.own

    @property
    def percent(self) -> float:
        """The share of the electors who are reached."""
        if not self.total:
            return 100.0 * (self.ending is MailingEnding.COMPLETE)
        return 100 * min(1.0, self.reached / self.total)

    @property
    def failures(self) -> int:
        """How many mails have failed, whatever the cause."""
        return sum(self.failed.values())

    @property
    def bounced(self) -> int:
        """How many of those were accepted by the relay first."""
        return MailCounts(failed=self.failed).bounced

    @property
    def unprepared(self) -> int:
        """How many electors have no row yet; the roll may have changed since it was counted."""
        return max(0, self.total - self.reached - self.waiting - self.asked - self.failures)


def mailing_id(election: str, name: str) -> str:
    """Return the id of a mailing's workflow: at most one mailing of a name runs at a time."""
    return f"envoi/{election}/{name}"
