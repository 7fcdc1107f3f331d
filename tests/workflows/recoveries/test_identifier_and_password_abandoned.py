"""A recovery of identifier and password (2011) is cancelled when its second e-mail is accepted."""

import asyncio
from uuid import uuid4

from temporalio.testing import WorkflowEnvironment

from election.stages import Stage
from tests.support.waiting import until
from tests.workflows.scripted.environment import recoveries_worker
from tests.workflows.scripted.identifier_and_password_voter import IdentifierAndPasswordVoter
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery


async def test_a_cancellation_together_with_the_relay_s_answer_wins(
    env: WorkflowEnvironment, scripts: Scripts
) -> None:
    """Both wait for a stopped worker: the identifier of the e-mail is never activated."""
    voter = IdentifierAndPasswordVoter(env, scripts)
    voter.queue = uuid4().hex  # the worker of the other tests goes on
    async with voter.script.holding("send_identifier"):
        async with recoveries_worker(env.client, scripts, voter.queue):
            message = await voter.asks_and_receives_link()
            await voter.takes(message)
            await until(lambda: voter.script.identifiers_tried)
        cancelled = asyncio.create_task(voter.is_cancelled())
    await until(lambda: _sends_are_done(voter))
    async with (
        recoveries_worker(env.client, scripts, voter.queue),
        replayed(voter, IdentifierAndPasswordRecovery),
    ):
        assert await cancelled is Stage.CANCELLED
        assert await voter.ends() is Stage.CANCELLED
    assert voter.script.activations == []
    assert [end.abandoned_ids for end in voter.script.settlements] == [[message.link_id]]


async def _sends_are_done(voter: IdentifierAndPasswordVoter) -> bool:
    return not (await voter.handle.describe()).raw_description.pending_activities
