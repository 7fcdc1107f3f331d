"""The recovery of an identifier, from the request to each of its endings."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from activities.gateways.recording import Behaviour
from election.stages import Stage
from election.verdicts import Verdict
from tests.support.waiting import until
from tests.workflows.scripted import identifier_scenarios
from tests.workflows.scripted.environment import server
from tests.workflows.scripted.identifier_activities import IdentifierVoter, IdentifierWorld
from tests.workflows.scripted.replaying import replayed
from workflows.contracts.messages import Answer
from workflows.recoveries.identifier import IdentifierRecovery


@pytest_asyncio.fixture(scope="module")
async def alone() -> AsyncIterator[WorkflowEnvironment]:
    """A server of these tests' own: its messaging queue has another worker than the others'."""
    async with server() as environment:
        yield environment


@pytest_asyncio.fixture
async def voter(alone: WorkflowEnvironment) -> AsyncIterator[IdentifierVoter]:
    """An elector of this test's own, in a world of its own."""
    world, queue = IdentifierWorld(), uuid4().hex
    recoveries, sends = world.workers(alone.client, queue)
    async with recoveries, sends:
        elector = IdentifierVoter(alone, world, queue)
        async with replayed(elector, IdentifierRecovery):
            yield elector


async def test_an_identifier_is_replaced_by_sms(voter: IdentifierVoter) -> None:
    """Prove, receive the SMS, done: activated once, the mailbox told, the keys destroyed, nothing given back."""
    assert await voter.asks() == Answer(Verdict.TAKEN)
    await voter.stands_at(Stage.SENT)
    await voter.is_told()
    assert await voter.ends() is Stage.REISSUED
    (sent,), (activation,), (notice,) = voter.world.tried, voter.world.activations, voter.world.notices
    assert (sent.identifier, sent.message_id) == ("for request-1", "request-1-1")
    assert activation.request == notice.link_id == "request-1"
    (settled,) = voter.world.settlements
    assert (settled.ending, settled.requests, settled.failed) == (Stage.REISSUED, ["request-1"], "")


async def test_a_receipt_that_comes_before_the_gateway_s_answer_waits_until_the_identifier_works(
    voter: IdentifierVoter,
) -> None:
    """The voter has the SMS already: the recovery ends once the identifier works, and not before."""
    voter.world.answers.clear()
    await voter.asks()
    await until(lambda: voter.world.tried)
    await voter.is_told()
    await until(lambda: _is_delivered(voter))
    assert voter.world.settlements == []
    voter.world.answers.set()
    assert await voter.ends() is Stage.REISSUED
    assert [each.request for each in voter.world.activations] == ["request-1"]
    assert [each.link_id for each in voter.world.notices] == ["request-1"]
    assert [each.failed for each in voter.world.settlements] == [""]


async def _is_delivered(voter: IdentifierVoter) -> bool:
    return (await voter.status()).delivered_at is not None


async def test_whoever_has_not_signed_in_is_served_too(voter: IdentifierVoter) -> None:
    """By a signal, that nobody waits for; the same form sent twice is judged once."""
    await voter.asks_from_outside()
    await voter.asks_from_outside()
    await voter.stands_at(Stage.SENT)
    await voter.is_told()
    assert await voter.ends() is Stage.REISSUED
    assert len(voter.world.claims) == len(voter.world.tried) == 1


async def test_a_refused_proof_ends_a_new_recovery(voter: IdentifierVoter) -> None:
    """Nothing is sent."""
    voter.world.verdict = Verdict.WRONG_PROOF
    assert (await voter.asks()).verdict is Verdict.WRONG_PROOF
    assert await voter.ends() is Stage.REFUSED
    assert voter.world.tried == []


async def test_a_late_sms_is_said_to_be_late_and_arrives(voter: IdentifierVoter) -> None:
    """Without a receipt it is followed for an hour; the identifier works meanwhile."""
    await voter.asks()
    await voter.stands_at(Stage.SENT)
    await voter.waits(minutes=2, seconds=1)
    await voter.stands_at(Stage.LATE)
    await voter.waits(hours=1)
    assert await voter.ends() is Stage.REISSUED


