"""Recoveries of passwords: asks for a link, and sends the password that the voter chose."""

from temporalio.client import Client

from activities.accounts.roll import RecoveryClaimant
from activities.recoveries import clicks
from activities.recoveries.links import LinkRecord
from activities.recoveries.password import ChoosePassword, PasswordRequest, Passwords
from activities.security.signatures import SigningKey
from election.procedures import Procedure
from election.text.translation import language
from election.verdicts import LinkVerdict
from web.clients.link import LinkClient
from web.clients.request_ids import RequestIds
from web.clients.response_floor import with_response_floor
from workflows.recoveries.password import PasswordRecovery
from workflows.recoveries.starting import RecoveryStarts
from workflows.runtime.temporal_calls import UPDATE_TIMEOUT, translate_errors


class PasswordClient:
    """Starts recoveries of passwords; their workflow id is derived from the identifier that was typed."""

    def __init__(
        self,
        client: Client,
        starts: RecoveryStarts,
        passwords: Passwords,
        signing_key: SigningKey,
        form_key: bytes,
    ) -> None:
        self._client = client
        self._links = LinkClient(client, signing_key)
        self._signing_key = signing_key
        self._starts = starts
        self._passwords = passwords
        self._request_ids = RequestIds(form_key)

    def request_id(self, claimant: RecoveryClaimant, form_id: str) -> str:
        """Return the id of a request for a link; the same form sent twice is one request."""
        return self._request_ids.of("password-request", claimant.recovery_subject, form_id)

    async def request_link(self, claimant: RecoveryClaimant, request_id: str) -> None:
        """Ask for a link, which is sent only if the claimant is on the roll; the answer does not tell.

        The same `request_id` twice sends one link.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        with translate_errors():
            await with_response_floor(self._start(claimant, request_id))

    async def choose(self, link_record: LinkRecord, password: str) -> LinkVerdict | None:
        """Replace the password and return None, or return why the link cannot be used.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        choice = ChoosePassword(link_record.link_id, await self._passwords.seal_new(link_record, password))
        signed = clicks.signed(self._signing_key, link_record.workflow_id, choice)
        refusal = await self._links.use(link_record, PasswordRecovery.choose_password, signed)
        return refusal if isinstance(refusal, LinkVerdict) else None

    async def _start(self, claimant: RecoveryClaimant, request_id: str) -> None:
        await self._client.start_workflow(
            PasswordRecovery.run,
            start_signal="submit",
            start_signal_args=[PasswordRequest(request_id, claimant.elector_id or "", language())],
            rpc_timeout=UPDATE_TIMEOUT,
            **self._starts.options(Procedure.PASSWORD, claimant.recovery_subject),
        )
