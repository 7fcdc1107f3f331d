"""The stages of a recovery, which support staff filter by and voters read."""

from enum import StrEnum


class Stage(StrEnum):
    """The value of the search attribute `RecoveryStage`."""

    VERIFYING = "Verifying"
    SENDING = "Sending"
    SENT = "Sent"
    LATE = "Late"
    HELD = "Held"
    OPENED = "Opened"
    DISPLAYING = "Displaying"
    REISSUED = "Reissued"
    REFUSED = "Refused"
    EXPIRED = "Expired"
    CANCELLED = "Cancelled"


# A link is being sent or can be opened, so another may replace it.
WAITING = frozenset({Stage.SENDING, Stage.SENT, Stage.LATE, Stage.HELD})
ENDINGS = frozenset({Stage.REISSUED, Stage.REFUSED, Stage.EXPIRED, Stage.CANCELLED})


class Channel(StrEnum):
    """How a link or an identifier reaches the voter."""

    SMS = "sms"
    EMAIL = "email"
