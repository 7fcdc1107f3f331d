"""What the dashboard shows, read once for all who look at it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from temporalio.client import Client

from activities.config.kept import Kept
from activities.console_services import ConsoleServices
from activities.progress.overview import Overview
from activities.routing.slowness import SlowGateway
from activities.sending.delivery_shares import DeliveryShare
from console.dashboard.checks import all_checks
from console.dashboard.database_reading import in_time
from console.dashboard.parts import Part, PartWatch, State
from election.stages import Stage
from workflows.contracts import search_attributes
from workflows.runtime.temporal_calls import TemporalUnavailableError, WorkflowOverError, time_limit

_TIMEOUT = timedelta(seconds=2)  # of one attempt; Temporal's client makes several
_READ_WITHIN = 4.0  # seconds
# The periods of the shares, each with after how long its figures are read again: a day's change slowly, and cost more.
PERIODS = {
    "5\u00a0minutes": (timedelta(minutes=5), timedelta(seconds=5)),
    "1\u00a0heure": (timedelta(hours=1), timedelta(seconds=15)),
    "24\u00a0heures": (timedelta(days=1), timedelta(minutes=1)),
}
# The filter that lists them, and what to do about them.
_STUCK = {
    "dont une tâche échoue": (
        search_attributes.STUCK,
        "Prévenez l’administration\u00a0: le programme échoue, et le journal des workers dit pourquoi.",
    ),
    "arrêtées par la base de données": (
        search_attributes.HELD_UP,
        "Ouvrez-en une\u00a0: sa page dit pourquoi, et s’il faut la relancer.",
    ),
}
_FRESH = timedelta(seconds=2)
_SLOW_FRESH = timedelta(seconds=15)


@dataclass(frozen=True)
class Stuck:
    """How many recoveries stand still for a reason that only Temporal knows, and what to do; `query` lists them in its UI."""

    label: str
    number: int
    query: str
    advice: str


@dataclass(frozen=True)
class Snapshot:
    """The system at an instant. What could not be read is None."""

    taken_at: datetime
    parts: list[Part]
    overview: Overview | None
    ended: dict[Stage, int] | None
    shares: dict[str, list[DeliveryShare]] | None
    stuck: list[Stuck] | None
    slow: list[SlowGateway] | None

    @property
    def failing(self) -> list[Part]:
        """The parts that do not work, or of which nobody can tell."""
        return [part for part in self.parts if part.state in {State.FAILING, State.UNKNOWN}]


class Dashboard:
    """Reads what the dashboard shows; it answers in seconds while the workers, Temporal or the database are away."""

    def __init__(
        self, services: ConsoleServices, client: Client, web_url: str, now: Callable[[], datetime]
    ) -> None:
        in_background = services.database.in_background
        self._overview = Kept(services.overview.read, _FRESH, now, in_background)
        self._ended = Kept(services.overview.ended, _SLOW_FRESH, now, in_background)
        self._watch = PartWatch(all_checks(services, client, web_url, now), now)
        self._client = client
        self._now = now
        self._shares = {
            name: Kept(partial(services.delivery_shares.of_last, period), fresh_for, now, in_background)
            for name, (period, fresh_for) in PERIODS.items()
        }
        self._slow = Kept(services.slow_deliveries.lasting, _SLOW_FRESH, now, in_background)
        self._kept = Kept(self._read, _FRESH, now, in_background)

    async def current(self) -> Snapshot:
        """Return the system, as a reading found it that ended at most four seconds ago and took as long at most."""
        return await self._kept.current()

    async def _read(self) -> Snapshot:
        parts, overview, ended, shares, stuck, slow = await asyncio.gather(
            self._watch.current(),
            in_time(self._overview.current(), _READ_WITHIN),
            in_time(self._ended.current(), _READ_WITHIN),
            in_time(self._all_shares(), _READ_WITHIN),
            self._stuck(),
            in_time(self._slow.current(), _READ_WITHIN),
        )
        return Snapshot(self._now(), parts, overview, ended, shares, stuck, slow)

    async def _all_shares(self) -> dict[str, list[DeliveryShare]]:
        return {name: await kept.current() for name, kept in self._shares.items()}

    async def _stuck(self) -> list[Stuck] | None:
        try:
            async with time_limit(timedelta(seconds=_READ_WITHIN)):
                return [await self._count(*each) for each in _STUCK.items()]
        except (TemporalUnavailableError, WorkflowOverError):
            return None

    async def _count(self, label: str, of: tuple[str, str]) -> Stuck:
        query, advice = of
        counted = await self._client.count_workflows(query, rpc_timeout=_TIMEOUT)
        return Stuck(label, counted.count, query, advice)
