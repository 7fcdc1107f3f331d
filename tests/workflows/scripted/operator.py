"""Support staff, as workflow tests play them: an operator with a name, who calls handlers by theirs."""

from datetime import timedelta

from election.stages import Stage
from tests.workflows.scripted.voting_code_voter import Voter
from workflows.contracts.messages import Cancel, Retry

_PATIENCE = timedelta(seconds=20)


class Operator:
    """Whoever retries and cancels; the journal is told the name."""

    def __init__(self, name: str = "Claude Exemple") -> None:
        self.name = name

    async def cancels(self, voter: Voter) -> Stage:
        """Cancel a voter's recovery, and return how it ended."""
        order = Cancel(self.name, "demande par téléphone")
        return Stage(await voter.handle.execute_update("cancel", order, result_type=Stage, rpc_timeout=_PATIENCE))

    async def retries(self, voter: Voter) -> Stage:
        """Have a failed send tried again, and return the stage it leads to."""
        return Stage(
            await voter.handle.execute_update(
                "retry_send", Retry(self.name), result_type=Stage, rpc_timeout=_PATIENCE
            )
        )

    async def retries_as_one_of_many(self, voter: Voter) -> None:
        """Have a failed send tried again as a batch would: by a signal, without an answer."""
        await voter.handle.signal("retry_send_all", Retry(self.name))
