"""Scenarios that bring the workflows of a roll's uploaded file to where they wait, and to each ending."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

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
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.workflow_actor import WorkflowActor
from workflows.roll.uploads import RollCheck, RollDecision

QUEUE = "scripted-roll"


class ScriptedRoll:
    """The activities of these workflows, which answer what the script of the workflow says."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    @property
    def all(self) -> list[Callable[..., Any]]:
        """The activities for a worker to register."""
        return [self.check_upload, self.decide_upload, self.import_upload]

    @activity.defn
    async def check_upload(self, claim: CheckClaim) -> UploadState:
        """Record the argument; the file is a roll."""
        await self._claimed(claim)
        return UploadState.CHECKED

    @activity.defn
    async def decide_upload(self, claim: DecisionClaim) -> TakenDecision:
        """Record the argument; the decision is the first one."""
        await self._claimed(claim)
        return TakenDecision(claim.order.confirms, self._scripts.of(claim.workflow_id).roll_news)

    @activity.defn
    async def import_upload(self, upload_id: str) -> UploadState:  # noqa: ARG002 - any file is imported
        """Import at once."""
        return UploadState.IMPORTED

    async def _claimed(self, claim: CheckClaim | DecisionClaim) -> None:
        script = self._scripts.of(claim.workflow_id)
        script.roll_claims.append(claim)
        await script.wait_until_released("roll")


class Administrator(WorkflowActor[UploadState]):
    """An administrator, and the workflow of one order."""

    def __init__(
        self, environment: WorkflowEnvironment, scripts: Scripts, workflow: type, order: CheckOrder | DecisionOrder
    ) -> None:
        self._workflow = workflow
        self.order = order
        self.workflow_id = f"roll/{uuid4().hex}"
        self.script = scripts.of(self.workflow_id)
        handle = environment.client.get_workflow_handle(self.workflow_id, result_type=UploadState)
        super().__init__(environment, handle)

    async def gives(self) -> None:
        """Start the workflow, and return when its first activity was asked."""
        await self._environment.client.start_workflow(
            self._workflow.__name__, self.order, id=self.workflow_id, task_queue=QUEUE
        )
        await until(lambda: self.script.roll_claims)


def check(environment: WorkflowEnvironment, scripts: Scripts) -> Administrator:
    """Return who has uploaded a file."""
    order = CheckOrder("Vera Garnier (v.garnier)", "v.garnier", "a" * 32, UploadKind.ADD, "b" * 64)
    return Administrator(environment, scripts, RollCheck, order)


def confirmation(environment: WorkflowEnvironment, scripts: Scripts) -> Administrator:
    """Return who confirms the import."""
    order = DecisionOrder("Nour Roussel (n.roussel)", "n.roussel", "a" * 32, "b" * 64, confirms=True)
    return Administrator(environment, scripts, RollDecision, order)


@asynccontextmanager
async def waiting(administrator: Administrator) -> AsyncIterator[None]:
    """The worker of the role has not answered yet."""
    async with administrator.script.holding("roll"):
        await administrator.gives()
        yield


async def done(administrator: Administrator) -> None:
    """The file was read, or imported."""
    await administrator.gives()
    await administrator.ends()


async def abandoned(administrator: Administrator) -> None:
    """The decision was not to import."""
    administrator.order = DecisionOrder(
        "Vera Garnier (v.garnier)", "v.garnier", "a" * 32, "b" * 64, confirms=False
    )
    await done(administrator)


async def told(administrator: Administrator) -> None:
    """The file was imported, and the bureau is told of it."""
    at = datetime(2026, 12, 4, 12, tzinfo=UTC)
    administrator.script.roll_news = BureauNews(
        uuid4().hex, Deed.ROLL_ADD, "Nour Roussel (n.roussel)", 3, at, addresses=1
    )
    await done(administrator)


async def refused(administrator: Administrator) -> None:
    """The console has not signed the order: the workflow fails."""
    administrator.script.errors["roll"] = "InvalidSignatureError"
    await administrator.gives()
    with pytest.raises(WorkflowFailureError):
        await administrator.ends()


WAITING = (waiting,)
CHECK_ENDINGS = (done, refused)
DECISION_ENDINGS = (done, told, abandoned, refused)
