"""The work of a mailing, step by step: pages of rows are prepared while the rows before them are sent."""

import asyncio
import re
from contextlib import suppress
from datetime import datetime, timedelta
from math import ceil

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, FailureError, is_cancelled_exception

from activities.mailings.mailings import Mailings, Page, PageOrder
from activities.mailings.sender import MailingSender, SendOrder, SendReport
from election.text.numbers import written_number
from workflows.contracts.foreign_answers import read_answer
from workflows.contracts.options import MAILING_SENDS, NON_RETRYABLE
from workflows.mailings.messages import MailingEnding, MailingInput, MailingState
from workflows.parts.database_calls import DatabaseCalls

# Without a heartbeat for this long, another sender begins; the claims of a dead one are free at once.
_HEARTBEAT_TIMEOUT = timedelta(seconds=10)
# A step takes seconds; what the relay has accepted is written even after an outage of the database.
_SEND_TIMEOUT = timedelta(hours=1)
_SEND_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    maximum_interval=timedelta(seconds=15),
    non_retryable_error_types=NON_RETRYABLE,
)
_ASKED_AT_ONCE = 100
# A recovery that has not answered after so many requests does not answer.
_MOST_ASKS = 10
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), timedelta(seconds=15)
_FIRST_RELAY_WAIT, _LONGEST_RELAY_WAIT = timedelta(seconds=5), timedelta(minutes=1)
_REASON = re.compile(r"[\w.:-]{1,64}", re.ASCII)


