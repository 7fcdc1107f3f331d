"""Scripted activities: the real names and messages, but a test sets the results; no database, no gateway."""

from collections.abc import Callable
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.config.clock import utc_now
from activities.gateways.base.errors import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.recording import GatewayMode
from activities.proofs.judgement import Judgement
from activities.recoveries.identifier import GeneratedIdentifier, IdentifierClaim, IdentifierSettlement
from activities.recoveries.identifier_and_password import (
    IdentifierAndPasswordClaim,
    IdentifierAndPasswordOrder,
    IdentifierAndPasswordReissued,
    IdentifierAndPasswordSettlement,
)
from activities.recoveries.password import PasswordClaim, PasswordReplacement
from activities.recoveries.requests import AddressedJudgement, OperatorAct, Renewal, Settlement, VotingCodeClaim
from activities.recoveries.unactivated_identifiers import ActivationResult, IdentifierActivation
from activities.recoveries.voting_code import Reissue, Reissued
from activities.sending.message_sender import Acceptance
from activities.sending.messaging import IdentifierMessage, LinkMessage, Notice
from activities.sending.support_desk import SupportLetter
from election.verdicts import Verdict
from tests.workflows.scripted.script import Scripts

BOX = "sealed to one browser ".ljust(86, "B") + "=="
ADDRESS = "sealed work address ".ljust(138, "N") + "=="


class ScriptedRecoveries:
    """The scripted activities that use the roll database in production."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    @property
    def all(self) -> list[Callable[..., Any]]:
        """The activities for a worker to register."""
        return [
            self.judge_challenge,
            self.judge_password,
            self.judge_identifier,
            self.judge_identifier_and_password,
            self.renew_link,
            self.reissue_voting_code,
            self.replace_password,
            self.reissue_identifier_and_password,
            self.activate_identifier,
            self.settle,
            self.settle_identifier,
            self.settle_identifier_and_password,
            self.note_retry,
            self.note_cancel,
        ]

    @activity.defn
    async def judge_challenge(self, claim: VotingCodeClaim) -> Judgement:
        """Return the script's next judgement."""
        script = self._scripts.of(claim.workflow_id)
        script.claims.append(claim)
        await script.wait_until_released("judge_challenge")
        return script.judgements.pop(0) if script.judgements else Judgement(Verdict.ACCEPTED)

    @activity.defn
    async def judge_password(self, claim: PasswordClaim) -> AddressedJudgement:
        """Return the claim's refusal, or the script's next verdict."""
        script = self._scripts.of(claim.workflow_id)
        script.claims.append(claim)
        await script.wait_until_released("judge_password")
        verdict = script.next_verdict(claim.refusal)
        return AddressedJudgement(verdict, "sealed".ljust(140, "C") if verdict is Verdict.ACCEPTED else "")

    @activity.defn
    async def judge_identifier(self, claim: IdentifierClaim) -> GeneratedIdentifier:
        """Return the claim's refusal, or the script's next verdict; TAKEN comes with a sealed identifier for the request."""
        script = self._scripts.of(claim.workflow_id)
        script.claims.append(claim)
        await script.wait_until_released("judge_identifier")
        verdict = script.next_verdict(claim.refusal)
        drawn = f"for {claim.submission.request_id}" if verdict is Verdict.ACCEPTED else ""
        return GeneratedIdentifier(verdict, identifier=drawn)

    @activity.defn
    async def judge_identifier_and_password(self, claim: IdentifierAndPasswordClaim) -> AddressedJudgement:
        """Return the claim's refusal, or the script's next verdict."""
        script = self._scripts.of(claim.workflow_id)
        script.claims.append(claim)
        await script.wait_until_released("judge_identifier_and_password")
        verdict = script.next_verdict(claim.refusal)
        address = f"address of {claim.request.request_id}"
        return AddressedJudgement(verdict, address if verdict is Verdict.ACCEPTED else "")

    @activity.defn
    async def renew_link(self, renewal: Renewal) -> None:
        """Record the argument."""
        script = self._scripts.of(renewal.workflow_id)
        script.renewals.append(renewal)
        await script.wait_until_released("renew_link")

    @activity.defn
    async def reissue_voting_code(self, order: Reissue) -> Reissued:
        """Return a sealed code, or fail as `Script.require_newest_link`."""
        script = self._scripts.of(order.workflow_id)
        script.reissues.append(order)
        await script.wait_until_released("reissue_voting_code")
        script.require_newest_link(order.click.link_id)
        return Reissued(BOX, ADDRESS)

    @activity.defn
    async def replace_password(self, order: PasswordReplacement) -> str:
        """Return the sealed work address, or fail as `Script.require_newest_link`."""
        script = self._scripts.of(order.workflow_id)
        script.reissues.append(order)
        await script.wait_until_released("replace_password")
        script.require_newest_link(order.choice.link_id)
        return ADDRESS

    @activity.defn
    async def reissue_identifier_and_password(
        self, order: IdentifierAndPasswordOrder
    ) -> IdentifierAndPasswordReissued:
        """Return a sealed password, identifier and address, or fail as `Script.require_elector`."""
        script = self._scripts.of(order.workflow_id)
        script.reissues.append(order)
        await script.wait_until_released("reissue_identifier_and_password")
        script.require_elector()
        return IdentifierAndPasswordReissued(BOX, f"identifier of {order.click.link_id}", ADDRESS)

    @activity.defn
    async def activate_identifier(self, order: IdentifierActivation) -> ActivationResult:
        """Return whether the identifier is active, or fail as `Script.require_elector`."""
        script = self._scripts.of(order.workflow_id)
        script.activations.append(order)
        await script.wait_until_released("activate_identifier")
        script.require_elector()
        is_active = not script.is_replaced
        return ActivationResult("sealed address" if is_active and order.sends_notice else "", is_active)

    @activity.defn
    async def settle(self, settlement: Settlement) -> None:
        """Record the argument."""
        await self._record_settlement("settle", settlement.workflow_id, settlement)

    @activity.defn
    async def settle_identifier(self, end: IdentifierSettlement) -> None:
        """Record the argument."""
        await self._record_settlement("settle_identifier", end.settlement.workflow_id, end)

    @activity.defn
    async def settle_identifier_and_password(self, end: IdentifierAndPasswordSettlement) -> None:
        """Record the argument."""
        await self._record_settlement("settle_identifier_and_password", end.settlement.workflow_id, end)

    @activity.defn
    async def note_retry(self, act: OperatorAct) -> None:
        """Record the argument."""
        self._scripts.of(act.workflow_id).retries.append(act)

    @activity.defn
    async def note_cancel(self, act: OperatorAct) -> None:
        """Record the argument."""
        self._scripts.of(act.workflow_id).cancellations.append(act)

    async def _record_settlement(self, name: str, workflow_id: str, settlement: object) -> None:
        script = self._scripts.of(workflow_id)
        script.settlements.append(settlement)
        await script.wait_until_released(name)


