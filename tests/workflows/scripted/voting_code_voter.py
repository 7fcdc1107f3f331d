"""A scripted voter who recovers the voting code."""

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WithStartWorkflowOperation

from activities.recoveries import clicks
from activities.recoveries.clicks import EndDisplay
from activities.recoveries.requests import VotingCodeSubmission
from activities.recoveries.voting_code import OpenLink
from activities.sending.messaging import LinkMessage
from election.procedures import Procedure
from election.stages import Channel
from election.text.translation import SOURCE
from election.verdicts import LinkVerdict
from tests.support.signing import WEB
from tests.workflows.scripted.recovery_voter import ANSWERED_WITHIN, PUBLIC_KEY, RecoveryVoter, why_refused
from workflows.contracts import options, search_attributes
from workflows.contracts.messages import Answer, LinkStatus, SealedSecret
from workflows.recoveries.voting_code import VotingCodeRecovery


class VotingCodeVoter(RecoveryVoter):
    """One voter and the voter's recovery of the voting code."""

    procedure = Procedure.VOTING_CODE

    async def asks(
        self, channel: Channel = Channel.SMS, request_id: str = "request-1", language: str = SOURCE
    ) -> Answer:
        """Submit a request to the running recovery or to a new one, and return the answer."""
        hint = "•• •• •• •• 78" if channel is Channel.SMS else "c•••@e•••.fr"
        submission = VotingCodeSubmission(
            request_id, channel, "sealed proofs".ljust(140, "P"), "sealed".ljust(140, "C"), hint, language=language
        )
        start = WithStartWorkflowOperation(
            VotingCodeRecovery.run,
            search_attributes=search_attributes.at_start(Procedure.VOTING_CODE, "2022"),
            static_summary="Code de vote, Élections professionnelles",
            **self.start,
        )
        return await self._environment.client.execute_update_with_start_workflow(
            VotingCodeRecovery.submit,
            submission,
            start_workflow_operation=start,
            id=request_id,
            rpc_timeout=ANSWERED_WITHIN,
        )

    async def asks_but_request_is_lost(self) -> None:
        """Start a recovery without its request, as when the server crashes between the two."""
        await self._environment.client.start_workflow(
            VotingCodeRecovery.run, id=self.workflow_id, task_queue=options.RECOVERIES
        )

    async def asks_and_receives_link(
        self, channel: Channel = Channel.SMS, request_id: str = "request-1"
    ) -> LinkMessage:
        """Submit a request, and return its message once the gateway has accepted it."""
        await self.asks(channel, request_id)
        return await self.is_sent()

    async def asks_and_receives_another_link(
        self, channel: Channel = Channel.SMS, request_id: str = "request-2"
    ) -> LinkMessage:
        """Do the same a minute later: a new request waits as long as a new send does."""
        await self.waits(seconds=61)
        return await self.asks_and_receives_link(channel, request_id)

    async def sends_again(self) -> Answer:
        """Ask for another link to the same destination."""
        return await self.handle.execute_update(VotingCodeRecovery.send_again, rpc_timeout=ANSWERED_WITHIN)

    async def receives(self, message: LinkMessage) -> None:
        """Signal the receipt of a delivered SMS."""
        await self.receipt_comes(message.message_id)

    async def cannot_receive(self, message: LinkMessage, reason: str = "smpp-UNDELIV") -> None:
        """Signal the receipt of an SMS that could not be delivered."""
        await self.receipt_comes(message.message_id, delivered=False, reason=reason)

    async def clicks(self, message: LinkMessage) -> SealedSecret:
        """Click on the link's button, and return the sealed code."""
        return await self._clicks(message.link_id)

    async def click_is_refused(self, link_id: str) -> LinkVerdict:
        """Click on a link that cannot be used, and return the verdict."""
        return await why_refused(self._clicks(link_id))

    async def notes(self, message: LinkMessage) -> None:
        """Note the code, which ends the display window."""
        await self.handle.execute_update(
            VotingCodeRecovery.end_display,
            clicks.signed(WEB, self.workflow_id, EndDisplay(message.link_id)),
            rpc_timeout=ANSWERED_WITHIN,
        )

    async def link(self, link_id: str) -> LinkStatus:
        """Query the state of a link."""
        return await self.handle.query(VotingCodeRecovery.link, link_id)

    async def events(self) -> list[HistoryEvent]:
        """Return the events of the history so far."""
        return list((await self.handle.fetch_history()).events)

    async def _clicks(self, link_id: str) -> SealedSecret:
        click = clicks.signed(WEB, self.workflow_id, OpenLink(link_id, PUBLIC_KEY))
        return await self.handle.execute_update(VotingCodeRecovery.open_link, click, rpc_timeout=ANSWERED_WITHIN)
