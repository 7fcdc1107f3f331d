"""A mailing of one-time links to every elector (2011, « électeurs sans notice »): durable, at a rate, over hours or days."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.evidence.journal import Event
from activities.mailings.mailings import MailingAct, Mailings
from workflows.contracts.options import MAILING_ACTIVITY
from workflows.mailings.messages import (
    MAX_RATE,
    MIN_RATE,
    MailingControl,
    MailingEnding,
    MailingInput,
    MailingProgress,
    RateControl,
    RetryControl,
)
from workflows.mailings.steps import Steps
from workflows.mailings.ui_details import current_details
from workflows.parts.operators import read_order, require_name


@workflow.defn
class Mailing:
    """One mailing of an election: a row for each elector, sent once, also when processes are killed meanwhile."""

    @workflow.init
    def __init__(self, mailing_input: MailingInput) -> None:
        self._input = mailing_input
        self._steps = Steps(mailing_input)
        self._state = self._steps.state
        self._ending: MailingEnding | None = None

    @workflow.run
    async def run(self, mailing_input: MailingInput) -> MailingProgress:
        """Prepare and send page after page until each mail is accepted or has failed, and return the final progress."""
        if mailing_input.state is None:
            await self._begin()
        steps_left = mailing_input.steps_per_run
        while self._ending is None:
            if steps_left == 0:
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(replace(mailing_input, state=self._state))
            steps_left -= 1
            await self._wait_while_halted()
            if not self._state.is_stopped and workflow.now() < mailing_input.deadline:
                await self._step()
            await workflow.wait_condition(workflow.all_handlers_finished)  # an operator's retry may add mails
            self._ending = await self._steps.ending()
            self._show_details()
        return await self._end(self._ending)

    @workflow.update(description="Opérateur\u00a0: mettre l’envoi en pause")
    async def pause(self, control: object = None) -> MailingProgress:
        """Pause after the step that is under way, and return the progress."""
        self._state.paused_since = workflow.now()
        return await self._journal(Event.MAILING_PAUSED, read_order(MailingControl, control).operator)

    @pause.validator
    def _can_be_paused(self, control: object = None) -> None:
        read_order(MailingControl, control)
        self._require_running()
        if self._state.paused_since is not None:
            raise ApplicationError("L’envoi est déjà en pause.", type="PausedAlready")

    @workflow.update(description="Opérateur\u00a0: reprendre l’envoi")
    async def resume(self, control: object = None) -> MailingProgress:
        """Go on where the mailing was paused, and return the progress."""
        self._state.paused_since = None
        return await self._journal(Event.MAILING_RESUMED, read_order(MailingControl, control).operator)

    @resume.validator
    def _can_be_resumed(self, control: object = None) -> None:
        read_order(MailingControl, control)
        self._require_running()
        if self._state.paused_since is None:
            raise ApplicationError("L’envoi n’est pas en pause.", type="NotPaused")

    @workflow.update(description="Opérateur\u00a0: changer le débit (envois par seconde)")
    async def set_rate(self, control: object = None) -> MailingProgress:
        """Send the next mails at another rate, and return the progress."""
        order = read_order(RateControl, control)
        self._steps.set_rate(order.per_second)
        return await self._journal(Event.MAILING_PACED, order.operator, f"{order.per_second:g}/s")

    @set_rate.validator
    def _rate_is_possible(self, control: object = None) -> None:
        order = read_order(RateControl, control)
        self._require_running()
        _require_rate(order.per_second)

    @workflow.update(description="Opérateur\u00a0: renvoyer ce qui a échoué pour une cause")
    async def retry_failed(self, control: object = None) -> MailingProgress:
        """Send again what failed for a cause, to the addresses that the roll has now, and return the progress."""
        order = read_order(RetryControl, control)
        number = await self._steps.retry(order.cause)
        return await self._journal(Event.MAILING_RETRIED, order.operator, order.cause, str(number))

    @retry_failed.validator
    def _can_be_retried(self, control: object = None) -> None:
        read_order(RetryControl, control)
        self._require_running()

    @workflow.update(description="Opérateur\u00a0: arrêter l’envoi\u202f; le relancer passe qui est déjà atteint")
    async def stop(self, control: object = None) -> MailingProgress:
        """End after the mails that are under way, and return the progress; links that were sent stay valid."""
        self._state.is_stopped = True
        return await self._journal(Event.MAILING_STOPPED, read_order(MailingControl, control).operator)

    @stop.validator
    def _can_be_stopped(self, control: object = None) -> None:
        read_order(MailingControl, control)
        self._require_running()

    @workflow.query(description="Où en est l’envoi")
    def progress(self) -> MailingProgress:
        """Return the progress of the mailing."""
        state, counts = self._state, self._state.counts
        is_halted = self._ending is not None or state.paused_since is not None or bool(state.relay_fault)
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
        )

    async def _begin(self) -> None:
        require_name(self._input.operator)
        _require_rate(self._input.per_second)
        await self._steps.count_roll()
        await self._steps.count()
        await self._journal(Event.MAILING_BEGUN, self._input.operator, f"{self._input.per_second:g}/s")

    async def _step(self) -> None:
        """Do a step; a relay that goes away or comes back is journalled."""
        before = self._state.relay_fault
        await self._steps.step()
        after = self._state.relay_fault
        if bool(after) is not bool(before):
            event = Event.MAILING_PAUSED if after else Event.MAILING_RESUMED
            await self._journal(event, "", outcome=after or before)

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
        await self._steps.count_roll()
        await self._steps.count()
        state, counts = self._state, self._state.counts
        state.paused_since, state.relay_fault = None, ""
        told = {"accepted": counts.accepted, "own": counts.own, "failed": sum(counts.failed.values())}
        detail = ", ".join(f"{name} {number}" for name, number in told.items()) + f" / {state.total}"
        progress = await self._journal(Event.MAILING_ENDED, "", detail, ending)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return progress

    async def _journal(self, event: Event, operator: str, detail: str = "", outcome: str = "") -> MailingProgress:
        self._show_details()
        act = MailingAct(workflow.uuid4().hex, workflow.info().workflow_id, event, operator, outcome, detail)
        await workflow.execute_local_activity_method(Mailings.note_mailing, act, **MAILING_ACTIVITY)
        return self.progress()

    def _require_running(self) -> None:
        if self._ending is not None:
            raise ApplicationError("L’envoi est terminé.", type="EndedAlready")

    def _show_details(self) -> None:
        workflow.set_current_details(current_details(self.progress(), self._input.time_zone))


def _require_rate(per_second: float) -> None:
    """Return if a mailing can have this rate.

    Raises:
        ApplicationError: steps would last too long, or no deployment could keep the rate; the text names the limits.
    """
    if not MIN_RATE <= per_second <= MAX_RATE:
        raise ApplicationError("Indiquez un débit de 0,2 à 2\u202f000 envois par seconde.", type="RateImpossible")
