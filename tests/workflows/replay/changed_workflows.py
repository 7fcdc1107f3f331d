"""Incompatibly changed workflows of the same names: their replay must fail.

Each adds a timer before the real `run`.
"""

from temporalio import workflow

from activities.sending.support_desk import SupportLetter
from election.stages import Stage
from workflows.contracts.messages import RecoveryTerms
from workflows.mailings.campaign import LinkCampaign
from workflows.mailings.messages import CampaignInput, CampaignProgress
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.password import PasswordRecovery
from workflows.recoveries.support_request import SupportRequest
from workflows.recoveries.voting_code import VotingCodeRecovery


@workflow.defn(name="VotingCodeRecovery")
class ChangedVotingCodeRecovery(VotingCodeRecovery):
    """The changed voting code recovery."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        super().__init__(terms)

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run(terms)


@workflow.defn(name="PasswordRecovery")
class ChangedPasswordRecovery(PasswordRecovery):
    """The changed password recovery."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        super().__init__(terms)

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run(terms)


@workflow.defn(name="IdentifierAndPasswordRecovery")
class ChangedIdentifierAndPasswordRecovery(IdentifierAndPasswordRecovery):
    """The changed recovery of identifier and password."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        super().__init__(terms)

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run(terms)


@workflow.defn(name="IdentifierRecovery")
class ChangedIdentifierRecovery(IdentifierRecovery):
    """The changed identifier recovery."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        super().__init__(terms)

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run(terms)


@workflow.defn(name="SupportRequest")
class ChangedSupportRequest(SupportRequest):
    """The changed support request."""

    @workflow.run
    async def run(self, letter: SupportLetter) -> None:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        await super().run(letter)


@workflow.defn(name="LinkCampaign")
class ChangedCampaign(LinkCampaign):
    """The changed campaign."""

    @workflow.init
    def __init__(self, order: CampaignInput) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: CampaignInput) -> CampaignProgress:
        """Wait a second, then run the real workflow."""
        await workflow.sleep(1)
        return await super().run(order)
