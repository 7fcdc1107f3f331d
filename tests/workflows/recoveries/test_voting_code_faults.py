"""Recoveries whose request, or elector, is lost."""

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
    """When no retry can mend the reissue, the click is told so and the recovery ends as cancelled."""
    message = await voter.asks_and_receives_link()
    voter.script.is_on_the_roll = False
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await voter.clicks(message)
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "LookupError"
    assert await voter.ends() is Stage.CANCELLED
    (settled,) = voter.script.settlements
    assert (settled.ending, settled.operator) == (Stage.CANCELLED, "")
    assert settled.links == {message.link_id: LinkVerdict.USED}
    assert voter.script.notices == []


async def test_a_recovery_whose_request_was_lost_ends_with_requests(voter: VotingCodeVoter) -> None:
    """The server died with the request in it, and the voter never came back: nothing waits for ever."""
    voter.with_terms(requests_close=voter.terms.requests_close - timedelta(days=1))
    await voter.asks_but_request_is_lost()
    await voter.waits(hours=23, minutes=59)
    assert (await voter.status()).stage is Stage.VERIFYING
    await voter.waits(minutes=1, seconds=1)
    assert await voter.ends() is Stage.REFUSED


async def test_a_recovery_whose_request_was_lost_takes_the_next(voter: VotingCodeVoter) -> None:
    """The voter asks again: the recovery that waits is theirs."""
    await voter.asks_but_request_is_lost()
    assert await voter.asks() == Answer(Verdict.TAKEN)
    assert len(voter.script.claims) == 1


async def test_an_operator_can_end_a_recovery_whose_request_was_lost(voter: VotingCodeVoter) -> None:
    """There is no link to cancel: it ends at once, as one in which nothing was taken."""
    await voter.asks_but_request_is_lost()
    assert await Operator().cancels(voter) is Stage.REFUSED
    assert await voter.ends() is Stage.REFUSED


async def test_a_new_request_while_a_cancellation_is_being_settled_lives_on(voter: VotingCodeVoter) -> None:
    """The operator is answered; the newer request's own ending is not told as the operator's."""
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
    told = [(settled.ending, settled.operator) for settled in voter.script.settlements]
    assert told == [(Stage.CANCELLED, "Claude Exemple"), (Stage.EXPIRED, "")]
