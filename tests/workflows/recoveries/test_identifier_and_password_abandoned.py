"""A recovery of both credentials (2011) that is cancelled in the moment when its second mail is taken."""

import asyncio

from election.stages import Stage
from tests.support.waiting import until
from tests.workflows.scripted.environment import messaging_worker, recoveries_worker, server
from tests.workflows.scripted.identifier_and_password_voter import IdentifierAndPasswordVoter
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery


async def test_a_cancel_that_meets_the_relay_s_answer_wins() -> None:
    """Both waited for a worker that was away: what the mail carries never works."""
    scripts = Scripts()
    async with server() as env, messaging_worker(env.client, scripts):
        voter = IdentifierAndPasswordVoter(env, scripts)
        async with voter.script.holding("send_identifier"):
            async with recoveries_worker(env.client, scripts):
                message = await voter.asks_and_receives_link()
                await voter.takes(message)
                await until(lambda: voter.script.identifiers_tried)
            cancelled = asyncio.create_task(voter.is_cancelled())
        await until(lambda: _is_answered(voter))
        async with recoveries_worker(env.client, scripts), replayed(voter, IdentifierAndPasswordRecovery):
            assert await cancelled is Stage.CANCELLED
            assert await voter.ends() is Stage.CANCELLED
    assert voter.script.activations == []
    assert [end.abandoned_ids for end in voter.script.settlements] == [[message.link_id]]


async def _is_answered(voter: IdentifierAndPasswordVoter) -> bool:
    return not (await voter.handle.describe()).raw_description.pending_activities
