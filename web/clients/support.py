"""Support requests: each is sealed, and delivered by a workflow of its own."""

import json
from dataclasses import dataclass
from enum import StrEnum

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.security.hashing import KeyedHash
from activities.security.purposes import LETTER
from activities.security.vault import Vault
from activities.sending.support_desk import SupportLetter
from activities.sending.support_limits import LetterSender, SupportLimits, SupportRefusal
from election.settings import Election
from web.clients.request_ids import RequestIds
from workflows.contracts import options, search_attributes
from workflows.recoveries.support_request import SupportRequest
from workflows.runtime.temporal_calls import QUERY_TIMEOUT, UPDATE_TIMEOUT, WorkflowOverError, translate_errors

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

    `references` are those of the elector's recoveries, in one text; `address` is the network address, which is no part of
    what was typed.
    """

    form_id: str
    reply_to: str
    message: str
    elector_id: str = ""
    references: str = ""
    address: str = ""

    @property
    def typed(self) -> tuple[str, ...]:
        """What makes it another request than the others."""
        return (self.form_id, self.reply_to, self.message, self.elector_id, self.references)


@dataclass(frozen=True)
class SupportRequestResult:
    """The reference of an accepted support request, or the limit that it has reached."""

    reference: str = ""
    refusal: SupportRefusal | None = None


class SupportClient:
    """Submits support requests and reads their status; the same form sent twice is one support request."""

    def __init__(
        self, client: Client, election: Election, vault: Vault, limits: SupportLimits, form_key: bytes
    ) -> None:
        self._client = client
        self._election = election
        self._vault = vault
        self._limits = limits
        self._hash = KeyedHash(form_key)
        self._request_ids = RequestIds(form_key)

    async def submit(self, support_request: NewSupportRequest) -> SupportRequestResult:
        """Start the delivery of a support request, and return its reference.

        Raises:
            TemporalUnavailableError: Temporal does not answer.
        """
        typed = support_request.typed
        request_id, reference = self._request_ids.of("support", *typed), self._reference(*typed)
        if await self.status(reference) is not None:
            return SupportRequestResult(reference)  # the second of two clicks
        refusal = await self._limits.count(self._sender(support_request, request_id))
        if refusal is not None:
            return SupportRequestResult(refusal=refusal)
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
        except WorkflowOverError:
            return None
        match found.status:
            case WorkflowExecutionStatus.RUNNING:
                return SupportRequestStatus.SENDING
            case WorkflowExecutionStatus.COMPLETED:
                return SupportRequestStatus.DELIVERED
            case _:
                return SupportRequestStatus.NOT_DELIVERED

    def _sender(self, support_request: NewSupportRequest, request_id: str) -> LetterSender:
        elector_id, address = support_request.elector_id, support_request.address
        subject = elector_id or self._hash.hash("support-asker", support_request.reply_to.lower())
        return LetterSender(subject, request_id, address, has_signed_in=bool(elector_id))

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
        number, characters = int(self._hash.hash("support", *typed), 16), ""
        for _ in range(2 * _HALF):
            number, position = divmod(number, len(_ALPHABET))
            characters += _ALPHABET[position]
        return f"{characters[:_HALF]}-{characters[_HALF:]}"
