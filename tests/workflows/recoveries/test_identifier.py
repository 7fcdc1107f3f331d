"""The recovery of an identifier, from the request to each of its endings."""

from collections.abc import AsyncIterator

import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from activities.gateways.recording import GatewayMode
from activities.security.purposes import CONTACT, IDENTIFIER, PROOFS
from activities.security.vault import key_id
from election.stages import Stage
from election.verdicts import Verdict
from tests.support.waiting import until
from tests.workflows.scripted import identifier_scenarios
from tests.workflows.scripted.identifier_voter import IdentifierVoter
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from workflows.contracts.messages import Answer
from workflows.recoveries.identifier import IdentifierRecovery


@pytest_asyncio.fixture
async def voter(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[IdentifierVoter]:
    """An elector of this test's own, who has not asked for anything yet."""
    elector = IdentifierVoter(env, scripts)
    async with replayed(elector, IdentifierRecovery):
        yield elector


def _keys(request_id: str) -> list[str]:
    """Return the ids of the keys of a request that are destroyed at its end."""
    return [key_id(request_id, purpose) for purpose in (PROOFS, CONTACT, IDENTIFIER)]


async def test_an_identifier_is_replaced_by_sms(voter: IdentifierVoter) -> None:
    """Prove, receive the SMS, done: activated once, the mailbox told, the keys destroyed, nothing given back."""
    assert await voter.asks() == Answer(Verdict.TAKEN)
    await voter.reaches(Stage.SENT)
    await voter.receives()
    assert await voter.ends() is Stage.REISSUED
    (sent,), (activation,), (notice,) = (
        voter.script.identifiers_tried,
        voter.script.activations,
        voter.script.notices,
    )
    assert (sent.identifier, sent.message_id) == ("for request-1", "request-1-1")
    assert activation.delivery_id == notice.link_id == "request-1"
    (settled,) = voter.script.settlements
    assert (settled.settlement.ending, settled.failed_request_id) == (Stage.REISSUED, "")
    assert settled.settlement.key_ids == _keys("request-1")


async def test_a_receipt_that_comes_before_the_gateway_s_answer_waits_until_the_identifier_works(
    voter: IdentifierVoter,
) -> None:
    """The voter has the SMS already: the recovery ends once the identifier works, and not before."""
    voter.script.hold("send_identifier")
    await voter.asks()
    await until(lambda: voter.script.identifiers_tried)
    await voter.receives()
    await until(lambda: _is_delivered(voter))
    assert voter.script.settlements == []
    voter.script.release("send_identifier")
    assert await voter.ends() is Stage.REISSUED
    assert [each.delivery_id for each in voter.script.activations] == ["request-1"]
    assert [each.link_id for each in voter.script.notices] == ["request-1"]
    assert [each.failed_request_id for each in voter.script.settlements] == [""]


async def _is_delivered(voter: IdentifierVoter) -> bool:
    return (await voter.status()).delivered_at is not None


async def test_whoever_has_not_signed_in_is_served_too(voter: IdentifierVoter) -> None:
    """By a signal, that nobody waits for; the same form sent twice is judged once."""
    await voter.asks_without_sign_in()
    await voter.asks_without_sign_in()
    await voter.reaches(Stage.SENT)
    await voter.receives()
    assert await voter.ends() is Stage.REISSUED
    assert len(voter.script.claims) == len(voter.script.identifiers_tried) == 1


async def test_a_refused_proof_ends_a_new_recovery(voter: IdentifierVoter) -> None:
    """Nothing is sent."""
    voter.script.verdicts = [Verdict.WRONG_PROOF]
    assert (await voter.asks()).verdict is Verdict.WRONG_PROOF
    assert await voter.ends() is Stage.REFUSED
    assert voter.script.identifiers_tried == []


async def test_a_late_sms_is_said_to_be_late_and_arrives(voter: IdentifierVoter) -> None:
    """Without a receipt it is followed for an hour; the identifier works meanwhile."""
    await voter.asks()
    await voter.reaches(Stage.SENT)
    await voter.waits(minutes=2, seconds=1)
    await voter.reaches(Stage.LATE)
    await voter.waits(hours=1)
    assert await voter.ends() is Stage.REISSUED


async def test_a_retry_carries_the_same_identifier(voter: IdentifierVoter) -> None:
    """Refused for good it waits; nothing is activated until an operator's retry is taken."""
    voter.script.identifier_gateway = GatewayMode.REFUSE
    await voter.asks()
    await voter.reaches(Stage.HELD)
    assert voter.script.activations == []
    voter.script.identifier_gateway = GatewayMode.OK
    await voter.is_retried()
    await voter.reaches(Stage.SENT)
    await voter.receives()
    assert await voter.ends() is Stage.REISSUED
    assert [message.identifier for message in voter.script.identifiers_tried] == ["for request-1"] * 2
    assert [message.message_id for message in voter.script.identifiers_tried] == ["request-1-1", "request-1-2"]


async def test_an_operator_s_cancel_gives_the_request_back(voter: IdentifierVoter) -> None:
    """While the gateway is down: nothing is activated, and the settlement names who cancelled."""
    voter.script.identifier_gateway = GatewayMode.DOWN
    await voter.asks()
    await until(lambda: voter.script.identifiers_tried)
    assert await voter.is_cancelled() is Stage.CANCELLED
    assert await voter.ends() is Stage.CANCELLED
    (settled,) = voter.script.settlements
    assert (settled.failed_request_id, settled.settlement.operator) == ("request-1", "Claude Exemple")
    assert voter.script.activations == []


async def test_a_cancel_that_meets_the_gateway_s_answer_wins(voter: IdentifierVoter) -> None:
    """In one workflow task with it: what the SMS carries never works, and the voter reads so."""
    await identifier_scenarios.cancelled_during_send(voter)
    assert await voter.ends() is Stage.CANCELLED
    assert (voter.script.activations, voter.script.notices) == ([], [])
    assert [settled.failed_request_id for settled in voter.script.settlements] == ["request-1"]


async def test_a_cancel_after_the_sms_was_taken_leaves_the_new_identifier(voter: IdentifierVoter) -> None:
    """It is out and works: the recovery ends as what it was, and the act is noted."""
    await voter.asks()
    await voter.reaches(Stage.SENT)
    assert await voter.is_cancelled() is Stage.REISSUED
    assert await voter.ends() is Stage.REISSUED
    assert [settled.failed_request_id for settled in voter.script.settlements] == [""]
    assert [act.operator for act in voter.script.cancellations] == ["Claude Exemple"]


async def test_a_failed_send_that_nobody_mends_is_given_back(voter: IdentifierVoter) -> None:
    """At the election's deadline the recovery expires."""
    voter.script.identifier_gateway = GatewayMode.REFUSE
    await voter.asks()
    await voter.reaches(Stage.HELD)
    await voter.waits(days=3)
    assert await voter.ends() is Stage.EXPIRED
    assert [settled.failed_request_id for settled in voter.script.settlements] == ["request-1"]


async def test_a_new_request_takes_the_place_of_a_failed_one(voter: IdentifierVoter) -> None:
    """Its claim names the one that failed, whose count it takes; all keys are destroyed at the end."""
    voter.script.identifier_gateway = GatewayMode.REFUSE
    await voter.asks()
    await voter.reaches(Stage.HELD)
    voter.script.identifier_gateway = GatewayMode.OK
    await voter.asks("request-2")
    await voter.reaches(Stage.SENT)
    await voter.receives()
    assert await voter.ends() is Stage.REISSUED
    assert [claim.failed_request_id for claim in voter.script.claims] == ["", "request-1"]
    (settled,) = voter.script.settlements
    assert settled.settlement.key_ids == [*_keys("request-1"), *_keys("request-2")]


async def test_requests_that_come_too_late_are_refused(voter: IdentifierVoter) -> None:
    """While an earlier one lives."""
    await voter.asks()
    await voter.reaches(Stage.SENT)
    voter.script.identifier_gateway = GatewayMode.OK
    await voter.receives(delivered=False)
    await voter.reaches(Stage.HELD)
    await voter.waits(days=2)
    assert (await voter.asks("request-2")).verdict is Verdict.CLOSED
