"""The door's side of the voting code's recoveries: a request in, its status out. It decides nothing."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError

from activities.proofs.attempts import Attempts, AttemptScope
from activities.security.hashing import KeyedHash
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import Vault
from election import procedures
from election.procedures import Procedure
from election.proofs.kinds import Proof
from election.settings import Election
from election.stages import Channel, Stage
from election.verdicts import Verdict
from web.clients.calls import RecoveryNotFoundError, TemporalUnavailableError, handed_in, within
from web.clients.identified import Identified
from workflows.contracts import options, search_attributes
from workflows.contracts.messages import Answer, RecoveryStatus, Submission
from workflows.contracts.recovery_terms import terms_of
from workflows.recoveries.voting_code import VotingCodeRecovery

PATIENCE = timedelta(seconds=10)
LOOK_PATIENCE = timedelta(seconds=4)  # a page that shows something is soon loaded again
_ID_LENGTH = 32  # 128 bits, in hexadecimal
_IMPATIENCE = timedelta(seconds=1)
_TRIES = 4
_PAUSE = 0.25  # seconds: a recovery that is just ending has ended by then


@dataclass(frozen=True)
class Request:
    """A challenge form that is rightly filled in; `form_key` is the form's own."""

    form_key: str
    answer: str
    proof: str
    channel: Channel
    contact: str
    hint: str
    kind: ClassVar[Proof] = Proof.CHALLENGE

    @property
    def proofs(self) -> str:
        """The content of the envelope."""
        return json.dumps({"answer": self.answer, "proof": self.proof})


class VotingCodeClient:
    """Starts and asks recoveries of voting codes; their id is the elector's, so one lives at most."""

    def __init__(
        self, client: Client, election: Election, vault: Vault, attempts: Attempts, form_key: bytes
    ) -> None:
        self._client = client
        self._election = election
        self._vault = vault
        self._attempts = attempts
        self._hash = KeyedHash(form_key)

    async def submit(self, elector: str, request: Request | Identified) -> Answer:
        """Return the answer to a request; the very same form sent twice is judged once.

        Raises:
            TemporalUnavailableError: no answer in time; the request may have been taken all the same.
        """
        workflow_id = workflow_id_of(elector)
        key = self._hash.of("request", "\0".join((elector, *vars(request).values())))[:_ID_LENGTH]
        until = await self._attempts.paused_until(elector, AttemptScope.RECOVERY)
        # Only a form that is being judged at this moment is handed on all the same, for its one answer: the
        # server takes 2,000 updates of a recovery that lives, and the voter's own click must be one of them.
        if until is not None and not await self._vault.keeps(key, PROOFS):
            return Answer(Verdict.PAUSED, until)
        sealed = await self._vault.seal(workflow_id, key, {PROOFS: request.proofs, CONTACT: request.contact})
        channel, hint, kind = request.channel, request.hint, request.kind
        submission = Submission(key, channel, sealed[PROOFS], sealed[CONTACT], hint, kind)
        for _ in range(_TRIES):
            try:
                return await handed_in(lambda: self._submit(workflow_id, elector, submission))
            except WorkflowUpdateFailedError as error:
                if not _had_just_ended(error):
                    raise TemporalUnavailableError from error
            except RecoveryNotFoundError:
                pass
            await asyncio.sleep(_PAUSE)
        raise TemporalUnavailableError

    async def reminder(self, elector: str) -> RecoveryStatus | None:
        """Return the same as `status`, or None at once when nobody answers: other pages do without it."""
        try:
            return await self.status(elector, _IMPATIENCE)
        except TemporalUnavailableError:
            return None

    async def status(self, elector: str, patience: timedelta = LOOK_PATIENCE) -> RecoveryStatus | None:
        """Return where the elector's recovery stands, or None when there is none to speak of.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        handle = self._handle(elector)
        try:
            async with within(patience):
                return await handle.query(VotingCodeRecovery.status, rpc_timeout=patience)
        except RecoveryNotFoundError:
            return None

    async def send_again(self, elector: str) -> Answer:
        """Return the answer to a wish for another send.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        handle = self._handle(elector)
        try:
            return await handed_in(
                lambda: handle.execute_update(VotingCodeRecovery.send_again, rpc_timeout=PATIENCE)
            )
        except (RecoveryNotFoundError, WorkflowUpdateFailedError):
            return Answer(Verdict.NOTHING_TO_SEND)

    async def _submit(self, workflow_id: str, elector: str, submission: Submission) -> Answer:
        start = WithStartWorkflowOperation(
            VotingCodeRecovery.run,
            terms_of(self._election, Procedure.VOTING_CODE, elector),
            id=workflow_id,
            task_queue=options.RECOVERIES,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"Code de vote, {self._election.name}",
            search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(search_attributes.STAGE, Stage.VERIFYING),
                    SearchAttributePair(search_attributes.PROCEDURE, Procedure.VOTING_CODE),
                    SearchAttributePair(search_attributes.ELECTION, self._election.id),
                ]
            ),
        )
        return await self._client.execute_update_with_start_workflow(
            VotingCodeRecovery.submit,
            submission,
            start_workflow_operation=start,
            id=submission.request,
            rpc_timeout=PATIENCE,
        )

    def _handle(self, elector: str) -> WorkflowHandle[VotingCodeRecovery, Stage]:
        return self._client.get_workflow_handle_for(VotingCodeRecovery.run, workflow_id_of(elector))


def workflow_id_of(elector: str) -> str:
    """Return the id of an elector's recovery: Temporal itself sees to it that only one lives."""
    return procedures.workflow_id_of(Procedure.VOTING_CODE, elector)


def _had_just_ended(error: WorkflowUpdateFailedError) -> bool:
    return isinstance(error.cause, ApplicationError) and error.cause.type == "AcceptedUpdateCompletedWorkflow"
