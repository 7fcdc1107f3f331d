"""A mailing of one-time links to every elector (2011, « électeurs sans notice »): durable, at a rate, over hours or days."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

from activities.evidence.journal import Event
from activities.mailings.mailings import Mailings
from activities.mailings.start_order import StartClaim
from workflows.contracts.options import MAILING_ACTIVITY
from workflows.contracts.orders import (
    Control,
    Pause,
    Resume,
    SetRate,
    Stop,
    read_order,
    require_cause,
    require_genuine,
    require_name,
    require_rate,
)
from workflows.mailings.bureau import tell_of_start
from workflows.mailings.journal_lines import JournalLines
from workflows.mailings.messages import (
    MAX_RATE,
    MIN_RATE,
    MailingEnding,
    MailingInput,
    MailingProgress,
    RetryFailed,
)
from workflows.mailings.steps import Steps
from workflows.mailings.ui_details import REFUSED, current_details
from workflows.parts.database_calls import DatabaseCalls

# How long an operator's update waits for the database: for what is running, and then for its line of the journal.
_WITHIN = timedelta(seconds=10)
_Order = TypeVar("_Order", bound=Control)


@workflow.defn
class Mailing:
    """One mailing of an election: a row for each elector, sent once, also when processes are killed meanwhile."""

    @workflow.init
    def __init__(self, mailing_input: MailingInput) -> None:
        # Only continue-as-new hands a state on: whoever starts a mailing may have made one up.
        is_continued = workflow.info().continued_run_id is not None
        self._input = mailing_input if is_continued else replace(mailing_input, state=None)
        self._id = workflow.info().workflow_id
        self._database = DatabaseCalls(self._show_details, MAILING_ACTIVITY)
        self._steps = Steps(self._input, self._database)
        self._state = self._steps.state
        self._lines = JournalLines(mailing_input.name, self._state, self._has_begun, self._show_details)
        self._ending: MailingEnding | None = None
        self._is_begun = is_continued

    @workflow.run
    async def run(self, mailing_input: MailingInput) -> MailingProgress:  # noqa: ARG002 - `__init__` has kept it
        """Prepare and send page after page until each mail is accepted or has failed, and return the final progress."""
        try:
            if self._input.state is None:
                await self._begin()
            ending = await self._follow()
        except FailureError:
            if not self._state.is_stopped:
                raise
            ending = MailingEnding.STOPPED  # while the database did not answer
        self._ending = ending
        return await self._end(ending)

    @workflow.update(description="Opérateur\u00a0: suspendre l’envoi")
    async def pause(self, control: object = None) -> MailingProgress:
        """Pause after the step that is under way, and return the progress."""
        self._state.paused_since = workflow.now()
        return await self._journal_order(Event.MAILING_PAUSED, read_order(Pause, control))

    @pause.validator
    def _can_be_paused(self, control: object = None) -> None:
        self._read(Pause, control)
        self._require_running()
        if self._state.paused_since is not None:
            raise ApplicationError("L’envoi est déjà suspendu.", type="PausedAlready")

    @workflow.update(description="Opérateur\u00a0: reprendre l’envoi")
    async def resume(self, control: object = None) -> MailingProgress:
        """Go on where the mailing was paused, or waits for the database, and return the progress."""
        self._state.paused_since = None
        self._database.retry()
        self._lines.calls.retry()
        return await self._journal_order(Event.MAILING_RESUMED, read_order(Resume, control))

    @resume.validator
    def _can_be_resumed(self, control: object = None) -> None:
        self._read(Resume, control)
        self._require_running()
        if self._state.paused_since is None and not self._fault:
            raise ApplicationError("L’envoi n’est pas suspendu.", type="NotPaused")

    @workflow.update(description="Opérateur\u00a0: changer le rythme (envois par seconde)")
    async def set_rate(self, control: object = None) -> MailingProgress:
        """Send the next mails at another rate, and return the progress."""
        order = read_order(SetRate, control)
        self._steps.set_rate(order.per_second)
        return await self._journal_order(Event.MAILING_PACED, order, f"{order.per_second:g}/s")

    @set_rate.validator
    def _rate_is_possible(self, control: object = None) -> None:
        order = self._read(SetRate, control)
        self._require_running()
        require_rate(order.per_second, MIN_RATE, MAX_RATE, "envois")

    @workflow.update(description="Opérateur\u00a0: renvoyer ce qui a échoué pour une cause")
    async def retry_failed(self, control: object = None) -> MailingProgress:
        """Send again what failed for a cause, to the addresses that the roll has now, and return the progress."""
        order, given_at = read_order(RetryFailed, control), workflow.now()
        await workflow.wait_condition(self._has_begun)  # what it begins with counts what has failed
        number = await self._steps.retry(order.cause) if self._is_begun else 0
        return await self._journal_order(Event.MAILING_RETRIED, order, order.cause, str(number), given_at)

    @retry_failed.validator
    def _can_be_retried(self, control: object = None) -> None:
        require_cause(self._read(RetryFailed, control).cause)
        self._require_running()

    @workflow.update(description="Opérateur\u00a0: arrêter l’envoi\u202f; le relancer passe qui est déjà atteint")
    async def stop(self, control: object = None) -> MailingProgress:
        """End after the mails that are under way, and return the progress; links that were sent stay valid.

        What waits for the database is given up. Another stop gives up the lines of the journal too, its own after some minutes.
        """
        is_first, self._state.is_stopped = not self._state.is_stopped, True
        await self._wait_until(lambda: not (self._database.is_running or self._lines.calls.is_running))
        self._database.give_up()
        if not is_first:
            self._lines.calls.give_up()
        return await self._journal_order(Event.MAILING_STOPPED, read_order(Stop, control), holds=is_first)

    @stop.validator
    def _can_be_stopped(self, control: object = None) -> None:
        self._read(Stop, control)

    @workflow.query(description="Où en est l’envoi")
    def progress(self) -> MailingProgress:
        """Return the progress of the mailing."""
        state, counts, fault = self._state, self._state.counts, self._fault
        is_halted = self._ending is not None or state.paused_since is not None or bool(state.relay_fault or fault)
        return MailingProgress(
            total=state.total,
            waiting=counts.waiting,
            accepted=counts.accepted,
            own=counts.own,
            asked=counts.asked,
            failed=dict(sorted(counts.failed.items())),
            per_second=state.per_second,
            remaining=None if is_halted else self._steps.remaining(),
            is_paused=state.paused_since is not None,
            relay_fault=state.relay_fault,
            ending=self._ending,
            since=state.paused_since or state.relay_away_since or state.begun_at,
            database_fault=fault,
        )

    @property
    def _fault(self) -> str:
        return self._database.fault or self._lines.calls.fault

    async def _follow(self) -> MailingEnding:
        """Do step after step, and return how the mailing ends; after many steps continue as new."""
        steps_left = self._input.steps_per_run
        while True:
            await self._wait_while_halted()
            if not self._state.is_stopped and workflow.now() < self._input.deadline:
                await self._step()
            await workflow.wait_condition(workflow.all_handlers_finished)  # an operator's retry may add mails
            ending = await self._steps.ending()
            self._show_details()
            if ending is not None and workflow.all_handlers_finished():
                return ending
            steps_left -= 1
            if steps_left == 0:
                await self._finish_orders()
                workflow.continue_as_new(replace(self._input, state=self._state))

    async def _begin(self) -> None:
        order, state = self._input.order, self._state
        require_name(order.operator)
        require_rate(order.per_second, MIN_RATE, MAX_RATE, "envois")
        claim = StartClaim(workflow.uuid4().hex, self._id, order, workflow.info().workflow_start_time)
        try:
            begun = await self._database.run(Mailings.begin_mailing, claim)
        except FailureError:
            workflow.set_current_details(REFUSED)
            raise
        state.console_key, state.total, state.counts = begun.console_key, begun.total, begun.counts
        self._is_begun, state.bureau_addresses = True, begun.bureau_addresses
        self._show_details()
        await tell_of_start(self._input.name, begun, order.operator)

    def _has_begun(self) -> bool:
        return self._is_begun or self._ending is not None

    async def _step(self) -> None:
        """Do a step; a relay that goes away or comes back is journalled."""
        before = self._state.relay_fault
        await self._steps.step()
        after = self._state.relay_fault
        if bool(after) is not bool(before):
            event = Event.MAILING_PAUSED if after else Event.MAILING_RESUMED
            await self._lines.add(event, outcome=after or before)

    async def _wait_while_halted(self) -> None:
        state = self._state
        if state.relay_fault:
            await self._steps.wait_for_relay()
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: state.is_stopped or state.paused_since is None,
                timeout=max(self._input.deadline - workflow.now(), timedelta(0)),
                timeout_summary="Clôture des demandes",
            )

    async def _end(self, ending: MailingEnding) -> MailingProgress:
        state = self._state
        try:
            await self._steps.count_roll()
            await self._steps.count()
            state.paused_since, state.relay_fault = None, ""
            told = {
                "accepted": state.counts.accepted,
                "own": state.counts.own,
                "failed": sum(state.counts.failed.values()),
            }
            detail = ", ".join(f"{name} {number}" for name, number in told.items()) + f" / {state.total}"
            await self._lines.add(Event.MAILING_ENDED, detail, ending)
        except FailureError:  # given up by another stop: the counts are those of before
            workflow.logger.warning("the end of a mailing was not journalled: the database did not answer")
        await self._finish_orders()
        self._show_details()
        return self.progress()

    async def _journal_order(
        self, event: Event, order: Control, *told: Any, holds: bool = True
    ) -> MailingProgress:
        """Journal an operator's order, and return the progress; while the database is away its line is written later."""
        added = self._lines.add_order(event, order, *told, holds=holds)
        await self._wait_until(lambda: added.done() or bool(self._fault))
        return self.progress()

    async def _finish_orders(self) -> None:
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() and self._lines.are_done)

    async def _wait_until(self, condition: Callable[[], bool]) -> None:
        with suppress(TimeoutError):
            await workflow.wait_condition(condition, timeout=_WITHIN, timeout_summary="Attente de la base")

    def _read(self, kind: type[_Order], control: object) -> _Order:
        order = read_order(kind, control)
        require_genuine(self._state.console_key, self._id, order, workflow.now())
        return order

    def _require_running(self) -> None:
        if self._ending is not None:
            raise ApplicationError("L’envoi est terminé.", type="EndedAlready")

    def _show_details(self) -> None:
        workflow.set_current_details(current_details(self.progress(), self._input.time_zone))
