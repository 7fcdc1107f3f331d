"""What crosses an operator's command ↔ campaign. Fields are only ever added, each with a default."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SLOWEST, FASTEST = 0.2, 1000.0  # links a second: a page of one elector still lasts five seconds at most


class CampaignEnding(StrEnum):
    """How a campaign came to its end."""

    COMPLETE = "Complete"
    INCOMPLETE = "Incomplete"  # another look at the roll reached nobody more
    STOPPED = "Stopped"
    CLOSED = "Closed"  # a link would be refused, or dead before it is opened


@dataclass
class SoFar:
    """How far a campaign is: what one run of its workflow hands to the next.

    `reached` is what the last page, or the last look, has counted; `underway` were started and are not
    reached yet. Once the roll was gone through,
    `is_looking`: what was started has to be judged, and so many `looks` were taken at it;
    `missing_before` is what was missing when the roll was last begun anew.
    """

    begun_at: datetime
    per_second: float
    total: int = 0
    reached: int = 0
    underway: int = 0
    after: str = ""
    is_looking: bool = False
    looks: int = 0
    missing_before: int | None = None
    paused_since: datetime | None = None
    is_stopped: bool = False

    @property
    def missing(self) -> int:
        """How many are not reached."""
        return max(0, self.total - self.reached)  # the roll may have grown since it was counted


@dataclass(frozen=True)
class CampaignOrder:
    """A campaign to be made: its dates are those of `identifier-and-password` in the election's calendar.

    A page of the roll is what fits in `page_lasts` at the rate, `page_most` electors at most; after
    `turns` pages and looks the workflow goes on as a new run. A look that lasts `look_every` is longer
    than Temporal needs to give a dead worker's tasks to another: what it finds missing is sent again,
    `again_after` later. `so_far` is the workflow's own.
    """

    name: str
    election: str
    time_zone: str
    opens: datetime
    closes: datetime
    operator: str
    per_second: float
    page_lasts: timedelta = timedelta(seconds=5)
    page_most: int = 500
    turns: int = 200
    look_every: timedelta = timedelta(seconds=30)
    again_after: timedelta = timedelta(seconds=10)
    so_far: SoFar | None = None


@dataclass(frozen=True)
class CampaignControl:
    """An operator's order to pause, to go on or to stop."""

    operator: str


@dataclass(frozen=True)
class RateControl:
    """An operator's order of another rate, in links a second."""

    operator: str
    per_second: float


@dataclass(frozen=True)
class CampaignProgress:
    """How far a campaign is; `since` is when it was paused, or began. `remaining` is None while nobody can tell."""

    total: int
    reached: int
    percent: float
    per_second: float
    remaining: timedelta | None
    paused: bool
    ended: CampaignEnding | None
    since: datetime


def campaign_id(election: str, name: str) -> str:
    """Return the id of a campaign's workflow: of one name, only one at a time lives."""
    return f"campaign/{election}/{name}"