class ScriptedMessaging:
    """The scripted activities that send; their gateways fail with the real errors."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    @property
    def all(self) -> list[Callable[..., Any]]:
        """The activities for a worker to register."""
        return [self.send_link, self.send_identifier, self.send_notice, self.send_letter]

    @activity.defn
    async def send_link(self, message: LinkMessage) -> Acceptance:
        """Accept the message, or fail as the script's gateway does."""
        script = self._scripts.of(message.workflow_id)
        script.tried.append(message)
        await script.wait_until_released("send_link")
        _answer(script.gateway, f"recording-{message.channel}")
        script.sent.append(message)
        return Acceptance("recording", utc_now())

    @activity.defn
    async def send_identifier(self, message: IdentifierMessage) -> Acceptance:
        """Accept the identifier, or fail as the script's gateway does."""
        script = self._scripts.of(message.workflow_id)
        script.identifiers_tried.append(message)
        await script.wait_until_released("send_identifier")
        _answer(script.identifier_gateway, "recording")
        script.identifiers_sent.append(message)
        return Acceptance("recording", utc_now())

    @activity.defn
    async def send_notice(self, notice: Notice) -> Acceptance:
        """Accept the notice, or fail as the script's relay does."""
        script = self._scripts.of(notice.workflow_id)
        script.notices.append(notice)
        _answer(script.relay, "recording-relay")
        return Acceptance("recording", utc_now())

    @activity.defn
    async def send_letter(self, letter: SupportLetter) -> None:
        """Accept the letter, or fail as the script's relay does; a refusal is retried too."""
        script = self._scripts.of(letter.workflow_id)
        script.letters.append(letter)
        if script.relay is not GatewayMode.OK:
            raise ApplicationError(
                f"recording-{script.relay}", type="GatewayRefusedError", next_retry_delay=script.letter_retry_delay
            )


def _answer(behaviour: GatewayMode, gateway: str) -> None:
    try:
        behaviour.answer(gateway)
    except GatewayRefusedError as error:
        raise ApplicationError(error.reason, type="GatewayRefusedError", non_retryable=True) from None
    except GatewayUnavailableError as error:
        raise ApplicationError(error.reason, type="GatewayUnavailableError") from None
