"""The door's side of the identifiers' recoveries: a request in, its status out. It decides nothing."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowUpdateFailedError
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy

from activities.proofs.attempts import Attempts, AttemptScope
from activities.proofs.numen import NumenProof
from activities.security.hashing import KeyedHash
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import Vault
from election import procedures
from election.procedures import Procedure
from election.settings import Election
from election.stages import Channel, Stage
from election.verdicts import Verdict
from web.clients.calls import RecoveryNotFoundError, TemporalUnavailableError, answered, handed_in, within
from web.clients.response_floor import with_response_floor
from web.clients.voting_code import LOOK_PATIENCE, PATIENCE
from workflows.contracts import options, search_attributes
from workflows.contracts.messages import Answer, RecoveryStatus, Submission
from workflows.contracts.recovery_terms import terms_of
from workflows.recoveries.identifier import IdentifierRecovery

_ID_LENGTH = 32  # 128 bits, in hexadecimal
_TRIES = 4
_PAUSE = 0.25  # seconds: a recovery that is just ending has ended by then


@dataclass(frozen=True)
class IdentifierRequest:
    """An identifier form that is rightly filled in; `form_key` is the form's own."""

    form_key: str
    numen: str
    birth_date: str
    phone: str
    hint: str


class IdentifierClient:
    """Starts and asks recoveries of identifiers; their id is the NUMEN's, so one lives at most."""

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
        self._hash = KeyedHash(form_key)

    async def ask(self, request: IdentifierRequest) -> None:
        """Hand a request in of whoever has not signed in; nothing is learnt of it.

        Raises:
            TemporalUnavailableError: the server does not answer.
        """
        await with_response_floor(self._ask(request))

    async def submit(self, elector: str, request: IdentifierRequest) -> Answer:
        """Return the answer to a request of an elector who has signed in.

        Raises:
            TemporalUnavailableError: no answer in time; the request may have been taken all the same.
        """
        subject = await self._proof.subject_of(elector)
        until = await self._attempts.paused_until(subject, AttemptScope.IDENTIFIER)
        if until is not None:
            return Answer(Verdict.PAUSED, until)
        submission = await self._sealed(subject, elector, request)
        for _ in range(_TRIES):
            try:
                return await handed_in(lambda: self._submit(subject, submission))
            except (RecoveryNotFoundError, WorkflowUpdateFailedError):
                await asyncio.sleep(_PAUSE)
        raise TemporalUnavailableError

    async def status(self, elector: str) -> RecoveryStatus | None:
        """Return where the elector's recovery stands, or None when there is none to speak of.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        workflow_id = _id_of(await self._proof.subject_of(elector))
        handle = self._client.get_workflow_handle_for(IdentifierRecovery.run, workflow_id)
        try:
            async with within(LOOK_PATIENCE):
                return await handle.query(IdentifierRecovery.status, rpc_timeout=LOOK_PATIENCE)
        except RecoveryNotFoundError:
            return None

    async def reference(self, elector: str) -> str:
        """Return how the elector's recovery is called on the phone."""
        return procedures.reference_of(await self._proof.subject_of(elector))

    async def _ask(self, request: IdentifierRequest) -> None:
        subject = self._proof.subject(request.numen)
        if await self._attempts.paused_until(subject, AttemptScope.IDENTIFIER) is not None:
            return  # by what was typed, on the roll or not
        submission = await self._sealed(subject, "", request)
        with answered():
            await self._client.start_workflow(
                IdentifierRecovery.run,
                terms_of(self._election, Procedure.IDENTIFIER, subject),
                start_signal="ask",
                start_signal_args=[submission],
                rpc_timeout=PATIENCE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                **self._started(subject),
            )

    async def _sealed(self, subject: str, elector: str, request: IdentifierRequest) -> Submission:
        key = self._hash.of("request", "\0".join((elector, *vars(request).values())))[:_ID_LENGTH]
        proofs = {"numen": request.numen, "birth_date": request.birth_date, "elector": elector}
        clear = {PROOFS: json.dumps(proofs), CONTACT: request.phone}
        sealed = await self._vault.seal(_id_of(subject), key, clear)
        return Submission(key, Channel.SMS, sealed[PROOFS], sealed[CONTACT], request.hint)

    async def _submit(self, subject: str, submission: Submission) -> Answer:
        start = WithStartWorkflowOperation(
            IdentifierRecovery.run,
            terms_of(self._election, Procedure.IDENTIFIER, subject),
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            **self._started(subject),
        )
        return await self._client.execute_update_with_start_workflow(
            IdentifierRecovery.submit,
            submission,
            start_workflow_operation=start,
            id=submission.request,
            rpc_timeout=PATIENCE,
        )

    def _started(self, subject: str) -> dict[str, Any]:
        attributes = [
            SearchAttributePair(search_attributes.STAGE, Stage.VERIFYING.value),
            SearchAttributePair(search_attributes.PROCEDURE, Procedure.IDENTIFIER.value),
            SearchAttributePair(search_attributes.ELECTION, self._election.id),
        ]
        return {
            "id": _id_of(subject),
            "task_queue": options.RECOVERIES,
            "static_summary": f"Identifiant électeur, {self._election.name}",
            "search_attributes": TypedSearchAttributes(attributes),
        }


def _id_of(subject: str) -> str:
    return procedures.workflow_id_of(Procedure.IDENTIFIER, subject)
