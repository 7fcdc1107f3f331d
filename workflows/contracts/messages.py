"""Messages between recoveries and their callers, the web and operators. Fields are only added, each with a default.

The messages from a workflow to an activity are defined beside that activity, in `activities/recoveries/`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict


@dataclass(frozen=True)
class RecoveryTerms:
    """The deadlines and limits of one recovery, fixed when it starts.

    `elector_id` is empty when the typed identifier is not on the roll.
    """

    elector_id: str
    election: str
    time_zone: str
    requests_close: datetime
    links_expire: datetime
    sms_lifetime: timedelta
    sms_max_lifetime: timedelta
    email_lifetime: timedelta
    late_after: timedelta
    retry_for: timedelta
    max_sends: int
    between_sends: timedelta
    display_window: timedelta


@dataclass(frozen=True)
class Answer:
    """The answer to a voter's request; `until` is when the next request or send is allowed, or None if the verdict has no such time."""

    verdict: Verdict
    until: datetime | None = None


@dataclass(frozen=True)
class SealedSecret:
    """A new code or password, encrypted to the public key of one browser, and the end of its display window."""

    box: str
    until: datetime


@dataclass(frozen=True)
class RetryRequest:
    """An operator's request to retry a failed send."""

    operator: str


@dataclass(frozen=True)
class CancelRequest:
    """An operator's request to cancel a recovery; the journal keeps the reason."""

    operator: str
    reason: str = ""


@dataclass(frozen=True)
class RecoveryStatus:
    """The state of a recovery, without a secret or a contact; `hint` is the masked destination, `fault` is `channel:reason`."""

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
    # 2011: the link was used, so these fields describe the e-mail with the new identifier.
    is_second_mail: bool = False


@dataclass(frozen=True)
class LinkStatus:
    """The verdict on a link, and its sealed secret while the display window is open; `elector_id` is filled for 2011 only."""

    verdict: LinkVerdict
    secret: SealedSecret | None = None
    elector_id: str = ""
