"""Where a recovery stands, as support staff filter it and as voters read it."""

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


# A link is on its way, or waits to be opened: another may take its place.
WAITING = frozenset({Stage.SENDING, Stage.SENT, Stage.LATE, Stage.HELD})
ENDINGS = frozenset({Stage.REISSUED, Stage.REFUSED, Stage.EXPIRED, Stage.CANCELLED})


class Channel(StrEnum):
    """How a link or an identifier reaches the voter."""

    SMS = "sms"
    EMAIL = "email"
