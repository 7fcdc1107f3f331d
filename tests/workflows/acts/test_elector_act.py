"""An act for an elector gives the result of its activity, and fails when the console has not signed it."""

from collections.abc import AsyncIterator

import pytest_asyncio
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from activities.acts.elector_acts import ElectorActed
from tests.workflows.scripted import single_act_scenarios as scenarios
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from workflows.acts.elector_act import ElectorAct


@pytest_asyncio.fixture
async def giver(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[scenarios.ActGiver]:
    """An operator who acts for an elector, for this test."""
    operator = scenarios.for_elector(env, scripts)
    async with replayed(operator, ElectorAct):
        yield operator


async def test_the_result_is_the_activity_s(giver: scenarios.ActGiver) -> None:
    """Which knows the workflow's id: what it does is done once."""
    await scenarios.done(giver)
    assert await giver.ends() == ElectorActed(is_known=True, number=3)
    assert [(claim.workflow_id, claim.order) for claim in giver.script.act_claims] == [
        (giver.workflow_id, giver.order)
    ]


async def test_a_forged_order_fails(giver: scenarios.ActGiver) -> None:
    """At once."""
    await scenarios.refused(giver)
    assert (await giver.handle.describe()).status is WorkflowExecutionStatus.FAILED
    assert len(giver.script.act_claims) == 1
