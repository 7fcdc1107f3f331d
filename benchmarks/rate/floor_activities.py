"""The other recoveries' activities, of the real names and types, that do nothing at all."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from temporalio import activity

from activities.recoveries.identifier import DrawnIdentifier, IdentifierClaim, IdentifierSettlement
from activities.recoveries.identifier_and_password import (
    IdentifierAndPasswordClaim,
    IdentifierAndPasswordOrder,
    IdentifierAndPasswordReissued,
    IdentifierAndPasswordSettlement,
)
from activities.recoveries.password import PasswordClaim, PasswordReplacement
from activities.recoveries.requests import AddressedJudgement
from activities.recoveries.unactivated_identifiers import Activated, Activation
from activities.sending.message_sender import Acceptance
from activities.sending.messaging import IdentifierMessage
from benchmarks.rate.floor_messages import Post
from election.stages import Channel
from election.verdicts import Verdict

SEALED = "s" * 200  # as long as what the real activities return


class NothingElse:
    """Takes every claim, issues and sends nothing; tells the driver what a voter would receive."""

    def __init__(self, post: Post) -> None:
        self._post = post

    @property
    def of_our_database(self) -> list[Callable[..., Any]]:
        """Those that read and write our own database."""
        return [
            self.judge_identifier,
            self.activate_identifier,
            self.settle_identifier,
            self.judge_password,
            self.replace_password,
            self.judge_identifier_and_password,
            self.reissue_identifier_and_password,
            self.settle_identifier_and_password,
        ]

    @property
    def sends(self) -> list[Callable[..., Any]]:
        """Those that send."""
        return [self.send_identifier]

    @activity.defn
    async def judge_identifier(self, claim: IdentifierClaim) -> DrawnIdentifier:
        """Take every claim."""
        return DrawnIdentifier(Verdict.TAKEN, identifier=SEALED)

    @activity.defn
    async def send_identifier(self, message: IdentifierMessage) -> Acceptance:
        """Send nothing, and let an SMS arrive."""
        if message.channel is Channel.SMS:
            self._post.deliver(message.workflow_id, message.message_id, Channel.SMS, message.delivery_id)
        return Acceptance("none", datetime.now(UTC))

    @activity.defn
    async def activate_identifier(self, order: Activation) -> Activated:
        """Let nothing work."""
        return Activated(SEALED, is_active=True)

    @activity.defn
    async def settle_identifier(self, settlement: IdentifierSettlement) -> None:
        """Destroy nothing."""

    @activity.defn
    async def judge_password(self, claim: PasswordClaim) -> AddressedJudgement:
        """Take every claim."""
        return AddressedJudgement(Verdict.TAKEN, SEALED)

    @activity.defn
    async def replace_password(self, order: PasswordReplacement) -> str:
        """Replace nothing."""
        return SEALED

    @activity.defn
    async def judge_identifier_and_password(self, claim: IdentifierAndPasswordClaim) -> AddressedJudgement:
        """Take every claim."""
        return AddressedJudgement(Verdict.TAKEN, SEALED)

    @activity.defn
    async def reissue_identifier_and_password(
        self, order: IdentifierAndPasswordOrder
    ) -> IdentifierAndPasswordReissued:
        """Issue nothing."""
        return IdentifierAndPasswordReissued(SEALED, SEALED, SEALED)

    @activity.defn
    async def settle_identifier_and_password(self, end: IdentifierAndPasswordSettlement) -> None:
        """Destroy nothing."""
