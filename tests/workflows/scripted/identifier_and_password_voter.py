"""An elector without a notice (2011), as workflow tests play one: asks, opens the link, notes, reads the mail."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowUpdateFailedError
from temporalio.common import TypedSearchAttributes, WorkflowIDConflictPolicy
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
from workflows.contracts.messages import (
    Cancel,
    IdentifierAndPasswordClick,
    LinkStatus,
    RecoveryStatus,
    Retry,
    SealedCode,
    Submission,
)
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery

if TYPE_CHECKING:
    from tests.workflows.scripted.identifier_and_password_script import BothScript

_SOON = timedelta(seconds=20)
_PUBLIC_KEY = "the browser's public key ".ljust(43, "K") + "="


class Noticeless:
    """One elector and the recovery that is theirs; `script` and `both` are what the world does to it."""

    def __init__(self, environment: WorkflowEnvironment, world: World) -> None:
        self.elector = uuid4().hex
        self._environment = environment
        self.workflow_id = f"identifier-and-password/{self.elector * 2}"
        # Requests close after two days, links die after twenty, as in 2011 they did on two dates.
        now = utc_now()
        self.terms = replace(
            terms_from(now, self.elector),
            links_die=now + timedelta(days=20),
            email_lifetime=timedelta(days=3650),
            display_window=timedelta(minutes=10),
        )
        self.script: Script = world.of(self.workflow_id)
        self.both: BothScript = world.both(self.workflow_id)
        # A short one lets other messages in while a local activity hangs.
        self.task_timeout: timedelta | None = None
        self.handle = environment.client.get_workflow_handle_for(
            IdentifierAndPasswordRecovery.run, self.workflow_id
        )

    async def asks(self, request: str = "request-1", campaign: str = "") -> None:
        """Ask for a link, or be asked for by a campaign; nobody waits for an answer."""
        await self._environment.client.start_workflow(
            IdentifierAndPasswordRecovery.run,
            self.terms,
            id=self.workflow_id,
            task_queue=options.RECOVERIES,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="submit",
            start_signal_args=[Submission(request, Channel.EMAIL, "", "", "", campaign=campaign)],
            task_timeout=self.task_timeout,
        )

    async def is_sent(self, number: int = 1) -> LinkMessage:
        """Return the last link, once that many were sent and the recovery knows it."""
        await until(lambda: len(self.script.sent) >= number)
        await self.stands_at(Stage.SENT)
        return self.script.sent[-1]

    async def asks_and_is_sent(self, request: str = "request-1") -> LinkMessage:
        """Ask, and return the link."""
        await self.asks(request)
        return await self.is_sent(len(self.script.sent) + 1)

    async def takes(self, message: LinkMessage, request: str = "typed-1") -> SealedCode:
        """Come to the last step, and return what the browser is given."""
        return await self._takes(message.link_id, request)

    async def takes_in_vain(self, link_id: str) -> LinkVerdict:
        """Come to the last step of a link that gives nothing, and return why."""
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await self._takes(link_id, "typed-in-vain")
        assert isinstance(refused.value.cause, ApplicationError)
        return LinkVerdict(refused.value.cause.message)

    async def notes(self, message: LinkMessage) -> None:
        """Say that the password is noted."""
        await self.handle.execute_update(IdentifierAndPasswordRecovery.noted, message.link_id, rpc_timeout=_SOON)

    async def is_retried(self) -> Stage:
        """Have an operator try the failed send again."""
        return await self._update("retry_send", Retry("Claude Exemple"))

    async def is_cancelled(self) -> Stage:
        """Have an operator cancel the recovery."""
        return await self._update("cancel", Cancel("Claude Exemple", "demande par téléphone"))

    async def waits(self, **time: float) -> None:
        """Let the recovery's own clock go forward."""
        async with asyncio.timeout(_SOON.total_seconds()):
            await self._environment.fast_forward(self.handle, timedelta(**time))

    async def status(self) -> RecoveryStatus:
        """Return what the follow-up is told."""
        return await self.handle.query(IdentifierAndPasswordRecovery.status)

    async def link(self, link_id: str) -> LinkStatus:
        """Return what the link's page is told."""
        return await self.handle.query(IdentifierAndPasswordRecovery.link, link_id)

    async def details(self) -> str:
        """Return the Markdown that the Temporal UI shows of the recovery."""
        metadata = await self.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        return str(metadata.current_details)

    async def fault(self) -> str:
        """Return the failure that support staff filter by."""
        return (await self._attributes()).get(search_attributes.FAULT, "")

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

    async def _takes(self, link_id: str, request: str) -> SealedCode:
        click = IdentifierAndPasswordClick(
            link_id, _PUBLIC_KEY, "the door's word", request, "sealed address", "c•••@e•••.fr"
        )
        return await self.handle.execute_update(IdentifierAndPasswordRecovery.take, click, rpc_timeout=_SOON)

    async def _update(self, name: str, order: Retry | Cancel) -> Stage:
        return Stage(await self.handle.execute_update(name, order, result_type=Stage, rpc_timeout=_SOON))

    async def _is_at(self, stage: Stage) -> bool:
        return (await self._attributes()).get(search_attributes.STAGE, "") == stage

    async def _attributes(self) -> TypedSearchAttributes:
        return (await self.handle.describe()).typed_search_attributes
