"""The door's side of a question to the support desk: sealed, and handed to a workflow of its own."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.proofs.attempts import Attempts, AttemptScope, Try
from activities.security.hashing import KeyedHash
from activities.security.purposes import LETTER
from activities.security.vault import Vault
from activities.sending.support_desk import SupportLetter
from election.settings import Election
from web.clients.calls import RecoveryNotFoundError, answered
from web.clients.voting_code import LOOK_PATIENCE, PATIENCE
from workflows.contracts import options, search_attributes
from workflows.recoveries.support_request import SupportRequest

PREFIX = "assistance"
_SIGNS = "ACDEFHJKLMNPQRTUVWXY3479"  # none that look alike: a reference is read out on the phone
_HALF = 5
_ID_LENGTH = 32  # 128 bits, in hexadecimal


class Fate(StrEnum):
    """What became of a question."""

    ON_ITS_WAY = "on_its_way"
    HANDED_OVER = "handed_over"
    NOT_DELIVERED = "not_delivered"


@dataclass(frozen=True)
class Question:
    """What a voter typed; `elector` is empty when nobody has signed in, `form_key` the form's own.

    `recovery` tells the references of the elector's recoveries.
    """

    form_key: str
    reply_to: str
    message: str
    elector: str = ""
    recovery: str = ""


@dataclass(frozen=True)
class Handed:
    """The reference of a question that was taken, or until when no other is."""

    reference: str = ""
    until: datetime | None = None


class SupportClient:
    """Starts and looks at questions; one form sent twice is one question."""

    def __init__(
        self, client: Client, election: Election, vault: Vault, attempts: Attempts, form_key: bytes
    ) -> None:
        self._client = client
        self._election = election
        self._vault = vault
        self._attempts = attempts
        self._hash = KeyedHash(form_key)

    async def hand_in(self, question: Question) -> Handed:
        """Return the reference of a question, whose answer is owed from then on.

        Raises:
            TemporalUnavailableError: nobody takes it now.
        """
        digest = self._hash.of("support", "\0".join(vars(question).values()))
        key, reference = digest[:_ID_LENGTH], _readable(digest)
        asker = question.elector or self._hash.of("support-asker", question.reply_to.lower())
        until = await self._attempts.count(Try(asker, AttemptScope.SUPPORT, key))
        if until is not None:
            return Handed(until=until)
        workflow_id = f"{PREFIX}/{reference}"
        clear = json.dumps({"reply_to": question.reply_to, "message": question.message})
        sealed = await self._vault.seal(workflow_id, key, {LETTER: clear})
        await self._start(SupportLetter(workflow_id, reference, key, sealed[LETTER], question.recovery))
        return Handed(reference)

    async def fate(self, reference: str) -> Fate | None:
        """Return what became of a question, or None when there is no such one.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        handle = self._client.get_workflow_handle(f"{PREFIX}/{reference}")
        try:
            with answered():
                found = await handle.describe(rpc_timeout=LOOK_PATIENCE)
        except RecoveryNotFoundError:
            return None
        match found.status:
            case WorkflowExecutionStatus.RUNNING:
                return Fate.ON_ITS_WAY
            case WorkflowExecutionStatus.COMPLETED:
                return Fate.HANDED_OVER
            case _:
                return Fate.NOT_DELIVERED

    async def _start(self, letter: SupportLetter) -> None:
        attributes = [
            SearchAttributePair(search_attributes.PROCEDURE, PREFIX),
            SearchAttributePair(search_attributes.ELECTION, self._election.id),
        ]
        try:
            with answered():
                await self._client.start_workflow(
                    SupportRequest.run,
                    letter,
                    id=letter.workflow_id,
                    task_queue=options.RECOVERIES,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    static_summary=f"Message à l’assistance {letter.reference}",
                    search_attributes=TypedSearchAttributes(attributes),
                    rpc_timeout=PATIENCE,
                )
        except WorkflowAlreadyStartedError:
            return  # the very same question, answered for already


def _readable(digest: str) -> str:
    number, signs = int(digest, 16), ""
    for _ in range(2 * _HALF):
        number, place = divmod(number, len(_SIGNS))
        signs += _SIGNS[place]
    return f"{signs[:_HALF]}-{signs[_HALF:]}"
