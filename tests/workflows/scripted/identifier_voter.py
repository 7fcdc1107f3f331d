"""An elector who lost the identifier, as workflow tests play one: asks, receives the SMS, waits."""

from typing import TYPE_CHECKING, Any

from temporalio.client import WithStartWorkflowOperation

from activities.recoveries.identifier import IdentifierSubmission
from election.procedures import Procedure
from tests.workflows.scripted.recovery_voter import ANSWERED_WITHIN, RecoveryVoter
from workflows.recoveries.identifier import IdentifierRecovery

if TYPE_CHECKING:
    from workflows.contracts.messages import Answer


class IdentifierVoter(RecoveryVoter):
    """One elector and the recovery of the identifier that is theirs."""

    procedure = Procedure.IDENTIFIER

    async def asks(self, request: str = "request-1") -> "Answer":
        """Submit a request as an elector who has signed in."""
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            IdentifierRecovery.run, self.terms, **self.start
        )
        return await self._environment.client.execute_update_with_start_workflow(
            IdentifierRecovery.submit,
            _submission(request),
            start_workflow_operation=start,
            id=request,
            rpc_timeout=ANSWERED_WITHIN,
        )

    async def asks_from_outside(self, request: str = "request-1") -> None:
        """Submit a request as somebody who has not signed in: by a signal, and without an answer."""
        await self._environment.client.start_workflow(
            IdentifierRecovery.run,
            self.terms,
            start_signal="ask",
            start_signal_args=[_submission(request)],
            **self.start,
        )

    async def receives(self, *, delivered: bool = True) -> None:
        """Have the receipt of the last SMS come."""
        await self.is_told(self.script.identifiers_tried[-1].message_id, delivered=delivered)

    async def is_answered(self) -> bool:
        """Return whether no gateway owes an answer."""
        return not (await self.handle.describe()).raw_description.pending_activities


def _submission(request: str) -> IdentifierSubmission:
    return IdentifierSubmission(request, "sealed proofs", "sealed number", "•• •• •• •• 78")
