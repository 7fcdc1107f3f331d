"""A scripted voter who recovers identifier and password (2011)."""

from datetime import timedelta

from temporalio.client import WithStartWorkflowOperation
from temporalio.testing import WorkflowEnvironment

from activities.recoveries import clicks
from activities.recoveries.clicks import EndDisplay
from activities.recoveries.identifier_and_password import IdentifierAndPasswordRequest, TakeCredentials
from activities.security.signatures import SigningKey
from activities.sending.messaging import LinkMessage
from election.procedures import Procedure
from election.text.translation import SOURCE
from election.verdicts import LinkVerdict
from tests.support.signing import WEB
from tests.workflows.scripted.recovery_voter import ANSWERED_WITHIN, PUBLIC_KEY, RecoveryVoter, why_refused
from tests.workflows.scripted.script import Scripts
from workflows.contracts import search_attributes
from workflows.contracts.messages import LinkStatus, SealedSecret
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery


class IdentifierAndPasswordVoter(RecoveryVoter):
    """One voter and the voter's recovery of identifier and password."""

    procedure = Procedure.IDENTIFIER_AND_PASSWORD

    def __init__(self, environment: WorkflowEnvironment, scripts: Scripts) -> None:
        super().__init__(environment, scripts)
        # As in 2011, requests close (after two days) before links expire (after twenty).
        self.with_terms(
            links_expire=self.terms.requests_close + timedelta(days=18),
            email_lifetime=timedelta(days=3650),
            display_window=timedelta(minutes=10),
        )

    @property
    def subject(self) -> str:
        """A stand-in for the hash of the typed identifier, of the same length."""
        return self.elector_id * 2

    async def asks(self, request_id: str = "request-1", mailing: str = "", language: str = SOURCE) -> None:
        """Request a link by signal, for the voter or for a mailing."""
        await self._environment.client.start_workflow(
            IdentifierAndPasswordRecovery.run,
            start_signal="submit",
            start_signal_args=[IdentifierAndPasswordRequest(request_id, mailing, self.elector_id, language)],
            **self.start,
        )

    async def asks_and_receives_link(self, request_id: str = "request-1") -> LinkMessage:
        """Request a link, and return its message."""
        number = len(self.script.sent) + 1
        await self.asks(request_id)
        return await self.is_sent(number)

    async def takes(
        self, message: LinkMessage, contact_id: str = "typed-1", language: str = SOURCE
    ) -> SealedSecret:
        """Click at the last step, and return the sealed password."""
        return await self._takes(message.link_id, contact_id, language)

    async def take_is_refused(self, link_id: str) -> LinkVerdict:
        """Click at the last step of a link that cannot be used, and return the verdict."""
        return await why_refused(self._takes(link_id, "typed-in-vain"))

    async def takes_first(
        self, link_id: str = "mailed", contact_id: str = "typed-1", key: SigningKey = WEB
    ) -> SealedSecret:
        """Click at the last step of a mailing's link: the recovery begins, if none is running."""
        click = TakeCredentials(link_id, PUBLIC_KEY, contact_id, "sealed address", "c•••@e•••.fr")
        return await self._environment.client.execute_update_with_start_workflow(
            IdentifierAndPasswordRecovery.take_credentials,
            clicks.signed(key, self.workflow_id, click),
            start_workflow_operation=WithStartWorkflowOperation(IdentifierAndPasswordRecovery.run, **self.start),
            rpc_timeout=ANSWERED_WITHIN,
        )

    async def notes(self, message: LinkMessage) -> None:
        """Note the password, which ends the display window."""
        await self.handle.execute_update(
            IdentifierAndPasswordRecovery.end_display,
            clicks.signed(WEB, self.workflow_id, EndDisplay(message.link_id)),
            rpc_timeout=ANSWERED_WITHIN,
        )

    async def link(self, link_id: str) -> LinkStatus:
        """Query the state of a link."""
        return await self.handle.query(IdentifierAndPasswordRecovery.link, link_id)

    async def fault(self) -> str:
        """Return the search attribute of the failure."""
        return (await self.attributes())[search_attributes.FAULT.name]

    async def _takes(self, link_id: str, contact_id: str, language: str = SOURCE) -> SealedSecret:
        to = (contact_id, "sealed address", "c•••@e•••.fr")
        click = TakeCredentials(link_id, PUBLIC_KEY, *to, language=language)
        return await self.handle.execute_update(
            IdentifierAndPasswordRecovery.take_credentials,
            clicks.signed(WEB, self.workflow_id, click),
            rpc_timeout=ANSWERED_WITHIN,
        )
