"""Recoveries of identifier and password together (2011): asks for a link, and uses it."""

from functools import partial

from temporalio.client import Client, WithStartWorkflowOperation

from activities.accounts.roll import RecoveryClaimant
from activities.recoveries import clicks
from activities.recoveries.identifier_and_password import TakeCredentials
from activities.recoveries.links import LinkRecord
from activities.security.purposes import CONTACT
from activities.security.signatures import SigningKey
from activities.security.vault import Vault
from election.contacts import mask_email
from election.procedures import Procedure, subject_of
from election.stages import Stage
from election.text.translation import language
from election.verdicts import LinkVerdict
from web.clients.link import LinkClient
from web.clients.request_ids import RequestIds
from web.clients.response_floor import with_response_floor
from workflows.contracts.messages import SealedSecret
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.starting import RecoveryStarts, start_identifier_and_password
from workflows.runtime.temporal_calls import UPDATE_TIMEOUT, translate_errors


class IdentifierAndPasswordClient:
    """Starts and updates these recoveries; their workflow id is derived from the address that was typed."""

    def __init__(
        self, client: Client, starts: RecoveryStarts, vault: Vault, signing_key: SigningKey, form_key: bytes
    ) -> None:
        self._client = client
        self._link_client = LinkClient(client, signing_key)
        self._starts = starts
        self._vault = vault
        self._signing_key = signing_key
        self._request_ids = RequestIds(form_key)

    def request_id(self, claimant: RecoveryClaimant, form_id: str) -> str:
        """Return the id of a request for a link; the same form sent twice is one request."""
        return self._request_ids.of("link-request", claimant.recovery_subject, form_id)

    def attempt_id(self, link_record: LinkRecord, *typed: str) -> str:
        """Return the id of an attempt to prove an identity; the same form sent twice is counted once."""
        return self._request_ids.of("identity-attempt", link_record.link_id, *typed)

    async def request_link(self, claimant: RecoveryClaimant, request_id: str) -> None:
        """Ask for a link, which is sent only if the claimant is on the roll; the answer does not tell.

        The same `request_id` twice sends one link.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        start = start_identifier_and_password(
            self._client,
            self._starts,
            claimant.recovery_subject,
            claimant.elector_id or "",
            request_id,
            rpc_timeout=UPDATE_TIMEOUT,
            language=language(),
        )
        with translate_errors():
            await with_response_floor(start)

    async def open_link(
        self, link_record: LinkRecord, public_key: str, address: str, wording: str = ""
    ) -> SealedSecret | LinkVerdict:
        """Use up a link, and return the password sealed to this browser, or why the link cannot be used.

        The new identifier is sent to `address`; `wording` is the id of the sentence that the voter agreed to.

        Raises:
            TemporalUnavailableError: no answer in time; a password that was reissued is kept for this browser.
        """
        if link_record.ending is not LinkVerdict.LIVE:
            return link_record.ending  # without asking the recovery: a reset workflow cannot revive a used link
        click = await self._click(link_record, public_key, address, wording)
        update = IdentifierAndPasswordRecovery.take_credentials
        if link_record.awaits_recovery:
            start = partial(self._start, link_record)
            return await self._link_client.use_first(link_record, update, click, click.contact_id, start)
        return await self._link_client.use(link_record, update, click, click.contact_id)

    def _start(self, link_record: LinkRecord) -> WithStartWorkflowOperation[IdentifierAndPasswordRecovery, Stage]:
        subject = subject_of(link_record.workflow_id)
        return WithStartWorkflowOperation(
            IdentifierAndPasswordRecovery.run,
            **self._starts.options(Procedure.IDENTIFIER_AND_PASSWORD, subject),
        )

    async def _click(
        self, link_record: LinkRecord, public_key: str, address: str, wording: str
    ) -> TakeCredentials:
        request_id = self.attempt_id(link_record, public_key, address)
        contact = (await self._vault.seal(link_record.workflow_id, request_id, {CONTACT: address}))[CONTACT]
        link_id, hint = link_record.link_id, mask_email(address)
        click = TakeCredentials(link_id, public_key, request_id, contact, hint, wording, language=language())
        return clicks.signed(self._signing_key, link_record.workflow_id, click)
