"""Requests for whose answer the voter waits: when one comes too soon, and how it is submitted."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.workflow import UpdateMethodMultiParam

from activities.recoveries.identifier import IdentifierSubmission
from activities.recoveries.requests import VotingCodeSubmission
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import Vault
from workflows.contracts.messages import Answer, RecoveryStatus
from workflows.runtime.temporal_calls import UPDATE_TIMEOUT, request_while_ending

_Submission = TypeVar("_Submission", IdentifierSubmission, VotingCodeSubmission)


async def too_soon(status: RecoveryStatus | None, now: datetime, vault: Vault, request_id: str) -> Answer | None:
    """Return TOO_SOON and until when, or None: without an update of the recovery, of which a run takes 2,000.

    A form that is sent twice is no second request: it has its contact's key.
    """
    answer = status.too_soon(now) if status else None
    return answer if answer and not await vault.has_key(request_id, CONTACT) else None


async def is_accepted(vault: Vault, request_id: str) -> bool:
    """Return whether a form that is sent again was accepted before: its contact's key is kept, its proofs' is destroyed.

    Sealed again, its proofs would have a key that no judgement destroys, since the recovery judges a request once. Both are read
    at once: a refusal destroys both.
    """
    return await vault.kept(request_id, {CONTACT, PROOFS}) == {CONTACT}


async def submit(
    client: Client,
    start: Callable[[], WithStartWorkflowOperation[Any, Any]],
    update: UpdateMethodMultiParam[[Any, _Submission], Answer],
    submission: _Submission,
) -> Answer:
    """Return the answer of the running recovery, or of the one that this begins; sent twice, a submission is judged once.

    Raises:
        TemporalUnavailableError: no answer in time; the request may have been accepted all the same.
    """
    return await request_while_ending(
        lambda: client.execute_update_with_start_workflow(
            update,
            submission,
            start_workflow_operation=start(),
            id=submission.request_id,
            rpc_timeout=UPDATE_TIMEOUT,
        )
    )
