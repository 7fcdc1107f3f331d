"""Messages between an act on many recoveries and those who start and control it. Fields are only added, each with a default."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from activities.acts.bulk_order import ActState, BulkOrder
from activities.acts.bulk_orders import ActCounts, BegunAct


@dataclass(frozen=True)
class PauseAct:
    """An operator's order to order no further recovery for now."""

    act: ClassVar[str] = "pause"
    operator: str
    given_at: str = ""
    signature: str = ""


@dataclass(frozen=True)
class ResumeAct:
    """An operator's order to go on."""

    act: ClassVar[str] = "resume"
    operator: str
    given_at: str = ""
    signature: str = ""


@dataclass(frozen=True)
class StopAct:
    """An operator's order to order no further recovery at all."""

    act: ClassVar[str] = "stop"
    operator: str
    given_at: str = ""
    signature: str = ""


@dataclass(frozen=True)
class PaceAct:
    """An operator's order to go on at another rate, in recoveries per second."""

    act: ClassVar[str] = "set_rate"
    operator: str
    per_second: float
    given_at: str = ""
    signature: str = ""


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
