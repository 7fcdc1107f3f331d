"""Workflows of the same names that have been changed carelessly: what replays must catch.

Each waits for a second first, as the runs that are open did not.
"""

from temporalio import workflow

from activities.sending.support_desk import SupportLetter
from election.stages import Stage
from workflows.contracts.messages import RecoveryTerms
from workflows.mailings.campaign import LinkCampaign
from workflows.mailings.messages import CampaignOrder, CampaignProgress
from workflows.recoveries.identifier import IdentifierRecovery
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery
from workflows.recoveries.password import PasswordRecovery
from workflows.recoveries.support_request import SupportRequest
from workflows.recoveries.voting_code import VotingCodeRecovery


@workflow.defn(name="VotingCodeRecovery")
class RestlessRecovery(VotingCodeRecovery):
    """The voting code's."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        super().__init__(terms)

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:
        """Wait, then do as the real one does."""
        await workflow.sleep(1)
        return await super().run(terms)


@workflow.defn(name="PasswordRecovery")
class RestlessPassword(PasswordRecovery):
    """The password's."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        super().__init__(terms)

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:
        """Wait, then do as the real one does."""
        await workflow.sleep(1)
        return await super().run(terms)


@workflow.defn(name="IdentifierAndPasswordRecovery")
class RestlessBothCodes(IdentifierAndPasswordRecovery):
    """That of both credentials."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        super().__init__(terms)

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:
        """Wait, then do as the real one does."""
        await workflow.sleep(1)
        return await super().run(terms)


@workflow.defn(name="IdentifierRecovery")
class RestlessIdentifier(IdentifierRecovery):
    """The identifier's."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        super().__init__(terms)

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:
        """Wait, then do as the real one does."""
        await workflow.sleep(1)
        return await super().run(terms)


@workflow.defn(name="SupportRequest")
class RestlessSupport(SupportRequest):
    """The support desk's."""

    @workflow.run
    async def run(self, letter: SupportLetter) -> None:
        """Wait, then do as the real one does."""
        await workflow.sleep(1)
        await super().run(letter)


@workflow.defn(name="LinkCampaign")
class RestlessCampaign(LinkCampaign):
    """The campaign's."""

    @workflow.init
    def __init__(self, order: CampaignOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: CampaignOrder) -> CampaignProgress:
        """Wait, then do as the real one does."""
        await workflow.sleep(1)
        return await super().run(order)
