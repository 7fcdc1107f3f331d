"""What an operator orders of many recoveries at once, and the words of its states."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

MIN_RATE, MAX_RATE = 0.2, 500.0  # recoveries per second
MOST_IDS = 1_000  # of a given list; what matches a filter has no limit


class BulkKind(StrEnum):
    """What an act does to each recovery."""

    RETRY = "retry"
    RETRY_BY_OTHER = "retry-by-other"  # by another gateway
    CANCEL = "cancel"


# The French title of each, as operators and the bureau read it.
TITLES = {
    BulkKind.RETRY: "Relance en nombre",
    BulkKind.RETRY_BY_OTHER: "Relance en nombre par une autre passerelle",
    BulkKind.CANCEL: "Annulation en nombre",
}


class ActState(StrEnum):
    """Where an act stands."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


# Such an act is over for good: nothing changes its state.
ENDED = (ActState.STOPPED, ActState.DONE)


class ItemState(StrEnum):
    """Where a recovery of an act stands. `SENT` counts a message that a gateway has accepted, or a cancelled recovery."""

    WAITING = "waiting"
    ORDERED = "ordered"  # the recovery has carried the order out; its message is not accepted yet
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"


class ItemWhy(StrEnum):
    """Why an item was skipped or has failed, where it is no fault of a message (`channel:reason`)."""

    NOT_HELD = "not-held"
    GONE = "gone"
    REFUSED = "refused"
    CLAIMED = "claimed"
    STOPPED = "stopped"
    REPLACED = "replaced"
    ENDED = "ended"
    NO_NEWS = "no-news"


@dataclass(frozen=True)
class BulkOrder:
    """An operator's order to retry or cancel what is held of a cause, a channel and a procedure, or the recoveries of a list.

    `id` is drawn by whoever gives it, and what it does is done once. `gateway` is for RETRY_BY_OTHER. The cause is a fault
    (`channel:reason`) or its reason alone. `held_until` is an instant in ISO 8601: what was held by then, when the operator saw
    it. What is empty stands for any; with `workflow_ids` the cause, the channel and the procedure are not used.
    """

    act: ClassVar[str] = "bulk_retry"
    id: str
    kind: BulkKind
    operator: str
    reason: str = ""
    cause: str = ""
    channel: str = ""
    procedure: str = ""
    held_until: str = ""
    workflow_ids: tuple[str, ...] = ()
    gateway: str = ""
    rate: float = 20.0
    given_at: str = ""
    signature: str = ""