class Steps:
    """Does a mailing's work, and keeps the progress in `state`."""

    def __init__(self, mailing_input: MailingInput, database: DatabaseCalls) -> None:
        self.state = mailing_input.state or MailingState(workflow.now(), mailing_input.order.per_second)
        self._input = mailing_input
        self._database = database
        # Measured since the rate was last set.
        self._newly_reached, self._elapsed = 0, timedelta(0)
        self._answered = self._written = 0  # in this step

    async def step(self) -> None:
        """Send for some seconds and prepare meanwhile; wait if there was nothing to do."""
        state, begun_at = self.state, workflow.now()
        before = state.counts.accepted + state.counts.own
        self._answered = self._written = 0
        if state.counts.waiting:
            sending = asyncio.create_task(self._send())
            try:
                await self._prepare()
            finally:  # also when an operator's stop gives up what the database holds
                await sending
        else:
            self._note_relay(SendReport(0))  # nothing waits for one
            await self._prepare()
        await self._ask()
        await self.count()
        if self._answered:
            self._newly_reached += state.counts.accepted + state.counts.own - before
            self._elapsed += workflow.now() - begun_at
        if self._answered or self._written or state.relay_fault:
            state.idle_steps = 0
        elif state.counts.waiting or state.counts.asked:
            await self._wait(min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(state.idle_steps, 4)), "Rien à envoyer")
            state.idle_steps += 1
            await self.count()

    async def ending(self) -> MailingEnding | None:
        """Return how the mailing ends now, or None while something is left to do."""
        state = self.state
        if state.is_stopped:
            return MailingEnding.STOPPED
        if state.is_closed or workflow.now() >= self._input.deadline:
            return MailingEnding.CLOSED
        # Asked twice: an operator's retry may have come while the roll was counted.
        if self._is_at_work or await self._has_new_electors() or self._is_at_work:
            return None
        is_complete = not state.counts.failed and not state.counts.asked
        return MailingEnding.COMPLETE if is_complete else MailingEnding.INCOMPLETE

    async def count(self) -> None:
        """Count what became of the mails."""
        self.state.counts = await self._database.run(Mailings.count_mails, self._input.name)

    async def count_roll(self) -> None:
        """Count the electors."""
        self.state.total = await self._database.run(Mailings.count_roll)

    async def retry(self, cause: str) -> int:
        """Let what failed for a cause wait again, and return how many mails: those before a stop that gives up the rest."""
        number, page = 0, Page("")
        try:
            while not page.is_last:
                page = await self._database.run(Mailings.retry_page, self._order(page.last, cause=cause))
                number += page.written
            self.state.asks = 0
            await self.count()
        except FailureError:
            if not self.state.is_stopped:
                raise
        return number

    def set_rate(self, per_second: float) -> None:
        """Send the next mails at another rate."""
        self.state.per_second = per_second
        self._newly_reached, self._elapsed = 0, timedelta(0)

    def remaining(self) -> timedelta | None:
        """Return the estimated time for what is left, at the set rate or at the measured one if that is lower."""
        counts, elapsed, rate = self.state.counts, self._elapsed.total_seconds(), self.state.per_second
        left = self.state.total - counts.accepted - counts.own - sum(counts.failed.values())
        speed = min(rate, self._newly_reached / elapsed) if self._newly_reached and elapsed else rate
        return timedelta(seconds=ceil(max(0, left) / speed))

    async def wait_for_relay(self) -> None:
        """Return when it is time to try one mail at a relay that was away."""
        await self._wait(self.state.relay_wait, "Relais injoignable")

    @property
    def _is_at_work(self) -> bool:
        state = self.state
        is_unanswered = state.counts.asked > 0 and state.asks < _MOST_ASKS
        return not state.is_prepared or state.counts.waiting > 0 or is_unanswered

    @property
    def _is_over(self) -> bool:
        return self.state.is_stopped or workflow.now() >= self._input.deadline

    @property
    def _most(self) -> int:
        return max(1, ceil(self.state.per_second * self._input.step.total_seconds()))

    def _order(self, after: str, size: int | None = None, cause: str = "") -> PageOrder:
        workflow_id = workflow.info().workflow_id
        return PageOrder(self._input.name, workflow_id, size or self._input.page_size, after, cause)

    async def _prepare(self) -> None:
        """Prepare pages until two steps' mails wait."""
        state, ahead = self.state, self.state.counts.waiting
        while not (state.is_prepared or state.is_closed or state.is_stopped) and ahead < 2 * self._most:
            page = await self._database.run(Mailings.prepare_page, self._order(state.after_id))
            state.after_id, state.is_prepared, state.is_closed = page.last, page.is_last, page.is_closed
            if page.written:
                state.is_last_pass = False
            ahead += page.written
            self._written += page.written

    async def _send(self) -> None:
        state, sending = self.state, self._begin_sending()
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: sending.done() or state.is_stopped,
                timeout=max(self._input.deadline - workflow.now(), timedelta(0)),
                timeout_summary="Clôture des demandes",
            )
        if not sending.done():
            sending.cancel()
        try:
            report = read_answer(await sending, SendReport) or SendReport(0)
        except ActivityError as error:  # the rows say what was sent
            if not (self._is_over or is_cancelled_exception(error)):
                await self._database.hold(error)  # the next sender would send the same mails
            report = SendReport(0)
        self._answered = report.answered
        self._note_relay(report)

    def _begin_sending(self) -> "workflow.ActivityHandle[RawValue]":
        state, most = self.state, 1 if self.state.relay_fault else self._most
        order = SendOrder(self._input.name, state.per_second, self._input.step.total_seconds(), most)
        return workflow.start_activity(
            MailingSender.send_mailing.__name__,
            order,
            result_type=RawValue,  # another worker may answer anything: what counts is read in the database
            task_queue=MAILING_SENDS,
            start_to_close_timeout=_SEND_TIMEOUT,
            heartbeat_timeout=_HEARTBEAT_TIMEOUT,
            retry_policy=_SEND_RETRY,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=f"Envoi de {written_number(most)} au plus",
        )

    def _note_relay(self, report: SendReport) -> None:
        state = self.state
        if report.relay_fault:
            state.relay_wait = min(2 * state.relay_wait or _FIRST_RELAY_WAIT, _LONGEST_RELAY_WAIT)
            state.relay_away_since = state.relay_away_since or workflow.now()
            state.relay_fault = report.relay_fault if _REASON.fullmatch(report.relay_fault) else "unknown"
        elif report.answered or not state.counts.waiting:
            state.relay_fault, state.relay_away_since, state.relay_wait = "", None, timedelta(0)

    async def _ask(self) -> None:
        """Ask the recoveries of electors who have an own link, again after a while."""
        state, now = self.state, workflow.now()
        if not state.counts.asked or (state.asked_at and now - state.asked_at < self._input.ask_interval):
            return
        state.asked_at = now
        state.asks = 0 if self._written else state.asks + 1
        page = Page("")
        while not page.is_last:
            page = await self._database.run(Mailings.ask_recoveries, self._order(page.last, _ASKED_AT_ONCE))

    async def _has_new_electors(self) -> bool:
        """Return whether another pass over the roll begins: it has electors whom the pass before did not find."""
        state = self.state
        await self.count_roll()
        counts = state.counts
        known = counts.waiting + counts.accepted + counts.own + counts.asked + sum(counts.failed.values())
        if state.total <= known or state.is_last_pass:
            return False
        state.after_id, state.is_prepared, state.is_last_pass = "", False, True
        return True

    async def _wait(self, duration: timedelta, summary: str) -> None:
        until: datetime = min(workflow.now() + duration, self._input.deadline)
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self.state.is_stopped or self.state.paused_since is not None,
                timeout=max(until - workflow.now(), timedelta(0)),
                timeout_summary=summary,
            )
