"""An act for an elector gives the result of its activity, and fails when the console has not signed it."""

from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.acts.elector_acts import ElectorActed, ElectorActKind, ElectorClaim, ElectorOrder
from tests.workflows.scripted.replaying import replay
from workflows.acts.elector_act import ElectorAct
from workflows.runtime import sandbox


async def _run(env: WorkflowEnvironment, answer: ElectorActed | None) -> tuple[Any, list[ElectorClaim]]:
    claims: list[ElectorClaim] = []

    @activity.defn
    async def act_for_elector(claim: ElectorClaim) -> ElectorActed:
        claims.append(claim)
        if answer is None:
            raise ApplicationError("scripted", type="InvalidSignatureError")
        return answer

    queue = uuid4().hex
    order = ElectorOrder("Dominique Exemple", "code-de-vote/camille", ElectorActKind.UNLOCK_SIGN_IN)
    worker = Worker(
        env.client,
        task_queue=queue,
        workflows=[ElectorAct],
        activities=[act_for_elector],
        no_remote_activities=True,
        workflow_runner=sandbox.runner(),
    )
    async with worker:
        handle = await env.client.start_workflow(
            ElectorAct.run, order, id=f"elector-act/{queue}", task_queue=queue
        )
        try:
            return await handle.result(), claims
        finally:
            await replay(ElectorAct, await handle.fetch_history())


async def test_the_result_is_the_activity_s(env: WorkflowEnvironment) -> None:
    """Which knows the workflow's id: what it does is done once."""
    acted, [claim] = await _run(env, ElectorActed(is_known=True, number=3))
    assert acted == ElectorActed(is_known=True, number=3)
    assert claim.workflow_id.startswith("elector-act/")


async def test_a_forged_order_fails(env: WorkflowEnvironment) -> None:
    """At once."""
    with pytest.raises(WorkflowFailureError):
        await _run(env, None)
