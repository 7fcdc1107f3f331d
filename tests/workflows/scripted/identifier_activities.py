"""An elector who lost the identifier, and the activities that do as a test says."""

import asyncio
from collections.abc import Callable  # noqa: TC003 - read when activities are registered
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio import activity
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.config.clock import utc_now
from activities.gateways.recording import Behaviour
from activities.recoveries.identifier import DrawnIdentifier, IdentifierClaim, IdentifierSettlement
from activities.recoveries.requests import OperatorAct
from activities.recoveries.unactivated_identifiers import Activated, Activation
from activities.sending.message_sender import Acceptance
from activities.sending.messaging import IdentifierMessage, Notice
from activities.sending.receipts import RECEIPT_SIGNAL, DeliveryReceipt
from election.stages import Channel, Stage
from election.verdicts import Verdict
from tests.support.waiting import until
from tests.workflows.scripted.terms import terms_from
from workflows.contracts import search_attributes
from workflows.contracts.messages import Answer, Cancel, RecoveryStatus, Retry, Submission
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.runtime import sandbox

QUEUE = "identifiers"
_PATIENCE = timedelta(seconds=20)


class IdentifierWorld:
    """One recovery's database and gateway: everything that they were asked, and how they answer."""

    def __init__(self) -> None:
        self.verdict = Verdict.TAKEN
        self.gateway = Behaviour.OK
        self.relay = Behaviour.OK
        self.is_on_the_roll = True
        self.claims: list[IdentifierClaim] = []
        self.tried: list[IdentifierMessage] = []
        self.activations: list[Activation] = []
        self.settlements: list[IdentifierSettlement] = []
        self.notices: list[Notice] = []
        self.acts: list[OperatorAct] = []
        self.answers = asyncio.Event()  # a gateway's answer may come later than the SMS
        self.answers.set()
        self.judges = asyncio.Event()  # and the database's
        self.settles = asyncio.Event()
        self.judges.set()
        self.settles.set()

    @activity.defn
    async def judge_identifier(self, claim: IdentifierClaim) -> DrawnIdentifier:
        """Return the verdict; TAKEN comes with an envelope of the request's own."""
        self.claims.append(claim)
        await self.judges.wait()
        verdict = claim.refusal or self.verdict
        return DrawnIdentifier(verdict, identifier=f"for {claim.request}" if verdict is Verdict.TAKEN else "")

    @activity.defn
    async def activate_identifier(self, order: Activation) -> Activated:
        """Keep what was asked, or raise LookupError for somebody who was taken off the roll."""
        self.activations.append(order)
        if not self.is_on_the_roll:
            raise LookupError("no such elector")
        return Activated("sealed address")

    @activity.defn
    async def settle_identifier(self, settlement: IdentifierSettlement) -> None:
        """Keep what was asked."""
        self.settlements.append(settlement)
        await self.settles.wait()

    @activity.defn
    async def note_retry(self, act: OperatorAct) -> None:
        """Keep what was asked."""
        self.acts.append(act)

    @activity.defn
    async def note_cancel(self, act: OperatorAct) -> None:
        """Keep what was asked."""
        self.acts.append(act)

    @activity.defn
    async def send_identifier(self, message: IdentifierMessage) -> Acceptance:
        """Take the SMS, or fail as the gateway does."""
        self.tried.append(message)
        await self.answers.wait()
        if self.gateway is Behaviour.REFUSE:
            raise ApplicationError("recording-refused", type="GatewayRefusedError", non_retryable=True)
        if self.gateway is Behaviour.DOWN:
            raise ApplicationError("recording-down", type="GatewayUnavailableError")
        return Acceptance("recording", utc_now())

    @activity.defn
    async def send_notice(self, notice: Notice) -> Acceptance:
        """Take the notice, or fail as a relay that is down."""
        self.notices.append(notice)
        if self.relay is not Behaviour.OK:
            raise ApplicationError("recording-relay", type="GatewayUnavailableError")
        return Acceptance("recording", utc_now())

    def workers(self, client: Client, queue: str) -> tuple[Worker, Worker]:
        """Return both workers; one queue serves for the recoveries, as the messaging's does elsewhere."""
        ours: list[Callable[..., Any]] = [self.judge_identifier, self.activate_identifier, self.settle_identifier]
        recoveries = Worker(
            client,
            task_queue=queue,
            workflows=[IdentifierRecovery],
            activities=[*ours, self.note_retry, self.note_cancel],
            workflow_runner=sandbox.runner(),
        )
        return recoveries, Worker(
            client, task_queue="messaging", activities=[self.send_identifier, self.send_notice]
        )


