"""Support staff, as workflow tests play them: an operator with a name."""

from election.stages import Stage
from tests.workflows.voter import Voter
from workflows.messages import Cancel, Retry
from workflows.voting_code import VotingCodeRecovery


class Operator:
    """Whoever retries and cancels; the journal is told the name."""

    def __init__(self, name: str = "Claude Exemple") -> None:
        self.name = name

    async def cancels(self, voter: Voter) -> Stage:
        """Cancel a voter's recovery, and return how it ended."""
        order = Cancel(self.name, "demande par téléphone")
        return await voter.handle.execute_update(VotingCodeRecovery.cancel, order)

    async def retries(self, voter: Voter) -> Stage:
        """Have a failed send tried again, and return the stage it leads to."""
        return await voter.handle.execute_update(VotingCodeRecovery.retry_send, Retry(self.name))

    async def retries_as_one_of_many(self, voter: Voter) -> None:
        """Have a failed send tried again, as a batch would: by a signal, without an answer."""
        await voter.handle.signal(VotingCodeRecovery.retry_send_all, Retry(self.name))
