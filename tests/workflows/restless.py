"""A workflow of the same name that has been changed carelessly: what replays must catch."""

from temporalio import workflow

from election.stages import Stage
from workflows.messages import RecoveryTerms
from workflows.voting_code import VotingCodeRecovery


@workflow.defn(name="VotingCodeRecovery")
class RestlessRecovery(VotingCodeRecovery):
    """Waits for a second first, as the runs that are open did not."""

    @workflow.init
    def __init__(self, terms: RecoveryTerms) -> None:
        super().__init__(terms)

    @workflow.run
    async def run(self, terms: RecoveryTerms) -> Stage:
        """Wait, then do as the real one does."""
        await workflow.sleep(1)
        return await super().run(terms)
