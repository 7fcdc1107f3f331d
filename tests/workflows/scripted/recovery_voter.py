"""The base of the scripted voters: what the tests of every procedure do."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from activities.config.clock import utc_now
from activities.sending.messaging import LinkMessage
from activities.sending.receipts import RECEIPT_SIGNAL, DeliveryReceipt
from election.procedures import Procedure, workflow_id_of
from election.stages import ENDINGS, Stage
from election.verdicts import LinkVerdict
from tests.support import signing
from tests.support.waiting import until
from tests.workflows.scripted.script import Script, Scripts
from tests.workflows.scripted.terms import scripted_terms
from tests.workflows.scripted.workflow_actor import WorkflowActor
from workflows.contracts import options, search_attributes
from workflows.contracts.messages import RecoveryStatus
from workflows.contracts.orders import CancelRequest, RetryRequest

ANSWERED_WITHIN = timedelta(seconds=20)
PUBLIC_KEY = "the browser's public key ".ljust(43, "K") + "="
_T = TypeVar("_T")


class RecoveryVoter(WorkflowActor[Stage]):
    """One voter and the voter's recovery; `script` sets the results of its activities."""

    procedure: Procedure

    def __init__(self, environment: WorkflowEnvironment, scripts: Scripts) -> None:
        self.elector_id = uuid4().hex
        self.workflow_id = workflow_id_of(self.procedure, self.subject)
        self.terms = scripted_terms(utc_now(), self.elector_id)  # a workflow's clock starts at the server's time
        self.script: Script = scripts.of(self.workflow_id)
        self.script.terms = self.terms
        self.queue = options.RECOVERIES
        # A short timeout lets other messages in while a local activity hangs.
        self.task_timeout: timedelta | None = None
        super().__init__(environment, environment.client.get_workflow_handle(self.workflow_id, result_type=Stage))

    @property
    def subject(self) -> str:
        """The subject of the workflow id."""
        return self.elector_id

    @property
    def start(self) -> dict[str, Any]:
        """The options with which a request reaches the running recovery or starts a new one."""
        return {
            "id": self.workflow_id,
            "task_queue": self.queue,
            "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
            "task_timeout": self.task_timeout,
        }

    def with_terms(self, **changes: Any) -> None:
        """Change the terms that the worker brings; call it before the first request."""
        self.script.terms = self.terms = replace(self.terms, **changes)

    async def is_sent(self, number: int = 1) -> LinkMessage:
        """Return the newest link's message, once `number` links were sent and the recovery is at SENT."""
        await until(lambda: len(self.script.sent) >= number)
        await self.reaches(Stage.SENT)
        return self.script.sent[-1]

    async def receipt_comes(
        self, message_id: str, *, delivered: bool = True, reason: str = "smpp-UNDELIV"
    ) -> None:
        """Signal the delivery receipt of an SMS."""
        receipt = DeliveryReceipt(message_id, delivered=delivered, reason="" if delivered else reason)
        await self.handle.signal(RECEIPT_SIGNAL, receipt.signed(signing.MESSAGING, self.workflow_id))

    async def is_retried(self) -> Stage:
        """Have an operator retry the failed send, and return the new stage."""
        return await self._execute("retry_send", RetryRequest("Claude Exemple"))

    async def is_cancelled(self) -> Stage:
        """Have an operator cancel the recovery, and return its stage."""
        return await self._execute("cancel", CancelRequest("Claude Exemple", "demande par téléphone"))

    async def status(self) -> RecoveryStatus:
        """Query the status."""
        status: RecoveryStatus = await self.handle.query("status", result_type=RecoveryStatus)
        return status

    async def attributes(self) -> dict[str, str]:
        """Return our search attributes of the recovery."""
        found = (await self.handle.describe()).typed_search_attributes
        return {key.name: found.get(key, "") for key in search_attributes.ALL}

    async def details(self) -> str:
        """Return the current details of the Temporal UI, in Markdown."""
        metadata = await self.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        return str(metadata.current_details)

    async def timers(self) -> list[timedelta]:
        """Return how long each timer lasts that the recovery has started, in order."""
        events = (await self.handle.fetch_history()).events
        started = [
            each.timer_started_event_attributes
            for each in events
            if each.HasField("timer_started_event_attributes")
        ]
        return [each.start_to_fire_timeout.ToTimedelta() for each in started]

    async def reaches(self, stage: Stage) -> None:
        """Return once the recovery is at this stage."""
        await until(lambda: self._is_at(stage))

    async def _execute(self, update: str, message: RetryRequest | CancelRequest) -> Stage:
        answer = await self.handle.execute_update(update, message, result_type=Stage, rpc_timeout=ANSWERED_WITHIN)
        return Stage(answer)

    async def _is_at(self, stage: Stage) -> bool:
        # A query waits while a database activity runs; the attribute does not, but has only these stages.
        if stage in ENDINGS | {Stage.HELD, Stage.LATE}:
            return (await self.attributes())[search_attributes.STAGE.name] == stage
        return (await self.status()).stage is stage


async def why_refused(click: Awaitable[_T]) -> LinkVerdict:
    """Return the verdict with which a click on a link is refused."""
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await click
    assert isinstance(refused.value.cause, ApplicationError)
    return LinkVerdict(refused.value.cause.message)
