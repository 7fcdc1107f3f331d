"""An operator's act on many recoveries: a retry or a cancellation of all that the confirmation has found, at a rate."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from math import ceil

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

from activities.acts.bulk_order import MAX_RATE, MIN_RATE, ActState
from activities.acts.bulk_orders import ActCounts, ActNote, BulkOrders, act_workflow_id
from activities.acts.item_orders import ItemOrders, OrderStep, StepReport
from activities.evidence.journal import Event
from activities.sending.bureau_desk import BureauNews, Deed
from election.text.numbers import written_number
from workflows.acts.bureau_notice import tell_bureau
from workflows.acts.messages import ActProgress, ActProgressState, BulkInput
from workflows.acts.ui_details import REFUSED, current_details
from workflows.contracts.foreign_answers import read_answer
from workflows.contracts.options import ACT_ORDERS, MAILING_ACTIVITY
from workflows.contracts.orders import (
    Control,
    Pause,
    Resume,
    SetRate,
    Stop,
    is_verified,
    read_order,
    require_genuine,
    require_name,
    require_rate,
)
from workflows.parts.database_calls import DatabaseCalls

# A step takes seconds; without a heartbeat for this long another worker does it again, and each recovery knows what it has done.
_HEARTBEAT_TIMEOUT = timedelta(seconds=5)
_STEP_TIMEOUT = timedelta(minutes=2)
_STEP_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=15))
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), timedelta(seconds=30)


@workflow.defn
class BulkRetry:
    """One act; its recoveries are rows, each of which obeys once, also when processes are killed meanwhile."""

    @workflow.init
    def __init__(self, given: BulkInput) -> None:
        self._input = given
        self._act_id = given.order.id
        self._database = DatabaseCalls(self._show_details, MAILING_ACTIVITY)
        # Only continue-as-new hands a state on: whoever starts an act may have made one up.
        self._state = given.state if workflow.info().continued_run_id else None
        self._begun_at = workflow.now()
        self._is_over = False
        self._idle_steps = 0
        self._notes: list[asyncio.Task[None]] = []
        self._noting = asyncio.Lock()

    @workflow.run
    async def run(self, given: BulkInput) -> ActCounts:  # noqa: ARG002 - `__init__` has kept it
        """Order recovery after recovery, wait for what became of each, and return the counts."""
        self._state = state = self._state or await self._begin()
        await self._order_all(state)
        if state.is_stopped:
            state.counts = await self._database.run(BulkOrders.skip_waiting, self._act_id)
        await self._settle(state)
        state.counts = await self._database.run(BulkOrders.end_act, self._act_id)
        self._is_over = True
        await self._finish_orders()
        self._show_details()
        return state.counts

    @workflow.update(description="Opérateur\u00a0: suspendre l’acte")
    async def pause(self, control: object = None) -> ActProgress:
        """Order no further recovery until the act is resumed, and return the progress."""
        self._running().is_paused = True
        return await self._note(Event.OPERATOR_ACT_PAUSED, read_order(Pause, control), ActState.PAUSED)

    @pause.validator
    def _can_be_paused(self, control: object = None) -> None:
        if self._read(Pause, control).is_paused:
            raise ApplicationError("L’acte est déjà suspendu.", type="PausedAlready")

    @workflow.update(description="Opérateur\u00a0: reprendre l’acte")
    async def resume(self, control: object = None) -> ActProgress:
        """Go on where the act was paused, or waits for the database, and return the progress."""
        self._running().is_paused = False
        self._database.retry()
        return await self._note(Event.OPERATOR_ACT_RESUMED, read_order(Resume, control), ActState.RUNNING)

    @resume.validator
    def _can_be_resumed(self, control: object = None) -> None:
        if not self._read(Resume, control).is_paused and not self._database.fault:
            raise ApplicationError("L’acte n’est pas suspendu.", type="NotPaused")

    @workflow.update(description="Opérateur\u00a0: changer le rythme (réassorts par seconde)")
    async def set_rate(self, control: object = None) -> ActProgress:
        """Order the next recoveries at another rate, and return the progress."""
        order = read_order(SetRate, control)
        self._running().per_second = order.per_second
        return await self._note(Event.OPERATOR_ACT_PACED, order, rate=order.per_second)

    @set_rate.validator
    def _rate_is_possible(self, control: object = None) -> None:
        self._read(SetRate, control)
        require_rate(read_order(SetRate, control).per_second, MIN_RATE, MAX_RATE, "réassorts")

    @workflow.update(description="Opérateur\u00a0: arrêter l’acte\u202f; ce qui est déjà relancé suit son cours")
    async def stop(self, control: object = None) -> ActProgress:
        """Order no further recovery at all, and return the progress; what was ordered is followed to its outcome."""
        self._running().is_stopped = True
        return await self._note(Event.OPERATOR_ACT_STOPPED, read_order(Stop, control), ActState.STOPPED)

    @stop.validator
    def _can_be_stopped(self, control: object = None) -> None:
        if self._read(Stop, control).is_stopped:
            raise ApplicationError("L’acte est déjà arrêté.", type="StoppedAlready")

    @workflow.query(description="Où en est l’acte")
    def progress(self) -> ActProgress:
        """Return the progress of the act."""
        state = self._state
        if state is None:
            return ActProgress(ActState.RUNNING, database_fault=self._database.fault)
        name = ActState.DONE if self._is_over else ActState.PAUSED if state.is_paused else ActState.RUNNING
        name = ActState.STOPPED if state.is_stopped else name
        return ActProgress(name, state.counts, state.per_second, self._begun_at, self._database.fault)

    async def _begin(self) -> ActProgressState:
        order = self._input.order
        if workflow.info().workflow_id != act_workflow_id(order.id):
            raise ApplicationError("Cet acte n’a pas l’identifiant de son workflow.", type="OrderMalformed")
        require_name(order.operator)
        require_rate(order.rate, MIN_RATE, MAX_RATE, "réassorts")
        try:
            begun = await self._database.run(BulkOrders.begin_act, order)
        except FailureError:
            workflow.set_current_details(REFUSED)
            raise
        now, of = workflow.now(), (order.operator, begun.counts.waiting)
        await tell_bureau(BureauNews(order.id, Deed(order.kind), *of, now, order.reason, begun.bureau_addresses))
        return ActProgressState(begun, begun.counts, order.rate)

    async def _order_all(self, state: ActProgressState) -> None:
        """Order what waits, step by step, until the act is stopped; after many steps continue as new."""
        steps_left = self._input.steps_per_run
        while state.counts.waiting and not state.is_stopped:
            await workflow.wait_condition(lambda: state.is_stopped or not state.is_paused)
            answered = await self._step(state) if not state.is_stopped else 0
            state.counts = await self._database.run(BulkOrders.count_act, self._act_id)
            self._show_details()
            await self._rest(answered=answered)
            steps_left -= 1
            if steps_left == 0:
                await self._finish_orders()
                workflow.continue_as_new(replace(self._input, state=state))

    async def _step(self, state: ActProgressState) -> int:
        """Order recoveries for some seconds, and return how many have answered."""
        seconds = self._input.step.total_seconds()
        most = max(1, ceil(state.per_second * seconds))
        # Another worker may answer anything: what counts is read in the database.
        try:
            answer: RawValue = await workflow.execute_activity(
                ItemOrders.order_items.__name__,
                OrderStep(self._act_id, state.per_second, seconds, most),
                result_type=RawValue,
                task_queue=ACT_ORDERS,
                start_to_close_timeout=_STEP_TIMEOUT,
                heartbeat_timeout=_HEARTBEAT_TIMEOUT,
                retry_policy=_STEP_RETRY,
                summary=f"Ordres à {written_number(most)} réassorts au plus",
            )
        except ActivityError:  # somebody else's worker has refused it for good
            return 0
        report = read_answer(answer, StepReport)
        return report.answered if report else 0

    async def _rest(self, *, answered: int) -> None:
        """Wait, ever longer, while nobody answers: the workers of recoveries are away."""
        state = self._running()
        if answered or not state.counts.waiting:
            self._idle_steps = 0
            return
        pause = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(self._idle_steps, 5))
        self._idle_steps += 1
        await self._wait(pause, "Les réassorts ne répondent pas", state)

    async def _settle(self, state: ActProgressState) -> None:
        """Return when everything that was ordered has an outcome, or none can come any more."""
        until, pause = workflow.now() + state.begun.settle_for, _FIRST_WAIT
        while state.counts.ordered and workflow.now() < until:
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: False, timeout=pause, timeout_summary="Attente des résultats"
                )
            pause = min(2 * pause, _LONGEST_WAIT)
            state.counts = await self._database.run(BulkOrders.count_act, self._act_id)
            self._show_details()

    async def _wait(self, pause: timedelta, summary: str, state: ActProgressState) -> None:
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: state.is_stopped or state.is_paused, timeout=pause, timeout_summary=summary
            )

    async def _note(
        self, event: Event, order: Control, to: ActState | None = None, rate: float | None = None
    ) -> ActProgress:
        """Journal an operator's order, and return the progress; while the database is away its line is written later.

        Each is written after the one before: the last order decides the state that the database has.
        """
        verified = is_verified(self._running().begun.console_key, order)
        of = (workflow.uuid4().hex, self._act_id, event, order.operator, verified, to, rate)

        async def note() -> None:
            try:
                async with self._noting:
                    await self._database.run(BulkOrders.note_act, ActNote(*of))
            except FailureError:
                workflow.logger.warning("an order to an act was not journalled: the database did not answer")

        self._notes.append(noted := asyncio.create_task(note()))
        await workflow.wait_condition(lambda: noted.done() or bool(self._database.fault))
        self._show_details()
        return self.progress()

    def _read(self, kind: type[Control], control: object) -> ActProgressState:
        """Return the state of the act, if it takes this order.

        Raises:
            ApplicationError: the order is malformed or forged, or the act has not begun or is over.
        """
        order = read_order(kind, control)
        key = self._state.begun.console_key if self._state else ""
        require_genuine(key, workflow.info().workflow_id, order, workflow.now())
        if self._is_over:
            raise ApplicationError("L’acte est terminé.", type="EndedAlready")
        return self._running()

    def _running(self) -> ActProgressState:
        if self._state is None:
            raise ApplicationError("L’acte n’a pas encore commencé.", type="NotBegun")
        return self._state

    async def _finish_orders(self) -> None:
        await workflow.wait_condition(
            lambda: workflow.all_handlers_finished() and all(each.done() for each in self._notes)
        )

    def _show_details(self) -> None:
        workflow.set_current_details(current_details(self._input.order, self.progress()))
