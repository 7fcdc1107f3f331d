"""The door's side of who votes without a notice: a request in, never an answer; a click in, and what became of it."""

from datetime import timedelta

from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.accounts.roll import Claimant
from activities.recoveries.identifier_and_password import said
from activities.recoveries.links import LinkPlace, Links
from activities.security.hashing import KeyedHash
from activities.security.purposes import CONTACT
from activities.security.vault import Vault
from election.contacts import mask_email
from election.settings import Election
from election.stages import Stage
from election.verdicts import LinkVerdict
from web.clients.calls import RecoveryNotFoundError, answered, handed_in, within
from web.clients.link import ending_of
from web.clients.response_floor import with_response_floor
from web.clients.voting_code import LOOK_PATIENCE, PATIENCE
from workflows.contracts.messages import IdentifierAndPasswordClick, LinkStatus, SealedCode
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.starting import start_identifier_and_password

_ID_LENGTH = 32  # 128 bits, in hexadecimal


class IdentifierAndPasswordClient:
    """Starts and asks recoveries of both codes; their id stands for the address that was typed."""

    def __init__(self, client: Client, election: Election, vault: Vault, links: Links, form_key: bytes) -> None:
        self._client = client
        self._election = election
        self._vault = vault
        self._links = links
        self._hash = KeyedHash(form_key)

    def request_id(self, claimant: Claimant, form_key: str) -> str:
        """Return the id of a request: the very same form sent twice is one request."""
        return self._hash.of("both-request", f"{claimant.subject}\0{form_key}")[:_ID_LENGTH]

    def try_id(self, place: LinkPlace, *typed: str) -> str:
        """Return the id of a try to prove who one is: the very same form sent twice is counted once."""
        return self._hash.of("both-try", "\0".join((place.link_id, *typed)))[:_ID_LENGTH]

    async def ask(self, claimant: Claimant, request: str) -> None:
        """Have a link sent to whoever is on the roll; the very same request made twice sends one.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        start = start_identifier_and_password(
            self._client,
            self._election,
            claimant.subject,
            claimant.elector_id or "",
            request,
            rpc_timeout=PATIENCE,
        )
        with answered():
            await with_response_floor(start)

    async def look(self, place: LinkPlace, patience: timedelta = LOOK_PATIENCE) -> LinkStatus:
        """Return what became of a link, changing nothing.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        try:
            async with within(patience):
                query = IdentifierAndPasswordRecovery.link
                status = await self._handle(place).query(query, place.link_id, rpc_timeout=patience)
        except RecoveryNotFoundError:
            return LinkStatus(ending_of(place))
        # A later recovery of the same elector does not know the links of an earlier one.
        return LinkStatus(ending_of(place)) if status.verdict is LinkVerdict.UNKNOWN else status

    async def mailbox(self, place: LinkPlace) -> str:
        """Return the masked address that the new identifier goes to, or nothing before there is one.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        try:
            async with within(LOOK_PATIENCE):
                status = await self._handle(place).query(
                    IdentifierAndPasswordRecovery.status, rpc_timeout=LOOK_PATIENCE
                )
        except RecoveryNotFoundError:
            return ""
        return status.hint if status.is_second_mail else ""

    async def take(self, place: LinkPlace, public_key: str, address: str) -> SealedCode | LinkVerdict:
        """Spend a link: return the password sealed to this browser, or why there is none; `address` gets the identifier.

        Raises:
            TemporalUnavailableError: no answer in time; a password that was reissued waits for this browser.
        """
        if place.ending is not LinkVerdict.LIVE:
            return place.ending  # known without asking; a reset workflow cannot revive a spent link
        click = await self._click(place, public_key, address)
        try:
            update = IdentifierAndPasswordRecovery.take
            return await handed_in(lambda: self._handle(place).execute_update(update, click, rpc_timeout=PATIENCE))
        except WorkflowUpdateFailedError as error:
            verdict = LinkVerdict.CANCELLED
            if isinstance(error.cause, ApplicationError) and error.cause.type == "LinkVerdict":
                verdict = LinkVerdict(error.cause.message)
        except RecoveryNotFoundError:
            verdict = ending_of(place)
        return ending_of(place) if verdict is LinkVerdict.UNKNOWN else verdict

    async def noted(self, place: LinkPlace) -> None:
        """End the display window early; a recovery that is over needs no more.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        try:
            update = IdentifierAndPasswordRecovery.noted
            await handed_in(
                lambda: self._handle(place).execute_update(update, place.link_id, rpc_timeout=PATIENCE)
            )
        except (RecoveryNotFoundError, WorkflowUpdateFailedError):
            return

    async def _click(self, place: LinkPlace, public_key: str, address: str) -> IdentifierAndPasswordClick:
        request = self.try_id(place, public_key, address)
        contact = (await self._vault.seal(place.workflow_id, request, {CONTACT: address}))[CONTACT]
        word = self._links.sign_click(place.workflow_id, place.link_id, said(public_key, contact, request))
        return IdentifierAndPasswordClick(place.link_id, public_key, word, request, contact, mask_email(address))

    def _handle(self, place: LinkPlace) -> WorkflowHandle[IdentifierAndPasswordRecovery, Stage]:
        return self._client.get_workflow_handle_for(IdentifierAndPasswordRecovery.run, place.workflow_id)
