"""Messages between an act on many recoveries and those who start and control it. Fields are only added, each with a default."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from activities.acts.bulk_order import ActState, BulkOrder
from activities.acts.bulk_orders import ActCounts, BegunAct


@dataclass
class ActProgressState:
    """The state of an act, handed from one run of its workflow to the next by continue-as-new."""

    begun: BegunAct
    counts: ActCounts
    per_second: float
    is_paused: bool = False
    is_stopped: bool = False


@dataclass(frozen=True)
class BulkInput:
    """The input of an act's workflow. In one `step` as many recoveries are ordered as fit into it at the rate.

    After `steps_per_run` steps the workflow continues as new. `state` is filled by continue-as-new alone.
    """

    order: BulkOrder
    step: timedelta = timedelta(seconds=5)
    steps_per_run: int = 200
    state: ActProgressState | None = None


@dataclass(frozen=True)
class ActProgress:
    """Where an act stands; `database_fault` while it waits for the database."""

    state: ActState
    counts: ActCounts = field(default_factory=ActCounts)
    per_second: float = 0.0
    begun_at: datetime | None = None
    database_fault: str = ""