class IdentifierVoter:
    """One elector and the recovery that is theirs."""

    def __init__(self, environment: WorkflowEnvironment, world: IdentifierWorld, queue: str) -> None:
        self.world = world
        self._environment = environment
        self._queue = queue
        subject = uuid4().hex
        self._terms = terms_from(utc_now(), subject)
        self._id = f"identifier/{subject}"
        self.handle = environment.client.get_workflow_handle_for(IdentifierRecovery.run, self._id)

    async def asks(self, request: str = "request-1") -> Answer:
        """Submit a request as an elector who has signed in."""
        start = WithStartWorkflowOperation(
            IdentifierRecovery.run,
            self._terms,
            id=self._id,
            task_queue=self._queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        return await self._environment.client.execute_update_with_start_workflow(
            IdentifierRecovery.submit,
            _submission(request),
            start_workflow_operation=start,
            id=request,
            rpc_timeout=_PATIENCE,
        )

    async def asks_from_outside(self, request: str = "request-1") -> None:
        """Submit a request as whoever has not signed in: by a signal, and without an answer."""
        await self._environment.client.start_workflow(
            IdentifierRecovery.run,
            self._terms,
            id=self._id,
            task_queue=self._queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="ask",
            start_signal_args=[_submission(request)],
        )

    async def is_told(self, delivered: bool = True) -> None:
        """Have the receipt of the last SMS come."""
        message_id = self.world.tried[-1].message_id
        receipt = DeliveryReceipt(message_id, delivered, "" if delivered else "smpp-UNDELIV")
        await self.handle.signal(RECEIPT_SIGNAL, receipt)

    async def waits(self, **time: float) -> None:
        """Let the recovery's own clock go forward."""
        await self._environment.fast_forward(self.handle, timedelta(**time))

    async def status(self) -> RecoveryStatus:
        """Return what the follow-up page is told."""
        return await self.handle.query(IdentifierRecovery.status)

    async def stands_at(self, stage: Stage) -> None:
        """Return once support staff find the recovery at a stage."""
        await until(lambda: self._is_at(stage))

    async def is_answered(self) -> bool:
        """Say whether no gateway owes an answer."""
        return not (await self.handle.describe()).raw_description.pending_activities

    async def ends(self) -> Stage:
        """Return how the recovery ended."""
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            return await self.handle.result()

    async def is_retried(self) -> None:
        """Have an operator try the failed send again."""
        await self.handle.execute_update("retry_send", Retry("Claude Exemple"), rpc_timeout=_PATIENCE)

    async def is_cancelled(self) -> Stage:
        """Have an operator cancel the recovery, and return how it ended."""
        order = Cancel("Claude Exemple", "demande par téléphone")
        return Stage(await self.handle.execute_update("cancel", order, result_type=Stage, rpc_timeout=_PATIENCE))

    async def leaves(self) -> None:
        """End the recovery, if it lives."""
        with suppress(RPCError):
            await self.handle.terminate("the test is over")

    async def _is_at(self, stage: Stage) -> bool:
        found = (await self.handle.describe()).typed_search_attributes
        return found.get(search_attributes.STAGE, "") == stage


def _submission(request: str) -> Submission:
    return Submission(request, Channel.SMS, "sealed proofs", "sealed number", "•• •• •• •• 78")
