"""Scripted activities of an act on made-up recoveries, and an operator who controls the act."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.acts.bulk_order import BulkKind, BulkOrder, ItemState
from activities.acts.bulk_orders import ActCounts, ActNote, BegunAct, act_workflow_id
from activities.acts.item_orders import OrderStep, StepReport
from activities.evidence.journal import Event
from tests.support.signing import CONSOLE
from tests.workflows.scripted.replaying import replayed
from workflows.acts.bulk_retry import BulkRetry
from workflows.acts.messages import ActProgress, BulkInput
from workflows.acts.starting import control_act
from workflows.contracts.options import ACT_ORDERS
from workflows.contracts.orders import Control
from workflows.runtime import sandbox

NAME = "Dominique Exemple"
_TIMEOUT = timedelta(seconds=20)


class ScriptedAct:
    """The recoveries of one act by state, and its activities."""

    def __init__(self, recoveries: int) -> None:
        self.items = dict.fromkeys(range(recoveries), ItemState.WAITING)
        self.outcomes = dict.fromkeys(range(recoveries), ItemState.SENT)
        self.steps: list[OrderStep] = []
        self.notes: list[ActNote] = []
        self.begun = 0
        self.bureau_addresses = 0
        self.is_refused = False  # the console has not signed it
        self.forged_reports: list[Any] = []
        self.refused_notes = 0  # so many are refused by the database, one after another
        self.are_answered = True
        self.may_order = asyncio.Event()
        self.may_order.set()

    @property
    def events(self) -> list[Event]:
        """The journalled orders, in order."""
        return [note.event for note in self.notes]

    @property
    def all(self) -> list[Any]:
        """The local activities for a worker to register."""
        return [self.begin_act, self.count_act, self.note_act, self.skip_waiting, self.end_act]

    @activity.defn
    async def begin_act(self, order: BulkOrder) -> BegunAct:  # noqa: ARG002 - there is one act
        """Return the counts, or refuse the act."""
        self.begun += 1
        if self.is_refused:
            raise ApplicationError("scripted", type="InvalidSignatureError")
        brought = (CONSOLE.public_key, "Europe/Paris", timedelta(hours=1), True)
        return BegunAct(self._counts(), *brought, self.bureau_addresses)

    @activity.defn
    async def count_act(self, act_id: str) -> ActCounts:  # noqa: ARG002 - there is one act
        """Settle what was ordered as the script says, and return the counts."""
        for number, state in self.items.items():
            if state is ItemState.ORDERED:
                self.items[number] = self.outcomes[number]
        return self._counts()

    @activity.defn
    async def note_act(self, note: ActNote) -> None:
        """Record the argument, or refuse it."""
        if self.refused_notes:
            self.refused_notes -= 1
            raise ApplicationError("scripted", type="ProgrammingError")
        self.notes.append(note)

    @activity.defn
    async def skip_waiting(self, act_id: str) -> ActCounts:  # noqa: ARG002 - there is one act
        """Skip what waits."""
        return self._become(ItemState.WAITING, ItemState.SKIPPED)

    @activity.defn
    async def end_act(self, act_id: str) -> ActCounts:  # noqa: ARG002 - there is one act
        """Let fail what has no outcome."""
        return self._become(ItemState.ORDERED, ItemState.FAILED)

    @activity.defn
    async def order_items(self, step: OrderStep) -> StepReport:
        """Order what waits; wait first while `may_order` is not set."""
        self.steps.append(step)
        while not self.may_order.is_set():
            activity.heartbeat()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.may_order.wait(), 0.2)
        if self.forged_reports:
            return self.forged_reports.pop(0)  # type: ignore[no-any-return] # perhaps no report at all
        due = [number for number, state in self.items.items() if state is ItemState.WAITING][: step.most]
        if self.are_answered:
            self.items |= dict.fromkeys(due, ItemState.ORDERED)
        return StepReport(len(due) if self.are_answered else 0)

    def _become(self, was: ItemState, to: ItemState) -> ActCounts:
        self.items |= {number: to for number, state in self.items.items() if state is was}
        return self._counts()

    def _counts(self) -> ActCounts:
        number = Counter(self.items.values())
        return ActCounts(len(self.items), **{state.value: number[state] for state in ItemState})


class ActOperator:
    """An operator and one act: ten recoveries in a step of one second."""

    def __init__(self, environment: WorkflowEnvironment, activities: ScriptedAct, **changes: Any) -> None:
        self.activities = activities
        self.id = uuid4().hex
        order = BulkOrder(self.id, BulkKind.RETRY, NAME, rate=10)
        self.input = BulkInput(order, step=timedelta(seconds=1), **changes)
        self._environment = environment
        self.client = environment.client
        self.workflow_id = act_workflow_id(self.id)
        self.handle: WorkflowHandle[BulkRetry, ActCounts] = self.client.get_workflow_handle(
            self.workflow_id, result_type=ActCounts
        )

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        """Run the workers of this act alone, with the queues that the production's have."""
        acts = Worker(
            self.client,
            task_queue=self.id,
            workflows=[BulkRetry],
            activities=self.activities.all,
            no_remote_activities=True,
            workflow_runner=sandbox.runner(),
        )
        orders = Worker(self.client, task_queue=ACT_ORDERS, activities=[self.activities.order_items])
        async with acts, orders:
            yield

    async def starts(self) -> None:
        """Start the act."""
        await self.client.start_workflow(BulkRetry.run, self.input, id=self.workflow_id, task_queue=self.id)

    async def orders(self, order: Control) -> ActProgress:
        """Give an order to the act, and return its progress."""
        return await control_act(self.client, self.id, order)

    async def is_refused(self, order: Control) -> str:
        """Give an order that is refused, and return the sentence."""
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await self.orders(order)
        assert isinstance(refused.value.cause, ApplicationError)
        return refused.value.cause.message

    async def progress(self) -> ActProgress:
        """Query the progress."""
        return await self.handle.query(BulkRetry.progress)

    async def details(self) -> str:
        """Return the current details of the Temporal UI."""
        metadata = await self.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        return str(metadata.current_details)

    async def waits(self, **time: float) -> None:
        """Fast-forward the act's clock."""
        async with asyncio.timeout(_TIMEOUT.total_seconds()):
            await self._environment.fast_forward(self.handle, timedelta(**time))

    async def ends(self) -> ActCounts:
        """Return the counts, once the act has ended."""
        async with asyncio.timeout(_TIMEOUT.total_seconds()):
            return await self.handle.result()

    async def terminate(self) -> None:
        """Terminate the act, if it runs."""
        with suppress(RPCError):
            await self.handle.terminate("the test is over")


@asynccontextmanager
async def act(env: WorkflowEnvironment, recoveries: int, **changes: Any) -> AsyncIterator[ActOperator]:
    """An act that is not started yet, and its workers."""
    operator = ActOperator(env, ScriptedAct(recoveries), **changes)
    async with operator.worker(), replayed(operator, BulkRetry):
        yield operator
