"""Incompatibly changed workflows of the same names: their replay must fail.

Each adds a timer before the real `run`.
"""

from temporalio import workflow

from activities.acts.bulk_orders import ActCounts
from activities.acts.elector_acts import ElectorActed, ElectorOrder
from activities.recoveries.objection import ObjectionOrder
from activities.roll_uploads.orders import CheckOrder, DecisionOrder, UploadState
from activities.routing.orders import GatewayOrder
from activities.sending.bureau_desk import BureauNews
from activities.sending.sign_in_code import SealedCodeMail
from activities.sending.support_desk import SupportLetter
from election.stages import Stage
from election.verdicts import LinkVerdict
from workflows.acts.bulk_retry import BulkRetry
from workflows.acts.bureau_notice import BureauNotice
from workflows.acts.elector_act import ElectorAct
from workflows.acts.gateway_change import GatewayChange
from workflows.acts.messages import BulkInput
from workflows.mailings.mailing import Mailing
from workflows.mailings.messages import MailingInput, MailingProgress
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.objection import Objection
from workflows.recoveries.password import PasswordRecovery
from workflows.recoveries.sign_in_code import SignInCodeMailing
from workflows.recoveries.support_request import SupportRequest
from workflows.recoveries.voting_code import VotingCodeRecovery
from workflows.roll.uploads import RollCheck, RollDecision


@workflow.defn(name="VotingCodeRecovery")
class ChangedVotingCodeRecovery(VotingCodeRecovery):
    """The changed voting code recovery."""

    @workflow.run
    async def run(self) -> Stage:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run()


@workflow.defn(name="PasswordRecovery")
class ChangedPasswordRecovery(PasswordRecovery):
    """The changed password recovery."""

    @workflow.run
    async def run(self) -> Stage:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run()


@workflow.defn(name="IdentifierAndPasswordRecovery")
class ChangedIdentifierAndPasswordRecovery(IdentifierAndPasswordRecovery):
    """The changed recovery of identifier and password."""

    @workflow.run
    async def run(self) -> Stage:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run()


@workflow.defn(name="IdentifierRecovery")
class ChangedIdentifierRecovery(IdentifierRecovery):
    """The changed identifier recovery."""

    @workflow.run
    async def run(self) -> Stage:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run()


@workflow.defn(name="SupportRequest")
class ChangedSupportRequest(SupportRequest):
    """The changed support request."""

    @workflow.run
    async def run(self, letter: SupportLetter) -> None:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        await super().run(letter)


@workflow.defn(name="SignInCodeMailing")
class ChangedSignInCodeMailing(SignInCodeMailing):
    """The changed mailing of a code."""

    @workflow.run
    async def run(self, sealed: SealedCodeMail) -> None:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        await super().run(sealed)


@workflow.defn(name="Mailing")
class ChangedMailing(Mailing):
    """The changed mailing."""

    @workflow.init
    def __init__(self, order: MailingInput) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: MailingInput) -> MailingProgress:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run(order)


@workflow.defn(name="BulkRetry")
class ChangedBulkRetry(BulkRetry):
    """The changed act."""

    @workflow.init
    def __init__(self, given: BulkInput) -> None:
        super().__init__(given)

    @workflow.run
    async def run(self, given: BulkInput) -> ActCounts:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run(given)


@workflow.defn(name="ElectorAct")
class ChangedElectorAct(ElectorAct):
    """The changed act for an elector."""

    @workflow.run
    async def run(self, order: ElectorOrder) -> ElectorActed:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run(order)


@workflow.defn(name="GatewayChange")
class ChangedGatewayChange(GatewayChange):
    """The changed act on a gateway."""

    @workflow.run
    async def run(self, order: GatewayOrder) -> bool:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run(order)


@workflow.defn(name="BureauNotice")
class ChangedBureauNotice(BureauNotice):
    """The changed news to the bureau."""

    @workflow.run
    async def run(self, news: BureauNews) -> None:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        await super().run(news)


@workflow.defn(name="RollCheck")
class ChangedRollCheck(RollCheck):
    """The changed dry run of a roll."""

    @workflow.run
    async def run(self, order: CheckOrder) -> UploadState:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run(order)


@workflow.defn(name="RollDecision")
class ChangedRollDecision(RollDecision):
    """The changed decision on a roll."""

    @workflow.run
    async def run(self, order: DecisionOrder) -> UploadState:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run(order)


@workflow.defn(name="Objection")
class ChangedObjection(Objection):
    """The changed objection."""

    @workflow.run
    async def run(self, order: ObjectionOrder) -> LinkVerdict:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run(order)


CHANGED = (
    ChangedVotingCodeRecovery,
    ChangedPasswordRecovery,
    ChangedIdentifierAndPasswordRecovery,
    ChangedIdentifierRecovery,
    ChangedSupportRequest,
    ChangedSignInCodeMailing,
    ChangedMailing,
    ChangedBulkRetry,
    ChangedElectorAct,
    ChangedGatewayChange,
    ChangedBureauNotice,
    ChangedRollCheck,
    ChangedRollDecision,
    ChangedObjection,
)
