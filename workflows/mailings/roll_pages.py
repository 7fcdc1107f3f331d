"""The roll, gone through page by page until everybody is reached, or nobody more can be."""

from contextlib import suppress
from datetime import datetime, timedelta
from math import ceil

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.mailings.campaigns import Campaigns, Page, PageOrder
from election.french_numbers import french_number
from workflows.contracts.options import OWN_DATABASE
from workflows.mailings.messages import CampaignEnding, CampaignOrder, SoFar

# A page lasts seconds; of a worker that was killed Temporal knows no sooner.
_HEARD_FROM = timedelta(seconds=10)
_ONE_PAGE = timedelta(minutes=10)
_FEW = 50  # so many on their way are never too many
# The last links are ready within a second, or behind all that other voters have asked for.
_FIRST_LOOK = timedelta(seconds=1)
_DOUBLINGS = 5
_PAGE_AGAIN = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30))


class RollPages:
    """Takes one turn after the other, a page or a look, and keeps in `so_far` how far that went."""

    def __init__(self, order: CampaignOrder) -> None:
        self.so_far = order.so_far or SoFar(workflow.now(), order.per_second)
        self._order = order
        self._gained, self._took = 0, timedelta(0)  # in pages at the present rate

    async def turn(self) -> CampaignEnding | None:
        """Send a page, or look at what became of those that were sent; return how it ended, once it has."""
        if self.so_far.is_looking:
            return await self._look()
        if self.so_far.underway > max(_FEW, self._size):
            await self._lets_them_catch_up()
        else:
            await self._send()
        return None

    async def count(self) -> None:
        """Count the electors, and those who are reached."""
        known = await workflow.execute_local_activity_method(
            Campaigns.count_electors, self._order.name, **OWN_DATABASE
        )
        self.so_far.total, self.so_far.reached = known.total, known.reached

    def set_rate(self, per_second: float) -> None:
        """Send the next pages at another rate."""
        self.so_far.per_second = per_second
        self._gained, self._took = 0, timedelta(0)

    def remaining(self) -> timedelta | None:
        """Return how long the pages to come take, by what was asked or by what the pages so far have come to."""
        if self.so_far.is_looking:
            return None
        took, asked = self._took.total_seconds(), self.so_far.per_second
        speed = min(asked, self._gained / took) if self._gained and took else asked
        return timedelta(seconds=ceil(self.so_far.missing / speed))

    @property
    def _size(self) -> int:
        fitting = round(self.so_far.per_second * self._order.page_lasts.total_seconds())
        return max(1, min(fitting, self._order.page_most))

    async def _send(self) -> None:
        so_far, known, begun = self.so_far, self.so_far.reached, workflow.now()
        page: Page = await workflow.execute_activity_method(
            Campaigns.send_page,
            PageOrder(self._order.name, so_far.after, self._size, so_far.per_second),
            start_to_close_timeout=_ONE_PAGE,
            heartbeat_timeout=_HEARD_FROM,
            retry_policy=_PAGE_AGAIN,
            summary=f"Page de {french_number(self._size)} au plus",
        )
        so_far.after, so_far.is_looking, so_far.reached = page.last, page.is_last, page.reached
        so_far.underway += page.started
        self._note_gain(known, begun)

    async def _lets_them_catch_up(self) -> None:
        """Send nothing while the recoveries are behind: voters' own requests stand in the same queue."""
        so_far, known, begun, before = self.so_far, self.so_far.reached, workflow.now(), self.so_far.underway
        await self._waits(self._order.page_lasts, "Les réassorts n’ont pas suivi")
        await self.count()
        self._note_gain(known, begun)
        if so_far.underway >= before:
            so_far.underway = 0  # lost and not late: the last look finds them

    def _note_gain(self, known: int, begun: datetime) -> None:
        gained = self.so_far.reached - known
        self.so_far.underway = max(0, self.so_far.underway - gained)
        self._gained += gained
        self._took += workflow.now() - begun

    async def _look(self) -> CampaignEnding | None:
        """Give what was started the time to be judged; once that brings nobody more, go through the roll again."""
        so_far, longest = self.so_far, self._order.look_every
        wait = min(longest, _FIRST_LOOK * 2 ** min(so_far.looks, _DOUBLINGS))
        before = so_far.missing
        await self._waits(wait, "Réassorts en préparation")
        await self.count()
        so_far.looks += 1
        if so_far.missing == 0:
            return CampaignEnding.COMPLETE
        if so_far.missing < before or wait < longest:
            return None
        if so_far.missing == so_far.missing_before:
            return CampaignEnding.INCOMPLETE
        await self._waits(self._order.again_after, "Avant un nouvel envoi à qui manque")
        so_far.after, so_far.is_looking, so_far.looks, so_far.underway = "", False, 0, 0
        so_far.missing_before = so_far.missing
        return None

    async def _waits(self, time: timedelta, summary: str) -> None:
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self.so_far.is_stopped, timeout=time, timeout_summary=summary)
