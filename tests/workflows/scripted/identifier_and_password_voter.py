"""An elector without a notice (2011), as workflow tests play one: asks, opens the link, notes, reads the mail."""

from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from activities.recoveries.identifier_and_password import IdentifierAndPasswordRequest, TakeCredentials
from activities.sending.messaging import LinkMessage
from election.procedures import Procedure
from election.verdicts import LinkVerdict
from tests.workflows.scripted.recovery_voter import ANSWERED_WITHIN, PUBLIC_KEY, RecoveryVoter, why_refused
from tests.workflows.scripted.script import Scripts
from workflows.contracts import search_attributes
from workflows.contracts.messages import LinkStatus, SealedCode
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery


class IdentifierAndPasswordVoter(RecoveryVoter):
    """One elector and the recovery of both credentials that is theirs."""

    procedure = Procedure.IDENTIFIER_AND_PASSWORD

    def __init__(self, environment: WorkflowEnvironment, scripts: Scripts) -> None:
        super().__init__(environment, scripts)
        # Requests close after two days, links die after twenty, as in 2011 they did on two dates.
        self.with_terms(
            links_die=self.terms.requests_close + timedelta(days=18),
            email_lifetime=timedelta(days=3650),
            display_window=timedelta(minutes=10),
        )

    @property
    def subject(self) -> str:
        """What stands for the typed address: as long as a hash."""
        return self.elector_id * 2

    async def asks(self, request: str = "request-1", campaign: str = "") -> None:
        """Ask for a link, or have a campaign ask for it; there is no answer."""
        await self._environment.client.start_workflow(
            IdentifierAndPasswordRecovery.run,
            self.terms,
            start_signal="submit",
            start_signal_args=[IdentifierAndPasswordRequest(request, campaign)],
            **self.start,
        )

    async def asks_and_is_sent(self, request: str = "request-1") -> LinkMessage:
        """Ask, and return the link."""
        await self.asks(request)
        return await self.is_sent(len(self.script.sent) + 1)

    async def takes(self, message: LinkMessage, request: str = "typed-1") -> SealedCode:
        """Come to the last step, and return what the browser is given."""
        return await self._takes(message.link_id, request)

    async def takes_in_vain(self, link_id: str) -> LinkVerdict:
        """Come to the last step of a link that gives nothing, and return why."""
        return await why_refused(self._takes(link_id, "typed-in-vain"))

    async def notes(self, message: LinkMessage) -> None:
        """Say that the password is noted."""
        await self.handle.execute_update(
            IdentifierAndPasswordRecovery.noted, message.link_id, rpc_timeout=ANSWERED_WITHIN
        )

    async def link(self, link_id: str) -> LinkStatus:
        """Return what the link's page is told."""
        return await self.handle.query(IdentifierAndPasswordRecovery.link, link_id)

    async def fault(self) -> str:
        """Return the failure that support staff filter by."""
        return (await self.attributes())[search_attributes.FAULT.name]

    async def _takes(self, link_id: str, contact_id: str) -> SealedCode:
        click = TakeCredentials(
            link_id, PUBLIC_KEY, "the web's signature", contact_id, "sealed address", "c•••@e•••.fr"
        )
        return await self.handle.execute_update(
            IdentifierAndPasswordRecovery.take, click, rpc_timeout=ANSWERED_WITHIN
        )
