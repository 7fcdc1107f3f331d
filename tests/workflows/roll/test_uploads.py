"""The workflows of an uploaded roll: what they order of their activities, and when they end."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.roll_uploads.bureau_news import TakenDecision
from activities.roll_uploads.orders import (
    CheckClaim,
    CheckOrder,
    DecisionClaim,
    DecisionOrder,
    UploadKind,
    UploadState,
)
from activities.sending.bureau_desk import BureauNews, Deed
from tests.support.waiting import until
from tests.workflows.scripted.replaying import replay
from workflows.roll.uploads import RollCheck, RollDecision
from workflows.runtime import sandbox

_CHECK = CheckOrder("Vera Garnier (v.garnier)", "v.garnier", "a" * 32, UploadKind.ADD, "b" * 64)
_DECISION = DecisionOrder("Nour Roussel (n.roussel)", "n.roussel", "a" * 32, "b" * 64, confirms=True)


class Script:
    """What the activities were asked, and what they answer."""

    def __init__(self, decides: bool | str = True, news: BureauNews | None = None) -> None:
        self.asked: list[object] = []
        self.decides = decides
        self.news = news

    @activity.defn
    async def check_upload(self, claim: CheckClaim) -> UploadState:
        """Answer as the real one."""
        self.asked.append(claim)
        return UploadState.CHECKED

    @activity.defn
    async def decide_upload(self, claim: DecisionClaim) -> TakenDecision:
        """Answer as the real one."""
        self.asked.append(claim)
        if isinstance(self.decides, str):
            raise ApplicationError("scripted", type=self.decides)
        return TakenDecision(self.decides, self.news)

    @activity.defn
    async def import_upload(self, upload_id: str) -> UploadState:
        """Answer as the real one."""
        self.asked.append(upload_id)
        return UploadState.IMPORTED


async def _run(
    env: WorkflowEnvironment,
    script: Script,
    workflow: Callable[..., Any],
    order: object,
    meanwhile: Callable[[WorkflowHandle[Any, Any]], Awaitable[None]] | None = None,
) -> Any:
    queue = uuid4().hex
    worker = Worker(
        env.client,
        task_queue=queue,
        workflows=[RollCheck, RollDecision],
        activities=[script.check_upload, script.decide_upload, script.import_upload],
        workflow_runner=sandbox.runner(),
    )
    async with worker:
        handle = await env.client.start_workflow(workflow, order, id=f"roll/{queue}", task_queue=queue)
        if meanwhile:
            await meanwhile(handle)
        try:
            return await handle.result()
        finally:
            await replay(RollCheck if workflow is RollCheck.run else RollDecision, await handle.fetch_history())


async def test_a_file_is_judged_by_the_workflow_that_was_signed(env: WorkflowEnvironment) -> None:
    """The activity is told the workflow's own id, for which the order must be signed."""
    script = Script()
    assert await _run(env, script, RollCheck.run, _CHECK) == UploadState.CHECKED
    [claim] = script.asked
    assert isinstance(claim, CheckClaim)
    assert (claim.workflow_id.startswith("roll/"), claim.order) == (True, _CHECK)


@pytest.mark.parametrize(
    ("decides", "state", "asked"), [(True, UploadState.IMPORTED, 2), (False, UploadState.ABANDONED, 1)]
)
async def test_only_a_decision_that_was_taken_imports(
    env: WorkflowEnvironment, *, decides: bool, state: UploadState, asked: int
) -> None:
    """One that was taken before, or abandons, does not."""
    script = Script(decides)
    assert await _run(env, script, RollDecision.run, _DECISION) == state
    assert len(script.asked) == asked


@pytest.mark.parametrize("error", ["SamePersonError", "InvalidSignatureError", "LookupError"])
async def test_a_refused_decision_fails_at_once(env: WorkflowEnvironment, error: str) -> None:
    """Without another try, and without an import."""
    script = Script(error)
    with pytest.raises(WorkflowFailureError) as failed:
        await _run(env, script, RollDecision.run, _DECISION)
    assert isinstance(failed.value.cause, ActivityError)
    assert len(script.asked) == 1


async def test_a_decision_is_carried_out_however_late_a_worker_is_back(env: WorkflowEnvironment) -> None:
    """It was perhaps noted before the worker was killed: giving up would leave a confirmed file that nobody imports."""
    script = Script("WorkerKilled")

    async def an_hour_passes(handle: WorkflowHandle[Any, Any]) -> None:
        await until(lambda: script.asked)
        await env.fast_forward(handle, timedelta(hours=1))
        script.decides = True
        await env.fast_forward(handle, timedelta(minutes=1))

    assert await _run(env, script, RollDecision.run, _DECISION, an_hour_passes) == UploadState.IMPORTED


async def test_the_bureau_is_told_of_an_import(env: WorkflowEnvironment) -> None:
    """In a workflow of its own, which the import does not wait for; without an address there is none."""
    news = BureauNews(uuid4().hex, Deed.ROLL_REMOVE, "Nour", 3, datetime(2026, 12, 1, tzinfo=UTC), addresses=1)
    assert await _run(env, Script(news=news), RollDecision.run, _DECISION) == UploadState.IMPORTED
    notice = env.client.get_workflow_handle(f"avis-au-bureau/{news.id}")
    assert (await notice.describe()).workflow_type == "BureauNotice"
    await notice.terminate()
