"""Messages between a campaign and the operator's command. Fields are only added, each with a default."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MIN_RATE, MAX_RATE = 0.2, 1000.0  # links per second; at the lowest rate a page of one elector lasts five seconds


class CampaignEnding(StrEnum):
    """Why a campaign ended."""

    COMPLETE = "Complete"
    INCOMPLETE = "Incomplete"  # another pass over the roll reached no further elector
    STOPPED = "Stopped"
    CLOSED = "Closed"  # requests are not open: a link would be refused


@dataclass
class CampaignState:
    """The state of a campaign, handed from one run of its workflow to the next by continue-as-new.

    `total` electors are on the roll, `reached` of them have their link by the last count, and `pending` recoveries
    were started whose elector is not counted as reached yet. `after_id` is the last elector of the last page. When a
    pass over the roll is complete, `is_checking` is True and `checks` counts how often the result was counted;
    `missing_after_last_pass` is how many were missing when the pass before this one was complete.
    """

    begun_at: datetime
    per_second: float
    total: int = 0
    reached: int = 0
    pending: int = 0
    after_id: str = ""
    is_checking: bool = False
    checks: int = 0
    missing_after_last_pass: int | None = None
    paused_since: datetime | None = None
    is_stopped: bool = False

    @property
    def missing(self) -> int:
        """How many electors are not reached."""
        return max(0, self.total - self.reached)  # the roll may have grown since `total` was counted


@dataclass(frozen=True)
class CampaignInput:
    """The input of a campaign's workflow; `opens` and `closes` are the dates of `identifier-and-password`.

    A page has as many electors as fit into `page_duration` at the rate, `max_page_size` at most. After `steps_per_run`
    pages and checks the workflow continues as new. `check_interval` is longer than Temporal needs to give a dead
    worker's tasks to another worker: electors who are missing after it are sent another link, `resend_delay` later.
    `state` is filled by continue-as-new alone.
    """

    name: str
    election: str
    time_zone: str
    opens: datetime
    closes: datetime
    operator: str
    per_second: float
    page_duration: timedelta = timedelta(seconds=5)
    max_page_size: int = 500
    steps_per_run: int = 200
    check_interval: timedelta = timedelta(seconds=30)
    resend_delay: timedelta = timedelta(seconds=10)
    state: CampaignState | None = None


@dataclass(frozen=True)
class CampaignControl:
    """An operator's request to pause, resume or stop."""

    operator: str


@dataclass(frozen=True)
class RateControl:
    """An operator's request to change the rate, in links per second."""

    operator: str
    per_second: float


@dataclass(frozen=True)
class CampaignProgress:
    """The progress of a campaign; `since` is when it was paused, or began. `remaining` is None when it cannot be estimated."""

    total: int
    reached: int
    percent: float
    per_second: float
    remaining: timedelta | None
    is_paused: bool
    ending: CampaignEnding | None
    since: datetime


def campaign_id(election: str, name: str) -> str:
    """Return the id of a campaign's workflow: at most one campaign of a name runs at a time."""
    return f"campaign/{election}/{name}"
