"""Recoveries of voting codes: submits requests, reads their status, opens their links."""

from datetime import timedelta

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle, WorkflowUpdateFailedError

from activities.proofs.attempts import Attempts, AttemptScope
from activities.recoveries.links import LinkRecord, Links
from activities.recoveries.requests import VotingCodeSubmission
from activities.recoveries.voting_code import OpenLink
from activities.security.purposes import CONTACT, PROOFS
from activities.security.vault import Vault
from election import procedures
from election.procedures import Procedure
from election.settings import Election
from election.stages import Stage
from election.verdicts import LinkVerdict, Verdict
from web.clients.challenge_request import ChallengeRequest
from web.clients.france_connect_request import FranceConnectRequest
from web.clients.link import LinkClient
from web.clients.request_ids import RequestIds
from web.clients.temporal_calls import (
    QUERY_TIMEOUT,
    UPDATE_TIMEOUT,
    RecoveryNotFoundError,
    TemporalUnavailableError,
    retry_while_busy,
    retry_while_ending,
    time_limit,
)
from workflows.contracts.messages import Answer, RecoveryStatus, SealedSecret
from workflows.contracts.recovery_terms import terms_of
from workflows.recoveries.starting import start_options
from workflows.recoveries.voting_code import VotingCodeRecovery

_BANNER_TIMEOUT = timedelta(seconds=1)


class VotingCodeClient:
    """Starts and queries recoveries of voting codes; their workflow id is derived from the elector's."""

    def __init__(
        self,
        client: Client,
        election: Election,
        vault: Vault,
        attempts: Attempts,
        links: Links,
        form_key: bytes,
    ) -> None:
        self._client = client
        self._link_client = LinkClient(client)
        self._election = election
        self._vault = vault
        self._attempts = attempts
        self._links = links
        self._request_ids = RequestIds(form_key)

    async def submit(self, elector_id: str, request: ChallengeRequest | FranceConnectRequest) -> Answer:
        """Return the answer to a request; the same form sent twice is judged once.

        Raises:
            TemporalUnavailableError: no answer in time; the request may have been accepted all the same.
        """
        request_id = self._request_ids.of("request", elector_id, *vars(request).values())
        until = await self._attempts.paused_until(elector_id, AttemptScope.RECOVERY)
        # A paused elector's form reaches the recovery only while the same form is being judged, for its one
        # answer: the server takes 2,000 updates of a running recovery, and the voter's click must be one of them.
        if until is not None and not await self._vault.has_key(request_id, PROOFS):
            return Answer(Verdict.PAUSED, until)
        clear = {PROOFS: request.proofs, CONTACT: request.contact}
        sealed = await self._vault.seal(workflow_id_of(elector_id), request_id, clear)
        channel, hint, kind = request.channel, request.hint, request.kind
        submission = VotingCodeSubmission(request_id, channel, sealed[PROOFS], sealed[CONTACT], hint, kind)
        return await retry_while_ending(lambda: self._submit(elector_id, submission))

    async def status(self, elector_id: str, within: timedelta = QUERY_TIMEOUT) -> RecoveryStatus | None:
        """Return the status of the elector's recovery, or None when there is none.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        try:
            async with time_limit(within):
                return await self._handle(elector_id).query(VotingCodeRecovery.status, rpc_timeout=within)
        except RecoveryNotFoundError:
            return None

    async def banner_status(self, elector_id: str) -> RecoveryStatus | None:
        """Return the same as `status`, or None when there is no answer within a second: the page shows no banner."""
        try:
            return await self.status(elector_id, _BANNER_TIMEOUT)
        except TemporalUnavailableError:
            return None

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
        except (RecoveryNotFoundError, WorkflowUpdateFailedError):
            return Answer(Verdict.NOTHING_TO_SEND)

    async def open_link(self, link_record: LinkRecord, public_key: str) -> SealedSecret | LinkVerdict:
        """Use up a link, and return the code sealed to this browser, or why the link cannot be used.

        Raises:
            TemporalUnavailableError: no answer in time; a code that was reissued is kept for this browser.
        """
        if link_record.ending is not LinkVerdict.LIVE:
            return link_record.ending  # without asking the recovery: a reset workflow cannot revive a used link
        signature = self._links.sign_click(link_record.workflow_id, link_record.link_id, public_key)
        click = OpenLink(link_record.link_id, public_key, signature)
        return await self._link_client.use(link_record, VotingCodeRecovery.open_link, click)

    async def _submit(self, elector_id: str, submission: VotingCodeSubmission) -> Answer:
        start = WithStartWorkflowOperation(
            VotingCodeRecovery.run,
            terms_of(self._election, Procedure.VOTING_CODE, elector_id),
            **start_options(self._election, Procedure.VOTING_CODE, elector_id),
        )
        return await self._client.execute_update_with_start_workflow(
            VotingCodeRecovery.submit,
            submission,
            start_workflow_operation=start,
            id=submission.request_id,
            rpc_timeout=UPDATE_TIMEOUT,
        )

    def _handle(self, elector_id: str) -> WorkflowHandle[VotingCodeRecovery, Stage]:
        return self._client.get_workflow_handle_for(VotingCodeRecovery.run, workflow_id_of(elector_id))


def workflow_id_of(elector_id: str) -> str:
    """Return the workflow id of an elector's recovery."""
    return procedures.workflow_id_of(Procedure.VOTING_CODE, elector_id)
