"""A scripted voter who recovers the identifier."""

from typing import TYPE_CHECKING, Any

from temporalio.client import WithStartWorkflowOperation

from activities.recoveries.identifier import IdentifierSubmission
from election.procedures import Procedure
from election.text.translation import SOURCE
from tests.workflows.scripted.recovery_voter import ANSWERED_WITHIN, RecoveryVoter
from workflows.recoveries.identifier import IdentifierRecovery

if TYPE_CHECKING:
    from workflows.contracts.messages import Answer


class IdentifierVoter(RecoveryVoter):
    """One voter and the voter's recovery of the identifier."""

    procedure = Procedure.IDENTIFIER

    async def asks(self, request_id: str = "request-1", language: str = SOURCE) -> "Answer":
        """Submit a request as a voter who has signed in: by an update."""
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            IdentifierRecovery.run, **self.start
        )
        return await self._environment.client.execute_update_with_start_workflow(
            IdentifierRecovery.submit,
            _submission(request_id, language),
            start_workflow_operation=start,
            id=request_id,
            rpc_timeout=ANSWERED_WITHIN,
        )

    async def asks_without_sign_in(self, request_id: str = "request-1") -> None:
        """Submit a request as a voter who has not signed in: by a signal."""
        await self._environment.client.start_workflow(
            IdentifierRecovery.run,
            start_signal="submit_by_signal",
            start_signal_args=[_submission(request_id)],
            **self.start,
        )

    async def receives(self, *, delivered: bool = True) -> None:
        """Signal the delivery receipt of the last SMS."""
        await self.receipt_comes(self.script.identifiers_tried[-1].message_id, delivered=delivered)

    async def sends_are_done(self) -> bool:
        """Return whether no activity is pending."""
        return not (await self.handle.describe()).raw_description.pending_activities


def _submission(request_id: str, language: str = SOURCE) -> IdentifierSubmission:
    envelopes = ("sealed proofs", "sealed number")
    return IdentifierSubmission(request_id, *envelopes, "•• •• •• •• 78", language=language)
