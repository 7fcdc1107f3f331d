"""A scripted operator, who retries and cancels voting code recoveries."""

from datetime import timedelta

from election.stages import Stage
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.contracts.orders import CancelRequest, RetryRequest

_TIMEOUT = timedelta(seconds=20)


class Operator:
    """An operator with a name."""

    def __init__(self, name: str = "Claude Exemple") -> None:
        self.name = name

    async def cancels(self, voter: VotingCodeVoter) -> Stage:
        """Cancel a voter's recovery, and return its stage."""
        order = CancelRequest(self.name, "demande par téléphone")
        return Stage(await voter.handle.execute_update("cancel", order, result_type=Stage, rpc_timeout=_TIMEOUT))

    async def retries(self, voter: VotingCodeVoter) -> Stage:
        """Retry a failed send, and return the new stage."""
        return Stage(
            await voter.handle.execute_update(
                "retry_send", RetryRequest(self.name), result_type=Stage, rpc_timeout=_TIMEOUT
            )
        )

    async def retries_by_batch(self, voter: VotingCodeVoter) -> None:
        """Retry a failed send as a batch operation does: by a signal."""
        await voter.handle.signal("retry_send_all", RetryRequest(self.name))
