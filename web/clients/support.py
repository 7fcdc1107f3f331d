"""Support requests: each is sealed, and delivered by a workflow of its own."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.proofs.attempts import Attempt, Attempts, AttemptScope
from activities.security.hashing import KeyedHash
from activities.security.purposes import LETTER
from activities.security.vault import Vault
from activities.sending.support_desk import SupportLetter
from election.settings import Election
from web.clients.request_ids import RequestIds
from web.clients.temporal_calls import QUERY_TIMEOUT, UPDATE_TIMEOUT, RecoveryNotFoundError, translate_errors
from workflows.contracts import options, search_attributes
from workflows.recoveries.support_request import SupportRequest

PREFIX = "assistance"
_ALPHABET = "ACDEFHJKLMNPQRTUVWXY3479"  # none that look alike: a reference is read out on the phone
_HALF = 5


class SupportRequestStatus(StrEnum):
    """What became of a support request."""

    SENDING = "sending"
    DELIVERED = "delivered"
    NOT_DELIVERED = "not_delivered"


@dataclass(frozen=True)
class NewSupportRequest:
    """What a voter typed; `elector_id` is empty without a sign-in, `form_id` is the form's own.

    `references` are those of the elector's recoveries, in one text.
    """

    form_id: str
    reply_to: str
    message: str
    elector_id: str = ""
    references: str = ""


@dataclass(frozen=True)
class SupportRequestResult:
    """The reference of an accepted support request, or the instant until which no other one is accepted."""

    reference: str = ""
    until: datetime | None = None


class SupportClient:
    """Submits support requests and reads their status; the same form sent twice is one support request."""

    def __init__(
        self, client: Client, election: Election, vault: Vault, attempts: Attempts, form_key: bytes
    ) -> None:
        self._client = client
        self._election = election
        self._vault = vault
        self._attempts = attempts
        self._hash = KeyedHash(form_key)
        self._request_ids = RequestIds(form_key)

    async def submit(self, support_request: NewSupportRequest) -> SupportRequestResult:
        """Start the delivery of a support request, and return its reference.

        Raises:
            TemporalUnavailableError: Temporal does not answer.
        """
        typed = vars(support_request).values()
        request_id, reference = self._request_ids.of("support", *typed), self._reference(*typed)
        subject = support_request.elector_id or self._hash.hash("support-asker", support_request.reply_to.lower())
        until = await self._attempts.count(Attempt(subject, AttemptScope.SUPPORT, request_id))
        if until is not None:
            return SupportRequestResult(until=until)
        workflow_id = f"{PREFIX}/{reference}"
        clear = json.dumps({"reply_to": support_request.reply_to, "message": support_request.message})
        sealed = await self._vault.seal(workflow_id, request_id, {LETTER: clear})
        await self._start(
            SupportLetter(workflow_id, reference, request_id, sealed[LETTER], support_request.references)
        )
        return SupportRequestResult(reference)

    async def status(self, reference: str) -> SupportRequestStatus | None:
        """Return what became of a support request, or None when there is none of that reference.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        handle = self._client.get_workflow_handle(f"{PREFIX}/{reference}")
        try:
            with translate_errors():
                found = await handle.describe(rpc_timeout=QUERY_TIMEOUT)
        except RecoveryNotFoundError:
            return None
        match found.status:
            case WorkflowExecutionStatus.RUNNING:
                return SupportRequestStatus.SENDING
            case WorkflowExecutionStatus.COMPLETED:
                return SupportRequestStatus.DELIVERED
            case _:
                return SupportRequestStatus.NOT_DELIVERED

    async def _start(self, letter: SupportLetter) -> None:
        try:
            with translate_errors():
                await self._client.start_workflow(
                    SupportRequest.run,
                    letter,
                    id=letter.workflow_id,
                    task_queue=options.RECOVERIES,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    static_summary=f"Message à l’assistance {letter.reference}",
                    search_attributes=search_attributes.at_start(PREFIX, self._election.id),
                    rpc_timeout=UPDATE_TIMEOUT,
                )
        except WorkflowAlreadyStartedError:
            return  # the same support request, delivered already

    def _reference(self, *typed: str) -> str:
        number, characters = int(self._hash.hash("support", "\0".join(typed)), 16), ""
        for _ in range(2 * _HALF):
            number, position = divmod(number, len(_ALPHABET))
            characters += _ALPHABET[position]
        return f"{characters[:_HALF]}-{characters[_HALF:]}"
