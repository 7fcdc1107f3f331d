"""Messages between recoveries and their callers; operators' are in `orders.py`. Fields are only added, each with a default.

The messages from a workflow to an activity are defined beside that activity, in `activities/recoveries/`.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from election.stages import WAITING, Channel, Stage
from election.text.numbers import COUNTED_UP_TO
from election.verdicts import LinkVerdict, Verdict


@dataclass(frozen=True)
class Answer:
    """The answer to a voter's request; `until` is when the next request or send is allowed, or None if the verdict has no such time."""

    verdict: Verdict
    until: datetime | None = None

    def short_wait(self, now: datetime) -> int:
        """Return in how many seconds another message may be asked for, or 0 after another verdict or for a longer wait."""
        left = self.until - now if self.until and self.verdict is Verdict.TOO_SOON else timedelta(0)
        return math.ceil(left.total_seconds()) if timedelta(0) < left <= COUNTED_UP_TO else 0


@dataclass(frozen=True)
class SealedSecret:
    """A new code or password, encrypted to the public key of one browser, and the end of its display window."""

    box: str
    until: datetime


# What the fault of a held database activity begins with, in the place of a channel.
DATABASE_FAULT = "database:"


@dataclass(frozen=True)
class PasswordRecovered:
    """What a recovery of the elector's password tells the other recoveries; `workflow_id` is its own."""

    workflow_id: str


@dataclass(frozen=True)
class RecoveryStatus:
    """The state of a recovery, without a secret or a contact.

    `hint` is the masked destination; `fault` is `channel:reason`, or `database:reason`. Until `tries_end_at` the message is
    tried by itself.
    """

    stage: Stage
    since: datetime
    channel: Channel | None = None
    hint: str = ""
    accepted_at: datetime | None = None
    delivered_at: datetime | None = None
    link_expires_at: datetime | None = None
    fault: str = ""
    tries_end_at: datetime | None = None
    send_again_at: datetime | None = None
    sends_left: int = 0
    display_until: datetime | None = None
    # 2011: the link was used, so these fields describe the e-mail with the new identifier.
    is_second_mail: bool = False
    # The identifier was replaced, whatever became of the message with the new one: the former one no longer works.
    is_replaced: bool = False

    @property
    def is_database_fault(self) -> bool:
        """Whether the recovery is held because of the database, and not of a send."""
        return self.fault.startswith(DATABASE_FAULT)

    def too_soon(self, now: datetime) -> Answer | None:
        """Return TOO_SOON and until when, while a message has just been sent, or None once another one may be asked for."""
        is_waiting = self.stage in WAITING and not self.is_database_fault
        if not is_waiting or self.send_again_at is None or self.send_again_at <= now:
            return None
        return Answer(Verdict.TOO_SOON, self.send_again_at)


@dataclass(frozen=True)
class LinkStatus:
    """The verdict on a link, and its sealed secret while the display window is open."""

    verdict: LinkVerdict
    secret: SealedSecret | None = None
