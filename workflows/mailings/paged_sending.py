"""Sending by pages: passes over the roll until every elector is reached, or a pass reaches no further one."""

from contextlib import suppress
from datetime import datetime, timedelta
from math import ceil

from temporalio import workflow
from temporalio.common import RetryPolicy

from activities.mailings.campaigns import Campaigns, Page, PageRequest
from election.french_numbers import french_number
from workflows.contracts.options import DATABASE_ACTIVITY
from workflows.mailings.messages import CampaignEnding, CampaignInput, CampaignState

# A page takes seconds; without a heartbeat for this long, Temporal gives the page to another worker.
_HEARTBEAT_TIMEOUT = timedelta(seconds=10)
_PAGE_TIMEOUT = timedelta(minutes=10)
_ALWAYS_ALLOWED_PENDING = 50
# The wait before a check doubles: the last recoveries are judged within a second, or after a queue of other requests.
_FIRST_CHECK = timedelta(seconds=1)
_MAX_DOUBLINGS = 5
_PAGE_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30))


class PagedSending:
    """Does a campaign's work step by step, a page or a check each, and keeps the progress in `state`."""

    def __init__(self, campaign_input: CampaignInput) -> None:
        self.state = campaign_input.state or CampaignState(workflow.now(), campaign_input.per_second)
        self._input = campaign_input
        # Measured since the rate was last set.
        self._newly_reached, self._elapsed = 0, timedelta(0)

    async def step(self) -> CampaignEnding | None:
        """Send a page, or check who was reached; return how the campaign ended, once it has."""
        if self.state.is_checking:
            return await self._check()
        if self.state.pending > max(_ALWAYS_ALLOWED_PENDING, self._page_size):
            await self._wait_for_pending()
        else:
            await self._send_page()
        return None

    async def count(self) -> None:
        """Count the electors, and how many of them are reached."""
        counted_now = await workflow.execute_local_activity_method(
            Campaigns.count_electors, self._input.name, **DATABASE_ACTIVITY
        )
        self.state.total, self.state.reached = counted_now.total, counted_now.reached

    def set_rate(self, per_second: float) -> None:
        """Send the next pages at another rate."""
        self.state.per_second = per_second
        self._newly_reached, self._elapsed = 0, timedelta(0)

    def remaining(self) -> timedelta | None:
        """Return the estimated time for the pages that are left, at the set rate or at the measured one if that is lower."""
        if self.state.is_checking:
            return None
        elapsed, rate = self._elapsed.total_seconds(), self.state.per_second
        speed = min(rate, self._newly_reached / elapsed) if self._newly_reached and elapsed else rate
        return timedelta(seconds=ceil(self.state.missing / speed))

    @property
    def _page_size(self) -> int:
        size = round(self.state.per_second * self._input.page_duration.total_seconds())
        return max(1, min(size, self._input.max_page_size))

    async def _send_page(self) -> None:
        state, reached_before, begun_at = self.state, self.state.reached, workflow.now()
        page: Page = await workflow.execute_activity_method(
            Campaigns.send_page,
            PageRequest(self._input.name, state.after_id, self._page_size, state.per_second),
            start_to_close_timeout=_PAGE_TIMEOUT,
            heartbeat_timeout=_HEARTBEAT_TIMEOUT,
            retry_policy=_PAGE_RETRY,
            summary=f"Page de {french_number(self._page_size)} au plus",
        )
        state.after_id, state.is_checking, state.reached = page.last, page.is_last, page.reached
        state.pending += page.started
        self._measure(reached_before, begun_at)

    async def _wait_for_pending(self) -> None:
        """Wait instead of sending a page: voters' own requests wait in the same task queue as the pending recoveries."""
        state, begun_at = self.state, workflow.now()
        reached_before, pending_before = state.reached, state.pending
        await self._wait(self._input.page_duration, "Les réassorts n’ont pas suivi")
        await self.count()
        self._measure(reached_before, begun_at)
        if state.pending >= pending_before:
            state.pending = 0  # they are lost, not late: the check after the pass finds them

    def _measure(self, reached_before: int, begun_at: datetime) -> None:
        newly_reached = self.state.reached - reached_before
        self.state.pending = max(0, self.state.pending - newly_reached)
        self._newly_reached += newly_reached
        self._elapsed += workflow.now() - begun_at

    async def _check(self) -> CampaignEnding | None:
        """Wait for the recoveries that were started, and count; when no further elector is reached, begin another pass."""
        state, longest = self.state, self._input.check_interval
        wait = min(longest, _FIRST_CHECK * 2 ** min(state.checks, _MAX_DOUBLINGS))
        missing_before = state.missing
        await self._wait(wait, "Réassorts en préparation")
        await self.count()
        state.checks += 1
        if state.missing == 0:
            return CampaignEnding.COMPLETE
        if state.missing < missing_before or wait < longest:
            return None
        if state.missing == state.missing_after_last_pass:
            return CampaignEnding.INCOMPLETE
        await self._wait(self._input.resend_delay, "Avant un nouvel envoi à qui manque")
        state.after_id, state.is_checking, state.checks, state.pending = "", False, 0, 0
        state.missing_after_last_pass = state.missing
        return None

    async def _wait(self, duration: timedelta, summary: str) -> None:
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self.state.is_stopped, timeout=duration, timeout_summary=summary)
