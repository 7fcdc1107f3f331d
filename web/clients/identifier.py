"""Recoveries of identifiers: submits requests and reads their status."""

import json
from dataclasses import dataclass

from temporalio.client import Client, WithStartWorkflowOperation

from activities.proofs.attempts import Attempts, AttemptScope
from activities.proofs.numen import NumenProof
from activities.recoveries.identifier import IdentifierSubmission
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import Vault
from election import procedures
from election.procedures import Procedure
from election.settings import Election
from election.verdicts import Verdict
from web.clients.request_ids import RequestIds
from web.clients.response_floor import with_response_floor
from web.clients.temporal_calls import (
    QUERY_TIMEOUT,
    UPDATE_TIMEOUT,
    RecoveryNotFoundError,
    retry_while_ending,
    time_limit,
    translate_errors,
)
from workflows.contracts.messages import Answer, RecoveryStatus
from workflows.contracts.recovery_terms import terms_of
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.starting import start_options


@dataclass(frozen=True)
class IdentifierRequest:
    """An identifier form whose fields are all valid; `form_id` is the form's own, `hint` the masked number."""

    form_id: str
    numen: str
    birth_date: str
    phone: str
    hint: str


class IdentifierClient:
    """Starts and queries recoveries of identifiers; their workflow id is derived from the NUMEN."""

    def __init__(
        self,
        client: Client,
        election: Election,
        vault: Vault,
        attempts: Attempts,
        proof: NumenProof,
        form_key: bytes,
    ) -> None:
        self._client = client
        self._election = election
        self._vault = vault
        self._attempts = attempts
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
        subject = await self._proof.subject_of(elector_id)
        until = await self._attempts.paused_until(subject, AttemptScope.IDENTIFIER)
        if until is not None:
            return Answer(Verdict.PAUSED, until)
        submission = await self._seal(subject, elector_id, request)
        return await retry_while_ending(lambda: self._submit(subject, submission))

    async def status(self, elector_id: str) -> RecoveryStatus | None:
        """Return the status of the elector's recovery, or None when there is none.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        workflow_id = _id_of(await self._proof.subject_of(elector_id))
        handle = self._client.get_workflow_handle_for(IdentifierRecovery.run, workflow_id)
        try:
            async with time_limit(QUERY_TIMEOUT):
                return await handle.query(IdentifierRecovery.status, rpc_timeout=QUERY_TIMEOUT)
        except RecoveryNotFoundError:
            return None

    async def reference(self, elector_id: str) -> str:
        """Return the reference of the elector's recovery, which the voter gives to the support desk."""
        return procedures.reference_of(await self._proof.subject_of(elector_id))

    async def _signal(self, request: IdentifierRequest) -> None:
        subject = self._proof.subject(request.numen)
        if await self._attempts.paused_until(subject, AttemptScope.IDENTIFIER) is not None:
            return  # counted by the typed NUMEN, on the roll or not
        submission = await self._seal(subject, "", request)
        with translate_errors():
            await self._client.start_workflow(
                IdentifierRecovery.run,
                terms_of(self._election, Procedure.IDENTIFIER, subject),
                start_signal="submit_by_signal",
                start_signal_args=[submission],
                rpc_timeout=UPDATE_TIMEOUT,
                **start_options(self._election, Procedure.IDENTIFIER, subject),
            )

    async def _seal(self, subject: str, elector_id: str, request: IdentifierRequest) -> IdentifierSubmission:
        request_id = self._request_ids.of("request", elector_id, *vars(request).values())
        proofs = {"numen": request.numen, "birth_date": request.birth_date, "elector": elector_id}
        clear = {PROOFS: json.dumps(proofs), CONTACT: request.phone}
        sealed = await self._vault.seal(_id_of(subject), request_id, clear)
        return IdentifierSubmission(request_id, sealed[PROOFS], sealed[CONTACT], request.hint)

    async def _submit(self, subject: str, submission: IdentifierSubmission) -> Answer:
        start = WithStartWorkflowOperation(
            IdentifierRecovery.run,
            terms_of(self._election, Procedure.IDENTIFIER, subject),
            **start_options(self._election, Procedure.IDENTIFIER, subject),
        )
        return await self._client.execute_update_with_start_workflow(
            IdentifierRecovery.submit,
            submission,
            start_workflow_operation=start,
            id=submission.request_id,
            rpc_timeout=UPDATE_TIMEOUT,
        )


def _id_of(subject: str) -> str:
    return procedures.workflow_id_of(Procedure.IDENTIFIER, subject)
