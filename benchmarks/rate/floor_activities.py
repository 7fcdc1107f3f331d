"""The floor's activities: names and types of the real ones, without any work."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from temporalio import activity

from activities.proofs.judgement import AddressedJudgement, JudgedRequest
from activities.recoveries.identifier import GeneratedIdentifier, IdentifierClaim, IdentifierSettlement
from activities.recoveries.identifier_and_password import (
    IdentifierAndPasswordClaim,
    IdentifierAndPasswordOrder,
    IdentifierAndPasswordReissued,
    IdentifierAndPasswordSettlement,
)
from activities.recoveries.notices import Notice
from activities.recoveries.password import PasswordClaim, PasswordReplaced, PasswordReplacement
from activities.recoveries.requests import VotingCodeClaim
from activities.recoveries.unactivated_identifiers import ActivationResult, IdentifierActivation
from activities.recoveries.voting_code import Reissue, Reissued
from activities.security.signatures import Signed
from activities.sending.message_sender import Acceptance
from activities.sending.messaging import IdentifierMessage, LinkMessage
from benchmarks.rate.floor_messages import FloorMessages
from benchmarks.rate.floor_terms import MESSAGING, floor_terms
from election.stages import Channel
from election.verdicts import Verdict

SEALED = "s" * 200  # as long as what the real activities return


class FloorActivities:
    """Accept every claim, return constants, and report the messages that a voter would receive."""

    def __init__(self, messages: FloorMessages) -> None:
        self._messages = messages

    @property
    def recoveries(self) -> list[Callable[..., Any]]:
        """The activities of the task queue `recoveries`."""
        return [
            self.judge_challenge,
            self.reissue_voting_code,
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
    def messaging(self) -> list[Callable[..., Any]]:
        """The activities of the task queue `messaging`."""
        return [self.send_link, self.send_notice, self.send_identifier]

    @activity.defn
    async def judge_challenge(self, claim: VotingCodeClaim) -> JudgedRequest:
        """Accept the claim."""
        return JudgedRequest(Verdict.ACCEPTED, terms=floor_terms(claim.elector_id))

    @activity.defn
    async def reissue_voting_code(self, order: Reissue) -> Reissued:
        """Return constants."""
        return Reissued(SEALED, SEALED)

    @activity.defn
    async def send_link(self, message: LinkMessage) -> Acceptance:
        """Report the link as received, without sending it."""
        self._messages.deliver(message.workflow_id, message.message_id, message.channel, message.link_id)
        return _acceptance(message)

    @activity.defn
    async def send_notice(self, notice: Notice) -> Acceptance:
        """Do nothing."""
        return _acceptance(notice)

    @activity.defn
    async def judge_identifier(self, claim: IdentifierClaim) -> GeneratedIdentifier:
        """Accept the claim."""
        return GeneratedIdentifier(Verdict.ACCEPTED, floor_terms(), identifier=SEALED)

    @activity.defn
    async def send_identifier(self, message: IdentifierMessage) -> Acceptance:
        """Report an SMS as received, without sending it."""
        if message.channel is Channel.SMS:
            self._messages.deliver(message.workflow_id, message.message_id, Channel.SMS, message.delivery_id)
        return _acceptance(message)

    @activity.defn
    async def activate_identifier(self, order: IdentifierActivation) -> ActivationResult:
        """Return constants."""
        return ActivationResult(SEALED, is_active=True)

    @activity.defn
    async def settle_identifier(self, settlement: IdentifierSettlement) -> None:
        """Do nothing."""

    @activity.defn
    async def judge_password(self, claim: PasswordClaim) -> AddressedJudgement:
        """Accept the claim."""
        return AddressedJudgement(Verdict.ACCEPTED, floor_terms(claim.elector_id), SEALED)

    @activity.defn
    async def replace_password(self, order: PasswordReplacement) -> PasswordReplaced:
        """Return a constant."""
        return PasswordReplaced(SEALED)

    @activity.defn
    async def judge_identifier_and_password(self, claim: IdentifierAndPasswordClaim) -> AddressedJudgement:
        """Accept the claim."""
        return AddressedJudgement(Verdict.ACCEPTED, floor_terms(claim.elector_id), SEALED)

    @activity.defn
    async def reissue_identifier_and_password(
        self, order: IdentifierAndPasswordOrder
    ) -> IdentifierAndPasswordReissued:
        """Return constants."""
        return IdentifierAndPasswordReissued(SEALED, SEALED, SEALED)

    @activity.defn
    async def settle_identifier_and_password(self, end: IdentifierAndPasswordSettlement) -> None:
        """Do nothing."""


def _acceptance(message: LinkMessage | IdentifierMessage | Notice) -> Acceptance:
    signature = MESSAGING.sign(Signed.ACCEPTANCE, message.workflow_id, message.message_id)
    return Acceptance("none", datetime.now(UTC), signature)
