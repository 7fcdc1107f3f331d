"""Scripted activities: the real names and messages, but a test sets the results; no database, no gateway."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.acts.bulk_items import ClaimedItem, ItemClaim
from activities.config.clock import utc_now
from activities.gateways.base.errors import GatewayRefusedError, GatewayUnavailableError
from activities.gateways.recording import GatewayMode
from activities.mailings.used_links import MailingLink, MailingLinkOrder
from activities.proofs.judgement import AddressedJudgement, JudgedRequest, Judgement
from activities.recoveries.identifier import GeneratedIdentifier, IdentifierClaim, IdentifierSettlement
from activities.recoveries.identifier_and_password import (
    IdentifierAndPasswordClaim,
    IdentifierAndPasswordOrder,
    IdentifierAndPasswordReissued,
    IdentifierAndPasswordSettlement,
)
from activities.recoveries.notices import Notice
from activities.recoveries.objection import ObjectionMade, ObjectionOrder
from activities.recoveries.password import PasswordClaim, PasswordReplaced, PasswordReplacement
from activities.recoveries.requests import Renewal, VotingCodeClaim
from activities.recoveries.settlements import (
    EndingClaim,
    Extension,
    FailedSend,
    OperatorAct,
    Settlement,
    UnsentLink,
)
from activities.recoveries.unactivated_identifiers import ActivationResult, IdentifierActivation
from activities.recoveries.voting_code import Reissue, Reissued
from activities.sending.bureau_desk import BureauNews
from activities.sending.message_sender import Acceptance
from activities.sending.messaging import IdentifierMessage, LinkMessage
from activities.sending.sign_in_code import SealedCodeMail
from activities.sending.support_desk import SupportLetter
from election.verdicts import LinkVerdict, Verdict
from tests.support.signing import signed
from tests.workflows.scripted.script import Script, Scripts

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
            self.find_mailing_link,
            self.reissue_identifier_and_password,
            self.activate_identifier,
            self.was_password_recovered,
            self.was_objected,
            self.settle,
            self.settle_identifier,
            self.settle_identifier_and_password,
            self.note_retry,
            self.note_refused_retry,
            self.note_cancel,
            self.note_extension,
            self.note_failed_send,
            self.note_end_of_display,
            self.note_unsent_link,
            self.make_objection,
            self.claim_item,
        ]

    @activity.defn
    async def judge_challenge(self, claim: VotingCodeClaim) -> JudgedRequest:
        """Return the script's next judgement."""
        script = self._scripts.of(claim.workflow_id)
        script.claims.append(claim)
        await script.wait_until_released("judge_challenge")
        judged = script.judgements.pop(0) if script.judgements else JudgedRequest(Verdict.ACCEPTED)
        return replace(judged, terms=script.require_terms())

    @activity.defn
    async def judge_password(self, claim: PasswordClaim) -> AddressedJudgement:
        """Return the claim's refusal, or the script's next verdict."""
        script = self._scripts.of(claim.workflow_id)
        script.claims.append(claim)
        await script.wait_until_released("judge_password")
        verdict = script.next_verdict(claim.refusal)
        contact = "sealed".ljust(140, "C") if verdict is Verdict.ACCEPTED else ""
        return AddressedJudgement(verdict, script.require_terms(), contact)

    @activity.defn
    async def judge_identifier(self, claim: IdentifierClaim) -> GeneratedIdentifier:
        """Return the claim's refusal, or the script's next verdict; ACCEPTED comes with a sealed identifier for the request."""
        script = self._scripts.of(claim.workflow_id)
        script.claims.append(claim)
        await script.wait_until_released("judge_identifier")
        verdict = script.next_verdict(claim.refusal)
        drawn = f"for {claim.submission.request_id}" if verdict is Verdict.ACCEPTED else ""
        return GeneratedIdentifier(verdict, script.require_terms(), identifier=drawn, notice=script.request_notice)

    @activity.defn
    async def judge_identifier_and_password(self, claim: IdentifierAndPasswordClaim) -> AddressedJudgement:
        """Return the claim's refusal, or the script's next verdict."""
        script = self._scripts.of(claim.workflow_id)
        script.claims.append(claim)
        await script.wait_until_released("judge_identifier_and_password")
        verdict = script.next_verdict(claim.refusal)
        address = f"address of {claim.request.request_id}"
        return AddressedJudgement(verdict, script.require_terms(), address if verdict is Verdict.ACCEPTED else "")

    @activity.defn
    async def renew_link(self, renewal: Renewal) -> Judgement:
        """Record the argument, and return the script's next judgement."""
        script = self._scripts.of(renewal.workflow_id)
        script.renewals.append(renewal)
        await script.wait_until_released("renew_link")
        judged = script.judgements.pop(0) if script.judgements else JudgedRequest(Verdict.ACCEPTED)
        return Judgement(judged.verdict, judged.until)

    @activity.defn
    async def reissue_voting_code(self, order: Reissue) -> Reissued:
        """Return a sealed code, or fail as `Script.require_newest_link`."""
        script = self._scripts.of(order.workflow_id)
        script.reissues.append(order)
        await script.wait_until_released("reissue_voting_code")
        script.require_newest_link(order.click.link_id)
        return Reissued(BOX, ADDRESS)

    @activity.defn
    async def replace_password(self, order: PasswordReplacement) -> PasswordReplaced:
        """Return the sealed work address and the script's other recoveries, or fail as `Script.require_newest_link`."""
        script = self._scripts.of(order.workflow_id)
        script.reissues.append(order)
        await script.wait_until_released("replace_password")
        script.require_newest_link(order.choice.link_id)
        return PasswordReplaced(ADDRESS, script.others)

    @activity.defn
    async def make_objection(self, order: ObjectionOrder) -> ObjectionMade:
        """Return the script's answer and other recoveries."""
        script = self._scripts.of(order.workflow_id)
        script.objections.append(order)
        await script.wait_until_released("make_objection")
        return ObjectionMade(script.objection, script.others)

    @activity.defn
    async def find_mailing_link(self, order: MailingLinkOrder) -> MailingLink:
        """Return the state of a link that the script says a mailing has sent, or UNKNOWN."""
        script = self._scripts.of(order.workflow_id)
        await script.wait_until_released("find_mailing_link")
        verdict = script.mailed_links.get(order.link_id)
        if verdict is None:
            return MailingLink(LinkVerdict.UNKNOWN)
        terms = script.require_terms()
        return MailingLink(verdict, terms, terms.links_expire)

    @activity.defn
    async def reissue_identifier_and_password(
        self, order: IdentifierAndPasswordOrder
    ) -> IdentifierAndPasswordReissued:
        """Return a sealed password, identifier and address, or fail as `Script.require_elector`."""
        script = self._scripts.of(order.workflow_id)
        script.reissues.append(order)
        await script.wait_until_released("reissue_identifier_and_password")
        script.require_elector()
        return IdentifierAndPasswordReissued(BOX, f"identifier of {order.click.link_id}", ADDRESS, script.others)

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
    async def was_password_recovered(self, claim: EndingClaim) -> bool:
        """Record the argument, and return whether the recovery that it names has replaced a password."""
        script = self._scripts.of(claim.workflow_id)
        script.password_claims.append(claim)
        await script.wait_until_released("was_password_recovered")
        return bool(self._scripts.of(claim.by).reissues)

    @activity.defn
    async def was_objected(self, claim: EndingClaim) -> bool:
        """Return whether the script's elector has objected."""
        script = self._scripts.of(claim.workflow_id)
        script.objection_claims.append(claim)
        return script.was_objected

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
        script = self._scripts.of(act.workflow_id)
        await script.wait_until_released("note_retry")
        script.retries.append(act)

    @activity.defn
    async def note_refused_retry(self, act: OperatorAct) -> None:
        """Record the argument."""
        self._scripts.of(act.workflow_id).refused_retries.append(act)

    @activity.defn
    async def note_cancel(self, act: OperatorAct) -> None:
        """Record the argument."""
        script = self._scripts.of(act.workflow_id)
        await script.wait_until_released("note_cancel")
        script.cancellations.append(act)

    @activity.defn
    async def note_extension(self, extension: Extension) -> None:
        """Record the argument."""
        self._scripts.of(extension.workflow_id).extensions.append(extension)

    @activity.defn
    async def note_failed_send(self, send: FailedSend) -> None:
        """Record the argument."""
        script = self._scripts.of(send.workflow_id)
        await script.wait_until_released("note_failed_send")
        script.failed_sends.append(send)

    @activity.defn
    async def note_end_of_display(self, workflow_id: str) -> None:
        """Do nothing."""

    @activity.defn
    async def note_unsent_link(self, unsent: UnsentLink) -> None:
        """Record the argument."""
        self._scripts.of(unsent.workflow_id).unsent.append(unsent)

    @activity.defn
    async def claim_item(self, claim: ItemClaim) -> ClaimedItem:
        """Record the argument, and return the script's answer."""
        script = self._scripts.of(claim.workflow_id)
        script.item_claims.append(claim)
        await script.wait_until_released("claim_item")
        return script.claimed

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
        return [
            self.send_link,
            self.send_identifier,
            self.send_notice,
            self.send_letter,
            self.send_code,
            self.tell_bureau,
        ]

    @activity.defn
    async def send_link(self, message: LinkMessage) -> Acceptance:
        """Accept the message, or fail as the script's gateway does."""
        script = self._scripts.of(message.workflow_id)
        script.tried.append(message)
        await script.wait_until_released("send_link")
        _answer(script.gateway, f"recording-{message.channel}")
        script.sent.append(message)
        return _accept(script, message)

    @activity.defn
    async def send_identifier(self, message: IdentifierMessage) -> Acceptance:
        """Accept the identifier, or fail as the script's gateway does."""
        script = self._scripts.of(message.workflow_id)
        script.identifiers_tried.append(message)
        await script.wait_until_released("send_identifier")
        _answer(script.identifier_gateway, "recording")
        script.identifiers_sent.append(message)
        return _accept(script, message)

    @activity.defn
    async def send_notice(self, notice: Notice) -> Acceptance:
        """Accept the notice, or fail as the script's relay does."""
        script = self._scripts.of(notice.workflow_id)
        script.notices.append(notice)
        _answer(script.relay, "recording-relay")
        return _accept(script, notice)

    @activity.defn
    async def send_letter(self, letter: SupportLetter) -> None:
        """Accept the letter, or fail as the script's relay does; a refusal is retried too."""
        script = self._scripts.of(letter.workflow_id)
        script.letters.append(letter)
        if script.relay is not GatewayMode.OK:
            raise ApplicationError(
                f"recording-{script.relay}", type="GatewayRefusedError", next_retry_delay=script.letter_retry_delay
            )

    @activity.defn
    async def send_code(self, sealed: SealedCodeMail) -> None:
        """Accept the mail, or fail as the script's relay does."""
        script = self._scripts.of(sealed.workflow_id)
        script.code_mails.append(sealed)
        _answer(script.relay, "relay")

    @activity.defn
    async def tell_bureau(self, news: BureauNews) -> None:
        """Accept the mail, or fail as the script's relay does; a refusal is retried too."""
        script = self._scripts.of(news.id)
        script.news.append(news)
        if script.relay is not GatewayMode.OK:
            raise ApplicationError(
                "recording-relay", type="GatewayRefusedError", next_retry_delay=script.letter_retry_delay
            )


def _accept(script: Script, message: LinkMessage | IdentifierMessage | Notice) -> Acceptance:
    """Return the acceptance of a message, with the script's next answer of somebody else's in its place, if there is one."""
    if script.forged_answers:
        # Not an `Acceptance`, perhaps: the workflow must expect anything.
        return script.forged_answers.pop(0)  # type: ignore[no-any-return]
    return signed(Acceptance("recording", utc_now()), message.workflow_id, message.message_id)


def _answer(behaviour: GatewayMode, gateway: str) -> None:
    try:
        behaviour.answer(gateway)
    except GatewayRefusedError as error:
        raise ApplicationError(error.reason, type="GatewayRefusedError", non_retryable=True) from None
    except GatewayUnavailableError as error:
        raise ApplicationError(error.reason, type="GatewayUnavailableError") from None
