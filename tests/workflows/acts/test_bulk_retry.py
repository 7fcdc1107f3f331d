"""An act orders its recoveries at its rate, obeys operators' orders and ends with the truth."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from activities.acts.bulk_order import ActState, ItemState
from activities.acts.bulk_orders import ActCounts
from activities.config.clock import utc_now
from activities.evidence.journal import Event
from tests.support.history import failed_tasks
from tests.support.signing import CONSOLE, SOMEBODY
from tests.support.typography import faults
from tests.support.waiting import until
from tests.workflows.scripted.act_activities import NAME, ActOperator, act
from workflows.acts.starting import signed_for_act
from workflows.contracts.orders import Pause, Resume, SetRate, Stop


async def _ordering(operator: ActOperator, step: int = 1) -> None:
    operator.activities.may_order.clear()
    await operator.starts()
    await until(lambda: len(operator.activities.steps) >= step)


async def test_each_recovery_is_ordered_step_by_step(env: WorkflowEnvironment) -> None:
    """As many in a step as fit into it at the rate; the end has the counts."""
    async with act(env, 25) as operator:
        operator.activities.outcomes |= {3: ItemState.FAILED, 4: ItemState.SKIPPED}
        await operator.starts()
        assert await operator.ends() == ActCounts(25, sent=23, failed=1, skipped=1)
        assert [(step.most, step.per_second) for step in operator.activities.steps] == [(10, 10.0)] * 3
        details = await operator.details()
        assert "### Relance en nombre terminée" in details
        assert "- **Vraiment envoyés\u00a0:** 23 sur 25" in details
        assert faults(details) == []


async def test_a_long_act_continues_as_new(env: WorkflowEnvironment) -> None:
    """Its snapshot is taken once."""
    async with act(env, 45, steps_per_run=2) as operator:
        await operator.starts()
        assert (await operator.ends()).sent == 45
        assert operator.activities.begun == 1


async def test_an_act_is_paused_paced_and_resumed(env: WorkflowEnvironment) -> None:
    """Each order is journalled, and whether the console has signed it; while it is paused nothing is ordered."""
    async with act(env, 25) as operator:
        await _ordering(operator)
        pause = signed_for_act(CONSOLE, operator.id, Pause(NAME), utc_now())
        assert (await operator.orders(pause)).state is ActState.PAUSED
        operator.activities.may_order.set()
        await operator.waits(hours=5)
        assert len(operator.activities.steps) == 1
        assert await operator.is_refused(Pause(NAME)) == "L’acte est déjà suspendu."
        await operator.orders(SetRate(NAME, 20.0))
        await operator.orders(Resume(NAME))
        assert (await operator.ends()).sent == 25
        assert [step.most for step in operator.activities.steps] == [10, 20]
        noted = [(note.event, note.is_verified, note.state, note.rate) for note in operator.activities.notes]
        assert noted == [
            (Event.OPERATOR_ACT_PAUSED, True, ActState.PAUSED, None),
            (Event.OPERATOR_ACT_PACED, False, None, 20.0),
            (Event.OPERATOR_ACT_RESUMED, False, ActState.RUNNING, None),
        ]


async def test_orders_to_an_act_are_noted_in_the_order_in_which_they_were_given(env: WorkflowEnvironment) -> None:
    """Also when the first one could not be written before the second came: the last one decides the act's state."""
    async with act(env, 25) as operator:
        await _ordering(operator)
        operator.activities.refused_notes = 1
        assert (await operator.orders(Pause(NAME))).database_fault == "database:ProgrammingError"
        await operator.orders(Resume(NAME))
        operator.activities.may_order.set()
        assert (await operator.ends()).sent == 25
        assert [note.state for note in operator.activities.notes] == [ActState.PAUSED, ActState.RUNNING]


async def test_a_stopped_act_follows_what_it_has_ordered(env: WorkflowEnvironment) -> None:
    """The others are left alone."""
    async with act(env, 25) as operator:
        await _ordering(operator)
        await operator.orders(Stop(NAME))
        operator.activities.may_order.set()
        assert await operator.ends() == ActCounts(25, sent=10, skipped=15)
        assert (await operator.progress()).state is ActState.STOPPED


async def test_a_forged_order_to_an_act_is_refused(env: WorkflowEnvironment) -> None:
    """By somebody else's key, or of another act; and a rate that makes no sense."""
    async with act(env, 25) as operator:
        await _ordering(operator)
        for key, of in ((SOMEBODY, operator.id), (CONSOLE, "another")):
            order = signed_for_act(key, of, Stop(NAME), utc_now())
            assert "signature" in await operator.is_refused(order)
        old = signed_for_act(CONSOLE, operator.id, Stop(NAME), utc_now() - timedelta(hours=1))
        assert "périmé" in await operator.is_refused(old)
        for rate in (0.0, -1.0, 501.0, float("inf")):
            assert "rythme" in await operator.is_refused(SetRate(NAME, rate))
        assert operator.activities.notes == []


async def test_a_forged_act_ends_at_once(env: WorkflowEnvironment) -> None:
    """Nothing was ordered, and the details say why."""
    async with act(env, 25) as operator:
        operator.activities.is_refused = True
        await operator.starts()
        with pytest.raises(WorkflowFailureError):
            await operator.ends()
        assert operator.activities.steps == []
        assert "Acte refusé" in await operator.details()


async def test_an_act_under_another_id_ends_at_once(env: WorkflowEnvironment) -> None:
    """Its id is what the console has signed, and what is done once."""
    async with act(env, 5) as operator:
        operator.input = replace(operator.input, order=replace(operator.input.order, id="another"))
        await operator.starts()
        with pytest.raises(WorkflowFailureError):
            await operator.ends()
        assert operator.activities.begun == 0


async def test_an_act_does_not_wait_for_ever(env: WorkflowEnvironment) -> None:
    """What has no outcome after the time for sends counts as failed."""
    async with act(env, 5) as operator:
        operator.activities.outcomes[2] = ItemState.ORDERED
        await operator.starts()
        await until(lambda: operator.activities.items[0] is ItemState.SENT)
        await operator.waits(hours=2)
        assert await operator.ends() == ActCounts(5, sent=4, failed=1)


async def test_an_act_waits_while_recoveries_do_not_answer(env: WorkflowEnvironment) -> None:
    """Ever longer, and goes on when they do."""
    async with act(env, 5) as operator:
        operator.activities.are_answered = False
        await operator.starts()
        await operator.waits(minutes=5)
        assert 5 <= len(operator.activities.steps) < 20
        operator.activities.are_answered = True
        await operator.waits(minutes=1)
        assert (await operator.ends()).sent == 5


@pytest.mark.parametrize("report", [None, {"answered": "many"}])
async def test_what_another_worker_answers_changes_nothing(env: WorkflowEnvironment, report: Any) -> None:
    """Whoever may write to Temporal may poll the queue: what counts is read in the database."""
    async with act(env, 5) as operator:
        operator.activities.forged_reports = [report]
        await operator.starts()
        await until(lambda: operator.activities.steps)
        await operator.waits(minutes=1)
        assert (await operator.ends()).sent == 5
        assert await failed_tasks(operator.handle) == []
