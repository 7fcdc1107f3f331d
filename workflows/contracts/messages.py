"""What web and operators exchange with recoveries. Fields are only ever added, each with a default.

What a recovery hands on to an activity stands beside that activity, in `activities/recoveries/`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict


@dataclass(frozen=True)
class RecoveryTerms:
    """One elector's recovery in one election: its deadlines and limits, fixed when it starts."""

    elector_id: str
    election: str
    time_zone: str
    requests_close: datetime
    links_die: datetime
    sms_lifetime: timedelta
    sms_longest: timedelta
    email_lifetime: timedelta
    late_after: timedelta
    retry_for: timedelta
    sends: int
    between_sends: timedelta
    display_window: timedelta


@dataclass(frozen=True)
class Answer:
    """The answer to a voter's request; `until` is the end of a pause, if there is one."""

    verdict: Verdict
    until: datetime | None = None


@dataclass(frozen=True)
class SealedCode:
    """The new code in a box that only one browser can open, and until when it is given."""

    box: str
    until: datetime


@dataclass(frozen=True)
class Retry:
    """An operator's order to try a failed send again."""

    operator: str


@dataclass(frozen=True)
class Cancel:
    """An operator's order to end a recovery; the reason is kept in the journal."""

    operator: str
    reason: str = ""


@dataclass(frozen=True)
class RecoveryStatus:
    """The state of a recovery, for the voter's follow-up page."""

    stage: Stage
    since: datetime
    channel: Channel | None = None
    hint: str = ""
    accepted_at: datetime | None = None
    delivered_at: datetime | None = None
    link_expires_at: datetime | None = None
    fault: str = ""
    send_again_at: datetime | None = None
    sends_left: int = 0
    display_until: datetime | None = None
    # 2011: the link is used, and what is followed from then on is the mail of the new identifier.
    is_second_mail: bool = False


@dataclass(frozen=True)
class LinkStatus:
    """What became of a link, and its sealed code while the window is open; `elector_id` is its owner's (2011)."""

    verdict: LinkVerdict
    code: SealedCode | None = None
    elector_id: str = ""
