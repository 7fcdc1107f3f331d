"""Somebody who has forgotten a password, as workflow tests play one: asks, receives, chooses, waits."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.config.clock import utc_now
from activities.sending.messaging import LinkMessage
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict
from tests.support.waiting import until
from tests.workflows.scripted.activities import Script, World
from tests.workflows.scripted.terms import terms_from
from workflows.contracts import options, search_attributes
from workflows.contracts.messages import Cancel, Click, Retry, Submission
from workflows.recoveries.password import PasswordRecovery

_SOON = timedelta(seconds=20)


class Forgetful:
    """Somebody who has forgotten a password, and the recovery that is theirs."""

    def __init__(self, environment: WorkflowEnvironment, world: World) -> None:
        elector = uuid4().hex
        self._environment = environment
        self._id = f"password/{elector * 2}"
        self._terms = terms_from(utc_now(), elector)
        self.script: Script = world.of(self._id)
        # A short one lets other messages in while a local activity hangs.
        self.task_timeout: timedelta | None = None
        self.handle = environment.client.get_workflow_handle_for(PasswordRecovery.run, self._id)

    async def asks(self, request: str = "request-1") -> None:
        """Ask for a link, in a new recovery or in the one that lives; nobody waits for an answer."""
        await self._environment.client.start_workflow(
            PasswordRecovery.run,
            self._terms,
            id=self._id,
            task_queue=options.RECOVERIES,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="submit",
            start_signal_args=[Submission(request, Channel.EMAIL, "", "", "")],
            task_timeout=self.task_timeout,
        )

    async def is_sent(self, number: int = 1) -> LinkMessage:
        """Return the last link, once that many were sent."""
        await until(lambda: len(self.script.sent) >= number)
        return self.script.sent[-1]

    async def chooses(self, message: LinkMessage) -> None:
        """Choose a password behind a link."""
        click = Click(message.link_id, "sealed hash", "the door's word")
        await self.handle.execute_update(PasswordRecovery.choose, click, rpc_timeout=_SOON)

    async def is_told(self, message: LinkMessage) -> LinkVerdict:
        """Choose a password behind a link that does nothing, and return why."""
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await self.chooses(message)
        assert isinstance(refused.value.cause, ApplicationError)
        return LinkVerdict(refused.value.cause.message)

    async def is_retried(self) -> None:
        """Have an operator try the failed send again."""
        order = Retry("Claude Exemple")
        await self.handle.execute_update("retry_send", order, result_type=Stage, rpc_timeout=_SOON)

    async def is_cancelled(self) -> None:
        """Have an operator cancel the recovery."""
        order = Cancel("Claude Exemple", "demande par téléphone")
        await self.handle.execute_update("cancel", order, result_type=Stage, rpc_timeout=_SOON)

    async def waits(self, **time: float) -> None:
        """Let the recovery's own clock go forward."""
        async with asyncio.timeout(_SOON.total_seconds()):
            await self._environment.fast_forward(self.handle, timedelta(**time))

    async def stands_at(self, stage: Stage) -> None:
        """Return once support staff find the recovery at a stage."""
        await until(lambda: self._is_at(stage))

    async def ends(self) -> Stage:
        """Return how the recovery ended, once it has."""
        async with asyncio.timeout(_SOON.total_seconds()):
            return await self.handle.result()

    async def leaves(self) -> None:
        """End the recovery, if it lives."""
        with suppress(RPCError):
            await self.handle.terminate("the test is over")

    async def _is_at(self, stage: Stage) -> bool:
        found = (await self.handle.describe()).typed_search_attributes
        return found.get(search_attributes.STAGE, "") == stage
