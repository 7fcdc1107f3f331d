"""An elector who lost the voting code, as workflow tests play one: asks, receives, clicks, waits."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WithStartWorkflowOperation, WorkflowUpdateFailedError
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.config.clock import utc_now
from activities.sending.messaging import LinkMessage
from activities.sending.receipts import RECEIPT_SIGNAL, DeliveryReceipt
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict
from tests.support.waiting import until
from tests.workflows.scripted.activities import Script, World
from tests.workflows.scripted.terms import terms_from
from workflows.contracts import options, search_attributes
from workflows.contracts.messages import Answer, Click, LinkStatus, RecoveryStatus, SealedCode, Submission
from workflows.recoveries.voting_code import VotingCodeRecovery

_ANSWERED_WITHIN = timedelta(seconds=20)
_PUBLIC_KEY = "the browser's public key ".ljust(43, "K") + "="


class Voter:
    """One elector and the recovery that is theirs; `script` is what the world does to it."""

    def __init__(self, environment: WorkflowEnvironment, world: World) -> None:
        elector = uuid4().hex
        self.workflow_id = f"voting-code/{elector}"
        self.terms = terms_from(utc_now(), elector)  # virtual time begins at the server's own
        self.script: Script = world.of(self.workflow_id)
        # A short one lets other messages in while a local activity hangs.
        self.task_timeout: timedelta | None = None
        self._environment = environment
        self.handle = environment.client.get_workflow_handle_for(VotingCodeRecovery.run, self.workflow_id)

    def with_terms(self, **changes: Any) -> None:
        """Let the election have other rules; say so before the first request."""
        self.terms = replace(self.terms, **changes)

    async def asks(self, channel: Channel = Channel.SMS, request: str = "request-1") -> Answer:
        """Submit a request, in a new recovery or in the one that lives."""
        hint = "•• •• •• •• 78" if channel is Channel.SMS else "c•••@e•••.fr"
        submission = Submission(request, channel, "sealed proofs".ljust(140, "P"), "sealed".ljust(140, "C"), hint)
        attributes = [
            SearchAttributePair(search_attributes.STAGE, Stage.VERIFYING.value),
            SearchAttributePair(search_attributes.PROCEDURE, "voting-code"),
            SearchAttributePair(search_attributes.ELECTION, self.terms.election),
        ]
        start = WithStartWorkflowOperation(
            VotingCodeRecovery.run,
            self.terms,
            id=self.workflow_id,
            task_queue=options.RECOVERIES,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=TypedSearchAttributes(attributes),
            static_summary="Code de vote, Élections professionnelles",
            task_timeout=self.task_timeout,
        )
        return await self._environment.client.execute_update_with_start_workflow(
            VotingCodeRecovery.submit,
            submission,
            start_workflow_operation=start,
            id=request,
            rpc_timeout=_ANSWERED_WITHIN,
        )

    async def asks_in_vain(self) -> None:
        """Submit a request that is lost with its server: the recovery has begun, and knows of nothing."""
        await self._environment.client.start_workflow(
            VotingCodeRecovery.run, self.terms, id=self.workflow_id, task_queue=options.RECOVERIES
        )

    async def asks_and_is_sent(self, channel: Channel = Channel.SMS, request: str = "request-1") -> LinkMessage:
        """Submit a request, and return its message once the gateway has taken it."""
        await self.asks(channel, request)
        return await self.is_sent()

    async def is_sent(self) -> LinkMessage:
        """Return the newest message once the recovery knows that the gateway has taken it."""
        await self.stands_at(Stage.SENT)
        return self.script.sent[-1]

    async def sends_again(self) -> Answer:
        """Ask for the link again, at the same place."""
        return await self.handle.execute_update(VotingCodeRecovery.send_again, rpc_timeout=_ANSWERED_WITHIN)

    async def receives(self, message: LinkMessage) -> None:
        """Have the SMS arrive: its receipt is told to the recovery."""
        await self.handle.signal(RECEIPT_SIGNAL, DeliveryReceipt(message.message_id, delivered=True))

    async def cannot_receive(self, message: LinkMessage, reason: str = "smpp-UNDELIV") -> None:
        """Have the SMS fail after the gateway took it."""
        await self.handle.signal(
            RECEIPT_SIGNAL, DeliveryReceipt(message.message_id, delivered=False, reason=reason)
        )

    async def clicks(self, message: LinkMessage) -> SealedCode:
        """Click on the link's button, and return what the browser is given."""
        return await self._clicks(message.link_id)

    async def notes(self, message: LinkMessage) -> None:
        """Say that the code is noted."""
        link_id = message.link_id
        await self.handle.execute_update(VotingCodeRecovery.noted, link_id, rpc_timeout=_ANSWERED_WITHIN)

    async def clicks_in_vain(self, link_id: str) -> LinkVerdict:
        """Click on a link that gives nothing, and return why."""
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await self._clicks(link_id)
        assert isinstance(refused.value.cause, ApplicationError)
        return LinkVerdict(refused.value.cause.message)

    async def waits(self, **time: float) -> None:
        """Let the recovery's own clock go forward, by `timedelta`'s words."""
        async with asyncio.timeout(_ANSWERED_WITHIN.total_seconds()):
            await self._environment.fast_forward(self.handle, timedelta(**time))

    async def status(self) -> RecoveryStatus:
        """Return what the follow-up page is told."""
        return await self.handle.query(VotingCodeRecovery.status)

    async def link(self, link_id: str) -> LinkStatus:
        """Return what the link's page is told."""
        return await self.handle.query(VotingCodeRecovery.link, link_id)

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
        async with asyncio.timeout(_ANSWERED_WITHIN.total_seconds()):
            return await self.handle.result()

    async def events(self) -> list[HistoryEvent]:
        """Return the history so far."""
        return list((await self.handle.fetch_history()).events)

    async def leaves(self) -> None:
        """End the recovery, if it lives, so that nothing of it runs beside another test."""
        with suppress(RPCError):
            await self.handle.terminate("the test is over")

    async def _is_at(self, stage: Stage) -> bool:
        return (await self.attributes())[search_attributes.STAGE.name] == stage

    async def _clicks(self, link_id: str) -> SealedCode:
        click = Click(link_id, _PUBLIC_KEY)
        return await self.handle.execute_update(VotingCodeRecovery.open_link, click, rpc_timeout=_ANSWERED_WITHIN)
