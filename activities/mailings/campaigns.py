"""Activities of a campaign: starts the recoveries of the electors it has not reached yet, page by page, at a rate."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Row, bindparam, exists, func, select
from temporalio import activity

from activities.accounts.roll import Roll
from activities.evidence.journal import Entry, Event, Journal
from activities.gateways.base.rate_limiter import RateLimiter
from activities.store.database import Database
from activities.store.tables import electors, recipients

# (subject, elector_id, request_id, campaign): starts the elector's recovery, or signals the running one.
Start = Callable[[str, str, str, str], Coroutine[Any, Any, None]]

# A start takes some milliseconds: one at a time would not reach the rate.
_MOST_PENDING = 10

_REACHED = exists().where(recipients.c.campaign == bindparam("campaign"), recipients.c.elector_id == electors.c.id)
_ALL = select(func.count()).select_from(electors)
# An elector who is taken off the roll is deleted from this table too.
_COUNT = select(func.count()).select_from(recipients).where(recipients.c.campaign == bindparam("campaign"))
_PAGE = (
    select(electors.c.id, electors.c.work_email)
    .where(electors.c.id > bindparam("after"), ~_REACHED)
    .order_by(electors.c.id)
    .limit(bindparam("size"))
)


@dataclass(frozen=True)
class ElectorCounts:
    """How many electors the roll has, and how many of them a campaign has reached."""

    total: int
    reached: int


@dataclass(frozen=True)
class PageRequest:
    """The next `size` electors to start, in the order of their ids, the first one after the id `after`."""

    campaign: str
    after: str
    size: int
    per_second: float


@dataclass(frozen=True)
class Page:
    """The `last` elector id that was started, and how many were; `is_last` when the roll has none after it.

    `reached` counts all electors whom the campaign has reached; those just started are counted a moment later.
    """

    last: str
    started: int
    is_last: bool = False
    reached: int = 0


@dataclass(frozen=True)
class CampaignAct:
    """An event of a campaign for the journal; `who` is the operator, or empty when the campaign ended by itself."""

    id: str
    campaign: str
    event: Event
    who: str
    outcome: str = ""
    detail: str = ""


class Campaigns:
    """Counts the electors whom a campaign has reached, and starts the recoveries of the others."""

    def __init__(self, database: Database, roll: Roll, journal: Journal, start: Start) -> None:
        self._database = database
        self._roll = roll
        self._journal = journal
        self._start = start

    @activity.defn
    async def count_electors(self, campaign: str) -> ElectorCounts:
        """Return how many electors the roll has, and how many of them a campaign has reached."""
        async with self._database.reading() as connection:
            total = (await connection.execute(_ALL)).scalar_one()
        return ElectorCounts(total, await self._reached(campaign))

    @activity.defn
    async def send_page(self, order: PageRequest) -> Page:
        """Start the recovery of each elector of the next page, and return how far it came.

        It takes as long as the rate demands, the wait after the last start included. A retry continues after the last
        heartbeat; an elector who is started twice is reached once.
        """
        details = activity.info().heartbeat_details
        place = Page(**details[0]) if details else Page(order.after, 0)
        wanted = order.size - place.started
        found = await self._next(order.campaign, place.last, wanted)
        rate, pending = RateLimiter(order.per_second), _PendingStarts(place)
        try:
            for elector_id, address in found:
                await rate.turn()
                subject, request_id = self._roll.subject(address), request_id_of(order.campaign, elector_id)
                pending.add(elector_id, self._start(subject, elector_id, request_id, order.campaign))
                await pending.wait_for_room(_MOST_PENDING - 1)
            await pending.wait_for_room(0)
        finally:
            await pending.abandon()
        await rate.turn()  # or the next page would begin without a wait
        done = await self._reached(order.campaign)
        return replace(pending.place, is_last=len(found) < wanted, reached=done)

    @activity.defn
    async def note_campaign(self, act: CampaignAct) -> None:
        """Record an event of a campaign in the journal."""
        entry = Entry(act.id, act.event, act.who, act.campaign, outcome=act.outcome, detail=act.detail)
        async with self._database.writing() as connection:
            await self._journal.record(connection, entry)

    async def _reached(self, campaign: str) -> int:
        async with self._database.reading() as connection:
            return (await connection.execute(_COUNT, {"campaign": campaign})).scalar_one()

    async def _next(self, campaign: str, after: str, size: int) -> Sequence[Row[str, str]]:
        asked = {"campaign": campaign, "after": after, "size": size}
        async with self._database.reading() as connection:
            return (await connection.execute(_PAGE, asked)).all()


class _PendingStarts:
    """Starts without an answer yet, in the roll's order; `place` moves when all before it were answered."""

    def __init__(self, place: Page) -> None:
        self.place = place
        self._starts: deque[tuple[str, asyncio.Task[None]]] = deque()

    def add(self, elector_id: str, start: Coroutine[Any, Any, None]) -> None:
        """Run one more start."""
        self._starts.append((elector_id, asyncio.create_task(start)))

    async def wait_for_room(self, number: int) -> None:
        """Return when at most `number` starts are pending; report those that were answered by a heartbeat."""
        while self._starts and (len(self._starts) > number or self._starts[0][1].done()):
            elector_id, start = self._starts[0]
            await start
            self._starts.popleft()
            self.place = Page(elector_id, self.place.started + 1)
            activity.heartbeat(self.place)

    async def abandon(self) -> None:
        """Cancel the pending starts."""
        starts = [start for _, start in self._starts]
        for start in starts:
            start.cancel()
        await asyncio.gather(*starts, return_exceptions=True)


def request_id_of(campaign: str, elector_id: str) -> str:
    """Return the id of a campaign's request for an elector, the same at every run."""
    return uuid5(NAMESPACE_OID, f"{campaign}/{elector_id}").hex
