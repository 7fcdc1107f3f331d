"""Activities of the recovery of both credentials (2011) that do as a test says."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.config.clock import utc_now
from activities.gateways.recording import Behaviour
from activities.recoveries.identifier_and_password import (
    IdentifierAndPasswordClaim,
    IdentifierAndPasswordJudged,
    IdentifierAndPasswordOrder,
    IdentifierAndPasswordReissued,
    IdentifierAndPasswordSettlement,
)
from activities.recoveries.unactivated_identifiers import Activated, Activation
from activities.sending.message_sender import Acceptance
from activities.sending.messaging import IdentifierMessage
from election.verdicts import Verdict
from tests.workflows.scripted.activities import ADDRESS, BOX, World


class ScriptedBoth:
    """Stands for `IdentifierAndPasswords`, for the identifier's mail, and for what activates an identifier."""

    def __init__(self, world: World) -> None:
        self._world = world

    @activity.defn
    async def judge_identifier_and_password(
        self, claim: IdentifierAndPasswordClaim
    ) -> IdentifierAndPasswordJudged:
        """Return the claim's refusal, or the script's next verdict."""
        script = self._world.both(claim.workflow_id)
        script.claims.append(claim)
        await self._world.of(claim.workflow_id).passes("judge_identifier_and_password")
        verdict = claim.refusal or (script.verdicts.pop(0) if script.verdicts else Verdict.TAKEN)
        return IdentifierAndPasswordJudged(
            verdict, f"address of {claim.request}" if verdict is Verdict.TAKEN else ""
        )

    @activity.defn
    async def reissue_identifier_and_password(
        self, order: IdentifierAndPasswordOrder
    ) -> IdentifierAndPasswordReissued:
        """Return a box and envelopes, or raise LookupError for somebody who was taken off the roll."""
        self._world.both(order.workflow_id).orders.append(order)
        world = self._world.of(order.workflow_id)
        await world.passes("reissue_identifier_and_password")
        if not world.is_on_the_roll:
            raise LookupError("no such elector")
        return IdentifierAndPasswordReissued(BOX, f"identifier of {order.link_id}", ADDRESS)

    @activity.defn
    async def settle_identifier_and_password(self, end: IdentifierAndPasswordSettlement) -> None:
        """Keep what was asked."""
        self._world.both(end.settlement.workflow_id).settlements.append(end)
        await self._world.of(end.settlement.workflow_id).passes("settle_identifier_and_password")

    @activity.defn
    async def activate_identifier(self, order: Activation) -> Activated:
        """Keep what was asked, and say whether it works."""
        script = self._world.both(order.workflow_id)
        script.activations.append(order)
        await self._world.of(order.workflow_id).passes("activate_identifier")
        return Activated(works=not script.is_superseded)

    @activity.defn
    async def send_identifier(self, message: IdentifierMessage) -> Acceptance:
        """Take the mail, or fail as the script's relay does."""
        script = self._world.both(message.workflow_id)
        script.tried.append(message)
        await self._world.of(message.workflow_id).passes("send_identifier")
        if script.relay is Behaviour.REFUSE:
            raise ApplicationError("recording-refused", type="GatewayRefusedError", non_retryable=True)
        if script.relay is Behaviour.DOWN:
            raise ApplicationError("recording-down", type="GatewayUnavailableError")
        script.sent.append(message)
        return Acceptance("recording", utc_now())
