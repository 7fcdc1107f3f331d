"""An elector who lost the voting code, as workflow tests play one: asks, receives, clicks, waits."""

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from activities.recoveries.requests import Submission
from activities.recoveries.voting_code import OpenLink
from activities.sending.messaging import LinkMessage
from election.procedures import Procedure
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict
from tests.workflows.scripted.recovery_voter import ANSWERED_WITHIN, PUBLIC_KEY, RecoveryVoter, why_refused
from workflows.contracts import options, search_attributes
from workflows.contracts.messages import Answer, LinkStatus, SealedCode
from workflows.recoveries.voting_code import VotingCodeRecovery


class Voter(RecoveryVoter):
    """One elector and the recovery of the voting code that is theirs."""

    procedure = Procedure.VOTING_CODE

    async def asks(self, channel: Channel = Channel.SMS, request: str = "request-1") -> Answer:
        """Submit a request, in a new recovery or in the one that lives."""
        hint = "•• •• •• •• 78" if channel is Channel.SMS else "c•••@e•••.fr"
        submission = Submission(request, channel, "sealed proofs".ljust(140, "P"), "sealed".ljust(140, "C"), hint)
        attributes = [
            SearchAttributePair(search_attributes.STAGE, Stage.VERIFYING.value),
            SearchAttributePair(search_attributes.PROCEDURE, Procedure.VOTING_CODE.value),
            SearchAttributePair(search_attributes.ELECTION, self.terms.election),
        ]
        start = WithStartWorkflowOperation(
            VotingCodeRecovery.run,
            self.terms,
            search_attributes=TypedSearchAttributes(attributes),
            static_summary="Code de vote, Élections professionnelles",
            **self.start,
        )
        return await self._environment.client.execute_update_with_start_workflow(
            VotingCodeRecovery.submit,
            submission,
            start_workflow_operation=start,
            id=request,
            rpc_timeout=ANSWERED_WITHIN,
        )

    async def asks_in_vain(self) -> None:
        """Submit a request that is lost with its server: the recovery has begun, and knows of nothing."""
        await self._environment.client.start_workflow(
            VotingCodeRecovery.run, self.terms, id=self.workflow_id, task_queue=options.RECOVERIES
        )

    async def asks_and_is_sent(self, channel: Channel = Channel.SMS, request: str = "request-1") -> LinkMessage:
        """Submit a request, and return its message once the gateway has taken it."""
        await self.asks(channel, request)
        return await self.is_sent()

    async def sends_again(self) -> Answer:
        """Ask for the link again, at the same place."""
        return await self.handle.execute_update(VotingCodeRecovery.send_again, rpc_timeout=ANSWERED_WITHIN)

    async def receives(self, message: LinkMessage) -> None:
        """Have the SMS arrive: its receipt is told to the recovery."""
        await self.is_told(message.message_id)

    async def cannot_receive(self, message: LinkMessage, reason: str = "smpp-UNDELIV") -> None:
        """Have the SMS fail after the gateway took it."""
        await self.is_told(message.message_id, delivered=False, reason=reason)

    async def clicks(self, message: LinkMessage) -> SealedCode:
        """Click on the link's button, and return what the browser is given."""
        return await self._clicks(message.link_id)

    async def clicks_in_vain(self, link_id: str) -> LinkVerdict:
        """Click on a link that gives nothing, and return why."""
        return await why_refused(self._clicks(link_id))

    async def notes(self, message: LinkMessage) -> None:
        """Say that the code is noted."""
        await self.handle.execute_update(VotingCodeRecovery.noted, message.link_id, rpc_timeout=ANSWERED_WITHIN)

    async def link(self, link_id: str) -> LinkStatus:
        """Return what the link's page is told."""
        return await self.handle.query(VotingCodeRecovery.link, link_id)

    async def events(self) -> list[HistoryEvent]:
        """Return the history so far."""
        return list((await self.handle.fetch_history()).events)

    async def _clicks(self, link_id: str) -> SealedCode:
        click = OpenLink(link_id, PUBLIC_KEY)
        return await self.handle.execute_update(VotingCodeRecovery.open_link, click, rpc_timeout=ANSWERED_WITHIN)
