"""The door's side of a link: the voter's click in, the sealed code out."""

from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.recoveries.links import LinkPlace, Links
from election.stages import Stage
from election.verdicts import LinkVerdict
from web.clients.calls import RecoveryNotFoundError, handed_in, within
from web.clients.voting_code import LOOK_PATIENCE, PATIENCE
from workflows.contracts.messages import Click, LinkStatus, SealedCode
from workflows.recoveries.voting_code import VotingCodeRecovery


class LinkClient:
    """Clicks and looks at the links of voting-code recoveries."""

    def __init__(self, client: Client, links: Links) -> None:
        self._client = client
        self._links = links

    async def look(self, place: LinkPlace) -> LinkStatus:
        """Return what became of a link, changing nothing.

        Raises:
            TemporalUnavailableError: no answer in time.
        """
        try:
            async with within(LOOK_PATIENCE):
                status = await self._handle(place).query(
                    VotingCodeRecovery.link, place.link_id, rpc_timeout=LOOK_PATIENCE
                )
        except RecoveryNotFoundError:
            return LinkStatus(ending_of(place))
        # A later recovery of the same elector does not know the links of an earlier one.
        return LinkStatus(ending_of(place)) if status.verdict is LinkVerdict.UNKNOWN else status

    async def click(self, place: LinkPlace, public_key: str) -> SealedCode | LinkVerdict:
        """Spend a link, and return the code sealed to this browser, or why there is none.

        Raises:
            TemporalUnavailableError: no answer in time; a code that was reissued waits for this browser.
        """
        if place.ending is not LinkVerdict.LIVE:
            return place.ending  # known without asking; a reset workflow cannot revive a spent link
        word = self._links.sign_click(place.workflow_id, place.link_id, public_key)
        click = Click(place.link_id, public_key, word)
        try:
            return await handed_in(
                lambda: self._handle(place).execute_update(
                    VotingCodeRecovery.open_link, click, rpc_timeout=PATIENCE
                )
            )
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
            await handed_in(
                lambda: self._handle(place).execute_update(
                    VotingCodeRecovery.noted, place.link_id, rpc_timeout=PATIENCE
                )
            )
        except (RecoveryNotFoundError, WorkflowUpdateFailedError):
            return

    def _handle(self, place: LinkPlace) -> WorkflowHandle[VotingCodeRecovery, Stage]:
        return self._client.get_workflow_handle_for(VotingCodeRecovery.run, place.workflow_id)


def ending_of(place: LinkPlace) -> LinkVerdict:
    """Return what became of a link whose recovery is no longer there to say it."""
    # Nobody said how it ended: its recovery was terminated.
    return LinkVerdict.CANCELLED if place.ending is LinkVerdict.LIVE else place.ending
