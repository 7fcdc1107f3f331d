"""A campaign's reads and starts: whom it has not reached yet, page by page, at the pace that is allowed."""

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

# Subject, elector, request, campaign: starts the elector's recovery, or signals the one that lives.
Start = Callable[[str, str, str, str], Coroutine[Any, Any, None]]

# A start takes Temporal some milliseconds: one at a time would not keep the pace.
_AT_ONCE = 10

_REACHED = exists().where(recipients.c.campaign == bindparam("campaign"), recipients.c.elector_id == electors.c.id)
_ALL = select(func.count()).select_from(electors)
# Whoever leaves the roll leaves this table too.
_COUNT = select(func.count()).select_from(recipients).where(recipients.c.campaign == bindparam("campaign"))
_PAGE = (
    select(electors.c.id, electors.c.work_email)
    .where(electors.c.id > bindparam("after"), ~_REACHED)
    .order_by(electors.c.id)
    .limit(bindparam("size"))
)


@dataclass(frozen=True)
class Headcount:
    """How many electors there are, and how many of them a campaign has reached."""

    total: int
    reached: int


@dataclass(frozen=True)
class PageOrder:
    """The next `size` electors after `after` (an elector's id) whom the campaign has not reached, at its rate."""

    campaign: str
    after: str
    size: int
    per_second: float


@dataclass(frozen=True)
class Page:
    """The last elector who was started, and how many were; `is_last` when the roll has no more after them.

    `reached` counts whom the campaign has reached in all: who was just started will be, a moment later.
    """

    last: str
    started: int
    is_last: bool = False
    reached: int = 0


@dataclass(frozen=True)
class CampaignAct:
    """What happened to a campaign, for the journal: `who` is the operator, or empty when nobody did it."""

    id: str
    campaign: str
    event: Event
    who: str
    outcome: str = ""
    detail: str = ""


class Campaigns:
    """Counts whom a campaign has reached, and starts the recoveries of those it has not."""

    def __init__(self, database: Database, roll: Roll, journal: Journal, start: Start) -> None:
        self._database = database
        self._roll = roll
        self._journal = journal
        self._start = start

    @activity.defn
    async def count_electors(self, campaign: str) -> Headcount:
        """Return how many electors the roll has, and how many of them the campaign has reached."""
        async with self._database.reading() as connection:
            total = (await connection.execute(_ALL)).scalar_one()
        return Headcount(total, await self._reached(campaign))

    @activity.defn
    async def send_page(self, order: PageOrder) -> Page:
        """Start the recovery of each elector of the next page, and return how far that went.

        It lasts as long as the rate wants, the wait after the last one included. Tried again, it goes on
        from the place of its last heartbeat; whoever is started twice is reached once all the same.
        """
        told = activity.info().heartbeat_details
        place = Page(**told[0]) if told else Page(order.after, 0)
        wanted = order.size - place.started
        found = await self._next(order.campaign, place.last, wanted)
        pace, underway = RateLimiter(order.per_second), _Underway(place)
        try:
            for elector, address in found:
                await pace.turn()
                subject, request = self._roll.subject(address), request_of(order.campaign, elector)
                underway.add(elector, self._start(subject, elector, request, order.campaign))
                await underway.come_down_to(_AT_ONCE - 1)
            await underway.come_down_to(0)
        finally:
            await underway.abandon()
        await pace.turn()  # or the first one of the next page would follow at once
        done = await self._reached(order.campaign)
        return replace(underway.place, is_last=len(found) < wanted, reached=done)

    @activity.defn
    async def note_campaign(self, act: CampaignAct) -> None:
        """Write what happened to a campaign, and who did it, into the journal."""
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


class _Underway:
    """Starts on their way, in the roll's order: the place moves when all before it have been answered."""

    def __init__(self, place: Page) -> None:
        self.place = place
        self._starts: deque[tuple[str, asyncio.Task[None]]] = deque()

    def add(self, elector: str, start: Coroutine[Any, Any, None]) -> None:
        """Let one more be on its way."""
        self._starts.append((elector, asyncio.create_task(start)))

    async def come_down_to(self, number: int) -> None:
        """Return when no more than so many are on their way; those answered by themselves are told too."""
        while self._starts and (len(self._starts) > number or self._starts[0][1].done()):
            elector, start = self._starts[0]
            await start
            self._starts.popleft()
            self.place = Page(elector, self.place.started + 1)
            activity.heartbeat(self.place)

    async def abandon(self) -> None:
        """End what is still on its way, when one of them failed."""
        starts = [start for _, start in self._starts]
        for start in starts:
            start.cancel()
        await asyncio.gather(*starts, return_exceptions=True)


def request_of(campaign: str, elector: str) -> str:
    """Return the id of a campaign's request for an elector: the same however often it is made."""
    return uuid5(NAMESPACE_OID, f"{campaign}/{elector}").hex