async def test_a_retry_carries_the_same_identifier(voter: IdentifierVoter) -> None:
    """Refused for good it waits; nothing is activated until an operator's retry is taken."""
    voter.world.gateway = Behaviour.REFUSE
    await voter.asks()
    await voter.stands_at(Stage.HELD)
    assert voter.world.activations == []
    voter.world.gateway = Behaviour.OK
    await voter.is_retried()
    await voter.stands_at(Stage.SENT)
    await voter.is_told()
    assert await voter.ends() is Stage.REISSUED
    assert [message.identifier for message in voter.world.tried] == ["for request-1"] * 2
    assert [message.message_id for message in voter.world.tried] == ["request-1-1", "request-1-2"]


async def test_an_operator_s_cancel_gives_the_request_back(voter: IdentifierVoter) -> None:
    """While the gateway is down: nothing is activated, and the settlement names who cancelled."""
    voter.world.gateway = Behaviour.DOWN
    await voter.asks()
    await until(lambda: voter.world.tried)
    assert await voter.is_cancelled() is Stage.CANCELLED
    assert await voter.ends() is Stage.CANCELLED
    (settled,) = voter.world.settlements
    assert (settled.failed, settled.operator) == ("request-1", "Claude Exemple")
    assert voter.world.activations == []


async def test_a_cancel_that_meets_the_gateway_s_answer_wins(voter: IdentifierVoter) -> None:
    """In one workflow task with it: what the SMS carries never works, and the voter reads so."""
    await identifier_scenarios.cancelled_while_leaving(voter)
    assert await voter.ends() is Stage.CANCELLED
    assert (voter.world.activations, voter.world.notices) == ([], [])
    assert [settled.failed for settled in voter.world.settlements] == ["request-1"]


async def test_a_cancel_after_the_sms_was_taken_leaves_the_new_identifier(voter: IdentifierVoter) -> None:
    """It is out and works: the recovery ends as what it was, and the act is noted."""
    await voter.asks()
    await voter.stands_at(Stage.SENT)
    assert await voter.is_cancelled() is Stage.REISSUED
    assert await voter.ends() is Stage.REISSUED
    assert [settled.failed for settled in voter.world.settlements] == [""]
    assert [act.operator for act in voter.world.acts] == ["Claude Exemple"]


async def test_a_failed_send_that_nobody_mends_is_given_back(voter: IdentifierVoter) -> None:
    """At the election's deadline the recovery expires."""
    voter.world.gateway = Behaviour.REFUSE
    await voter.asks()
    await voter.stands_at(Stage.HELD)
    await voter.waits(days=3)
    assert await voter.ends() is Stage.EXPIRED
    assert [settled.failed for settled in voter.world.settlements] == ["request-1"]


async def test_a_new_request_takes_the_place_of_a_failed_one(voter: IdentifierVoter) -> None:
    """Its claim names the one that failed, whose count it takes; all keys are destroyed at the end."""
    voter.world.gateway = Behaviour.REFUSE
    await voter.asks()
    await voter.stands_at(Stage.HELD)
    voter.world.gateway = Behaviour.OK
    await voter.asks("request-2")
    await voter.stands_at(Stage.SENT)
    await voter.is_told()
    assert await voter.ends() is Stage.REISSUED
    assert [claim.failed for claim in voter.world.claims] == ["", "request-1"]
    assert [settled.requests for settled in voter.world.settlements] == [["request-1", "request-2"]]


async def test_requests_that_come_too_late_are_refused(voter: IdentifierVoter) -> None:
    """While an earlier one lives."""
    await voter.asks()
    await voter.stands_at(Stage.SENT)
    voter.world.gateway = Behaviour.OK
    await voter.is_told(delivered=False)
    await voter.stands_at(Stage.HELD)
    await voter.waits(days=2)
    assert (await voter.asks("request-2")).verdict is Verdict.CLOSED
