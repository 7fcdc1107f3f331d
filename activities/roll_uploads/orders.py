"""What administrators order of a roll's file in the console, and what may become of the file."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar

# What nobody has confirmed by then is deleted.
KEPT = timedelta(hours=24)
# An import that nothing has ended by then, as when its workflow was terminated by hand: its file is deleted too.
GIVEN_UP_AFTER = timedelta(days=7)


class UploadKind(StrEnum):
    """What a file is to do to the roll."""

    ADD = "add"
    UPDATE = "update"  # adds, and corrects electors who are on the roll
    REMOVE = "remove"
    CHANGE = "change"  # one elector's work address or name, typed


class UploadState(StrEnum):
    """Where an upload stands; its file is there in the first three."""

    RECEIVED = "received"
    CHECKED = "checked"
    CONFIRMED = "confirmed"
    IMPORTED = "imported"
    REFUSED = "refused"  # no roll, as the dry run's fault says
    FAILED = "failed"  # the import could not be carried out, as its fault says
    ABANDONED = "abandoned"
    EXPIRED = "expired"

    @property
    def is_over(self) -> bool:
        """Whether nothing more becomes of it."""
        return self not in WITH_FILE

    @property
    def is_moving(self) -> bool:
        """Whether a worker is to do the next step."""
        return self in {UploadState.RECEIVED, UploadState.CONFIRMED}


UNDECIDED = (UploadState.RECEIVED, UploadState.CHECKED)
WITH_FILE = (*UNDECIDED, UploadState.CONFIRMED)


@dataclass(frozen=True)
class CheckOrder:
    """An administrator's order to judge a file without changing anything; the console signs it for the workflow's id."""

    act: ClassVar[str] = "roll_check"
    operator: str
    subject: str
    upload: str
    kind: UploadKind
    file_hash: str
    reason: str = ""
    given_at: str = ""
    signature: str = ""


@dataclass(frozen=True)
class DecisionOrder:
    """An administrator's order to import a file that was judged, which another one has uploaded, or to delete it.

    Who confirms a change of one elector types it again; `entry` is the number of the piece with that.
    """

    act: ClassVar[str] = "roll_decision"
    operator: str
    subject: str
    upload: str
    file_hash: str
    confirms: bool
    entry: int = 0
    given_at: str = ""
    signature: str = ""


@dataclass(frozen=True)
class CheckClaim:
    """An order, and the workflow that it was signed for."""

    workflow_id: str
    order: CheckOrder


@dataclass(frozen=True)
class DecisionClaim:
    """A decision, and the workflow that it was signed for."""

    workflow_id: str
    order: DecisionOrder


def is_same_person(subject: str, other: str) -> bool:
    """Return whether two subjects are one person's; one that is missing may be anybody's."""
    return not (subject and other) or subject == other
