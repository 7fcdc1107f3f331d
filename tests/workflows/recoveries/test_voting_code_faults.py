"""Recoveries whose first request was lost, or whose elector was taken off the roll."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from election.stages import Stage
from election.verdicts import LinkVerdict, Verdict
from tests.support.waiting import until
from tests.workflows.scripted.operator import Operator
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.contracts.messages import Answer


async def test_an_elector_taken_off_the_roll_gets_no_code(voter: VotingCodeVoter) -> None:
    """The update fails with the activity's error, and the recovery ends cancelled: its link is not told to have served."""
    message = await voter.asks_and_receives_link()
    voter.script.is_on_the_roll = False
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await voter.clicks(message)
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "LookupError"
    assert await voter.ends() is Stage.CANCELLED
    (settled,) = voter.script.settlements
    assert (settled.ending, settled.operator) == (Stage.CANCELLED, "")
    assert settled.links == {message.link_id: LinkVerdict.CANCELLED}
    assert voter.script.notices == []


async def test_a_recovery_without_its_first_request_ends_after_ten_minutes(voter: VotingCodeVoter) -> None:
    """The server crashed before the update, and the voter never tried again."""
    await voter.asks_but_request_is_lost()
    await voter.waits(minutes=9, seconds=30)
    assert (await voter.status()).stage is Stage.VERIFYING
    assert await voter.timers() == [timedelta(minutes=10)]
    await voter.waits(seconds=31)
    assert await voter.ends() is Stage.REFUSED


async def test_a_recovery_without_its_first_request_takes_the_next(voter: VotingCodeVoter) -> None:
    """The voter's second request goes to the waiting recovery."""
    await voter.asks_but_request_is_lost()
    assert await voter.asks() == Answer(Verdict.ACCEPTED)
    assert len(voter.script.claims) == 1


async def test_an_operator_can_cancel_a_recovery_without_its_first_request(voter: VotingCodeVoter) -> None:
    """There is no link to cancel: it ends refused."""
    await voter.asks_but_request_is_lost()
    assert await Operator().cancels(voter) is Stage.REFUSED
    assert await voter.ends() is Stage.REFUSED


async def test_a_new_request_during_the_settlement_of_a_cancellation_continues(voter: VotingCodeVoter) -> None:
    """The cancellation returns, and the newer request's ending does not name the operator."""
    voter.task_timeout = timedelta(seconds=3)
    await voter.asks_and_receives_link()
    async with voter.script.holding("settle"):
        cancelled = asyncio.create_task(Operator().cancels(voter))
        await until(lambda: voter.script.settlements)
        await voter.asks(request_id="request-2")
        assert await cancelled in {Stage.SENDING, Stage.SENT}
    await voter.is_sent()
    await voter.waits(hours=1, seconds=1)
    assert await voter.ends() is Stage.EXPIRED
    endings = [(settled.ending, settled.operator) for settled in voter.script.settlements]
    assert endings == [(Stage.CANCELLED, "Claude Exemple"), (Stage.EXPIRED, "")]
