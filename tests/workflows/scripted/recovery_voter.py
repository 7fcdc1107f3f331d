"""What electors of every procedure do in workflow tests: wait, look, and have an operator act."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.config.clock import utc_now
from activities.sending.messaging import LinkMessage
from activities.sending.receipts import RECEIPT_SIGNAL, DeliveryReceipt
from election.procedures import Procedure, workflow_id_of
from election.stages import Stage
from election.verdicts import LinkVerdict
from tests.support.waiting import until
from tests.workflows.scripted.script import Script, Scripts
from tests.workflows.scripted.terms import terms_from
from workflows.contracts import options, search_attributes
from workflows.contracts.messages import Cancel, RecoveryStatus, Retry

ANSWERED_WITHIN = timedelta(seconds=20)
PUBLIC_KEY = "the browser's public key ".ljust(43, "K") + "="
_T = TypeVar("_T")


class RecoveryVoter:
    """One elector and the recovery that is theirs; `script` is what activities answer to it."""

    procedure: Procedure

    def __init__(self, environment: WorkflowEnvironment, scripts: Scripts) -> None:
        self.elector_id = uuid4().hex
        self.workflow_id = workflow_id_of(self.procedure, self.subject)
        self.terms = terms_from(utc_now(), self.elector_id)  # virtual time begins at the server's own
        self.script: Script = scripts.of(self.workflow_id)
        # A short one lets other messages in while a local activity hangs.
        self.task_timeout: timedelta | None = None
        self.handle: WorkflowHandle[Any, Any] = environment.client.get_workflow_handle(
            self.workflow_id, result_type=Stage
        )
        self._environment = environment

    @property
    def subject(self) -> str:
        """What the recovery's id stands for."""
        return self.elector_id

    @property
    def start(self) -> dict[str, Any]:
        """The options with which a request starts its recovery, or reaches the one that lives."""
        return {
            "id": self.workflow_id,
            "task_queue": options.RECOVERIES,
            "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
            "task_timeout": self.task_timeout,
        }

    def with_terms(self, **changes: Any) -> None:
        """Give the election other rules; say so before the first request."""
        self.terms = replace(self.terms, **changes)

    async def is_sent(self, number: int = 1) -> LinkMessage:
        """Return the newest link, once so many were sent and the recovery knows it."""
        await until(lambda: len(self.script.sent) >= number)
        await self.stands_at(Stage.SENT)
        return self.script.sent[-1]

    async def is_told(self, message_id: str, *, delivered: bool = True, reason: str = "smpp-UNDELIV") -> None:
        """Have the receipt of an SMS come."""
        receipt = DeliveryReceipt(message_id, delivered=delivered, reason="" if delivered else reason)
        await self.handle.signal(RECEIPT_SIGNAL, receipt)

    async def is_retried(self) -> Stage:
        """Have an operator try the failed send again."""
        return await self._ordered("retry_send", Retry("Claude Exemple"))

    async def is_cancelled(self) -> Stage:
        """Have an operator cancel the recovery, and return how it ended."""
        return await self._ordered("cancel", Cancel("Claude Exemple", "demande par téléphone"))

    async def waits(self, **time: float) -> None:
        """Let the recovery's own clock go forward, by `timedelta`'s words."""
        async with asyncio.timeout(ANSWERED_WITHIN.total_seconds()):
            await self._environment.fast_forward(self.handle, timedelta(**time))

    async def status(self) -> RecoveryStatus:
        """Return what the follow-up page is told."""
        status: RecoveryStatus = await self.handle.query("status", result_type=RecoveryStatus)
        return status

    async def attributes(self) -> dict[str, str]:
        """Return the search attributes that the recovery has, without the server's own."""
        found = (await self.handle.describe()).typed_search_attributes
        return {key.name: found.get(key, "") for key in search_attributes.ALL}

    async def details(self) -> str:
        """Return the Markdown that the Temporal UI shows of the recovery."""
        metadata = await self.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        return str(metadata.current_details)

    async def stands_at(self, stage: Stage) -> None:
        """Return once the recovery is at a stage, as support staff would find it."""
        await until(lambda: self._is_at(stage))

    async def ends(self) -> Stage:
        """Return how the recovery ended, once it has."""
        async with asyncio.timeout(ANSWERED_WITHIN.total_seconds()):
            return Stage(await self.handle.result())

    async def leaves(self) -> None:
        """End the recovery, if it lives, so that nothing of it runs beside another test."""
        with suppress(RPCError):
            await self.handle.terminate("the test is over")

    async def _ordered(self, name: str, order: Retry | Cancel) -> Stage:
        answer = await self.handle.execute_update(name, order, result_type=Stage, rpc_timeout=ANSWERED_WITHIN)
        return Stage(answer)

    async def _is_at(self, stage: Stage) -> bool:
        return (await self.attributes())[search_attributes.STAGE.name] == stage


async def why_refused(click: Awaitable[_T]) -> LinkVerdict:
    """Return why a click on a link gives nothing."""
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await click
    assert isinstance(refused.value.cause, ApplicationError)
    return LinkVerdict(refused.value.cause.message)
