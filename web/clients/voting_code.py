"""Recoveries of voting codes: submits requests, reads their status, opens their links."""

from collections.abc import Callable
from datetime import datetime

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle, WorkflowUpdateFailedError

from activities.proofs.attempts import Attempts, AttemptScope
from activities.recoveries import clicks
from activities.recoveries.links import LinkRecord
from activities.recoveries.requests import VotingCodeSubmission
from activities.recoveries.voting_code import OpenLink
from activities.security.purposes import CONTACT, PROOFS
from activities.security.signatures import SigningKey
from activities.security.vault import Vault
from election import procedures
from election.procedures import Procedure
from election.stages import Stage
from election.text.translation import language
from election.verdicts import LinkVerdict, Verdict
from web.clients.answered_request import is_accepted, submit, too_soon
from web.clients.challenge_request import ChallengeRequest
from web.clients.france_connect_request import FranceConnectRequest
from web.clients.link import LinkClient
from web.clients.request_ids import RequestIds
from web.following.status import RecoveryStatuses
from workflows.contracts.messages import Answer, RecoveryStatus, SealedSecret
from workflows.recoveries.starting import RecoveryStarts
from workflows.recoveries.voting_code import VotingCodeRecovery
from workflows.runtime.temporal_calls import (
    UPDATE_TIMEOUT,
    WorkflowOverError,
    retry_while_busy,
)


class VotingCodeClient:
    """Starts and queries recoveries of voting codes; their workflow id is derived from the elector's."""

    def __init__(
        self,
        client: Client,
        statuses: RecoveryStatuses,
        starts: RecoveryStarts,
        vault: Vault,
        attempts: Attempts,
        signing_key: SigningKey,
        form_key: bytes,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._statuses = statuses
        self._now = now
        self._link_client = LinkClient(client, signing_key)
        self._starts = starts
        self._vault = vault
        self._attempts = attempts
        self._signing_key = signing_key
        self._request_ids = RequestIds(form_key)

    async def submit(self, elector_id: str, request: ChallengeRequest | FranceConnectRequest) -> Answer:
        """Return the answer to a request; the same form sent twice is judged once.

        Raises:
            TemporalUnavailableError: no answer in time; the request may have been accepted all the same.
        """
        request_id = self._request_ids.of("request", elector_id, *vars(request).values())
        answer = await self._known_answer(elector_id, request_id)
        if answer is not None:
            return answer
        clear = {PROOFS: request.proofs, CONTACT: request.contact}
        sealed = await self._vault.seal(workflow_id_of(elector_id), request_id, clear)
        channel, hint, kind = request.channel, request.hint, request.kind
        submission = VotingCodeSubmission(
            request_id, channel, sealed[PROOFS], sealed[CONTACT], hint, kind, request.wording, language()
        )
        return await submit(self._client, lambda: self._start(elector_id), VotingCodeRecovery.submit, submission)

    async def status(self, elector_id: str) -> RecoveryStatus | None:
        """Return the status of the elector's recovery, or None when there is none."""
        return await self._statuses.find(workflow_id_of(elector_id))

    async def send_again(self, elector_id: str) -> Answer:
        """Return the answer to a request for another link to the same destination.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        handle = self._handle(elector_id)
        try:
            return await retry_while_busy(
                lambda: handle.execute_update(VotingCodeRecovery.send_again, rpc_timeout=UPDATE_TIMEOUT)
            )
        except (WorkflowOverError, WorkflowUpdateFailedError):
            return Answer(Verdict.NOTHING_TO_SEND)

    async def open_link(self, link_record: LinkRecord, public_key: str) -> SealedSecret | LinkVerdict:
        """Use up a link, and return the code sealed to this browser, or why the link cannot be used.

        Raises:
            TemporalUnavailableError: no answer in time; a code that was reissued is kept for this browser.
        """
        if link_record.ending is not LinkVerdict.LIVE:
            return link_record.ending  # without asking the recovery: a reset workflow cannot revive a used link
        click = OpenLink(link_record.link_id, public_key)
        signed = clicks.signed(self._signing_key, link_record.workflow_id, click)
        click_id = self._request_ids.of("click", link_record.link_id, public_key)
        return await self._link_client.use(link_record, VotingCodeRecovery.open_link, signed, click_id)

    async def _known_answer(self, elector_id: str, request_id: str) -> Answer | None:
        """Return the answer to a request that is not worth an update of the running recovery, or None for one that is.

        The server takes 2,000 updates of a run, and the voter's click must be one of them. A form that is sent twice
        reaches the recovery all the same, for its one answer, while it is judged: it has its proofs' key.
        """
        if await is_accepted(self._vault, request_id):
            return Answer(Verdict.ACCEPTED)
        paused = await self._attempts.refusal(elector_id, AttemptScope.RECOVERY)
        if paused is not None and not await self._vault.has_key(request_id, PROOFS):
            return Answer(paused.verdict, paused.until)
        return await too_soon(await self.status(elector_id), self._now(), self._vault, request_id)

    def _start(self, elector_id: str) -> WithStartWorkflowOperation[VotingCodeRecovery, Stage]:
        return WithStartWorkflowOperation(
            VotingCodeRecovery.run, **self._starts.options(Procedure.VOTING_CODE, elector_id)
        )

    def _handle(self, elector_id: str) -> WorkflowHandle[VotingCodeRecovery, Stage]:
        return self._client.get_workflow_handle(workflow_id_of(elector_id))


def workflow_id_of(elector_id: str) -> str:
    """Return the workflow id of an elector's recovery."""
    return procedures.workflow_id_of(Procedure.VOTING_CODE, elector_id)
