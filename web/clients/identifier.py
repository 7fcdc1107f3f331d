"""Recoveries of identifiers: submits requests and reads their status."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from temporalio.client import Client, WithStartWorkflowOperation

from activities.proofs.numen import NumenProof
from activities.recoveries.identifier import IdentifierSubmission
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import Vault
from election import procedures
from election.procedures import Procedure
from election.stages import Stage
from election.text.translation import language
from election.verdicts import Verdict
from web.clients.answered_request import is_accepted, submit, too_soon
from web.clients.request_ids import RequestIds
from web.clients.response_floor import with_response_floor
from web.following.status import RecoveryStatuses
from workflows.contracts.messages import Answer, RecoveryStatus
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.starting import RecoveryStarts
from workflows.runtime.temporal_calls import UPDATE_TIMEOUT, translate_errors


@dataclass(frozen=True)
class IdentifierRequest:
    """An identifier form whose fields are all valid; `form_id` is the form's own, `hint` the masked number.

    `wording` is the id of the sentence that the voter agreed to.
    """

    form_id: str
    numen: str
    birth_date: str
    phone: str
    hint: str
    wording: str = ""


class IdentifierClient:
    """Starts and queries recoveries of identifiers; their workflow id is derived from the NUMEN."""

    def __init__(
        self,
        client: Client,
        statuses: RecoveryStatuses,
        starts: RecoveryStarts,
        vault: Vault,
        proof: NumenProof,
        form_key: bytes,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._statuses = statuses
        self._now = now
        self._starts = starts
        self._vault = vault
        self._proof = proof
        self._request_ids = RequestIds(form_key)

    async def submit_anonymously(self, request: IdentifierRequest) -> None:
        """Submit a request of a voter who has not signed in; the result does not reveal whether it was accepted.

        Raises:
            TemporalUnavailableError: the server does not answer.
        """
        await with_response_floor(self._signal(request))

    async def submit(self, elector_id: str, request: IdentifierRequest) -> Answer:
        """Return the answer to a request of an elector who has signed in.

        Raises:
            TemporalUnavailableError: no answer in time; the request may have been accepted all the same.
        """
        request_id = self._request_id(elector_id, request)
        if await is_accepted(self._vault, request_id):
            return Answer(Verdict.ACCEPTED)
        subject = await self._proof.subject_of(elector_id)
        attempt = self._proof.attempt(subject, "", elector_id)
        refusal = await self._proof.attempts(elector_id).refusal(attempt.subject, attempt.scope)
        if refusal is not None:
            return Answer(refusal.verdict, refusal.until)
        early = await too_soon(await self.status(elector_id), self._now(), self._vault, request_id)
        if early is not None:
            return early
        submission = await self._seal(subject, elector_id, request)
        return await submit(self._client, lambda: self._start(subject), IdentifierRecovery.submit, submission)

    async def workflow_id(self, elector_id: str) -> str:
        """Return the workflow id of the elector's recovery."""
        return _id_of(await self._proof.subject_of(elector_id))

    async def status(self, elector_id: str) -> RecoveryStatus | None:
        """Return the status of the elector's recovery, or None when there is none."""
        return await self._statuses.find(await self.workflow_id(elector_id))

    async def reference(self, elector_id: str) -> str:
        """Return the reference of the elector's recovery, which the voter gives to the support desk."""
        return procedures.reference_of(await self._proof.subject_of(elector_id))

    async def _signal(self, request: IdentifierRequest) -> None:
        subject = self._proof.subject(request.numen)
        attempt = self._proof.attempt(subject, "")
        if await self._proof.attempts().refusal(attempt.subject, attempt.scope) is not None:
            return  # counted by the typed NUMEN, on the roll or not
        if await is_accepted(self._vault, self._request_id("", request)):
            return
        submission = await self._seal(subject, "", request)
        with translate_errors():
            await self._client.start_workflow(
                IdentifierRecovery.run,
                start_signal="submit_by_signal",
                start_signal_args=[submission],
                rpc_timeout=UPDATE_TIMEOUT,
                **self._starts.options(Procedure.IDENTIFIER, subject),
            )

    def _request_id(self, elector_id: str, request: IdentifierRequest) -> str:
        return self._request_ids.of("request", elector_id, *vars(request).values())

    async def _seal(self, subject: str, elector_id: str, request: IdentifierRequest) -> IdentifierSubmission:
        request_id = self._request_id(elector_id, request)
        proofs = {"numen": request.numen, "birth_date": request.birth_date, "elector": elector_id}
        clear = {PROOFS: json.dumps(proofs), CONTACT: request.phone}
        sealed = await self._vault.seal(_id_of(subject), request_id, clear)
        envelopes = (sealed[PROOFS], sealed[CONTACT])
        return IdentifierSubmission(request_id, *envelopes, request.hint, request.wording, language())

    def _start(self, subject: str) -> WithStartWorkflowOperation[IdentifierRecovery, Stage]:
        return WithStartWorkflowOperation(
            IdentifierRecovery.run, **self._starts.options(Procedure.IDENTIFIER, subject)
        )


def _id_of(subject: str) -> str:
    return procedures.workflow_id_of(Procedure.IDENTIFIER, subject)
