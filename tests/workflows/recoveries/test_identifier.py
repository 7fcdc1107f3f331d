"""The recovery of an identifier, from the request to each of its endings."""

from collections.abc import AsyncIterator

import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from activities.gateways.recording import GatewayMode
from activities.recoveries.notices import NoticeKind
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
    """A voter for this test, who has not submitted a request yet."""
    elector = IdentifierVoter(env, scripts)
    async with replayed(elector, IdentifierRecovery):
        yield elector


def _key_ids(request_id: str) -> list[str]:
    """Return the ids of a request's keys, which are destroyed at the end."""
    return [key_id(request_id, purpose) for purpose in (PROOFS, CONTACT, IDENTIFIER)]


async def test_an_identifier_is_replaced_by_sms(voter: IdentifierVoter) -> None:
    """The identifier is activated once, the notice sent, the keys destroyed, nothing refunded."""
    assert await voter.asks() == Answer(Verdict.ACCEPTED)
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
    assert settled.settlement.key_ids == _key_ids("request-1")


async def test_its_messages_are_in_the_language_that_it_was_asked_in(voter: IdentifierVoter) -> None:
    """The SMS, and both notices to the work mailbox."""
    voter.script.request_notice = "sealed address"
    await voter.asks(language="en")
    await voter.reaches(Stage.SENT)
    await voter.receives()
    await voter.ends()
    assert [sent.language for sent in voter.script.identifiers_tried] == ["en"]
    told = [(notice.kind, notice.language) for notice in voter.script.notices]
    assert sorted(told) == [(NoticeKind.REISSUED, "en"), (NoticeKind.REQUESTED, "en")]


async def test_after_an_early_receipt_the_recovery_ends_with_the_activation(
    voter: IdentifierVoter,
) -> None:
    """The receipt comes before the gateway's answer: the recovery ends once the identifier is active, not before."""
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


async def test_a_voter_who_has_not_signed_in_requests_by_signal(voter: IdentifierVoter) -> None:
    """The same form sent twice is judged once."""
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


async def test_a_late_sms_is_followed_for_an_hour(voter: IdentifierVoter) -> None:
    """Without a receipt the stage is LATE; the recovery ends reissued, since the identifier is active."""
    await voter.asks()
    await voter.reaches(Stage.SENT)
    await voter.waits(minutes=2, seconds=1)
    await voter.reaches(Stage.LATE)
    await voter.waits(hours=1)
    assert await voter.ends() is Stage.REISSUED


async def test_a_retry_carries_the_same_identifier(voter: IdentifierVoter) -> None:
    """The refused send is held; nothing is activated until the operator's retry is accepted."""
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


async def test_a_cancellation_refunds_the_request(voter: IdentifierVoter) -> None:
    """While the gateway is down: nothing is activated, and the settlement names the operator."""
    voter.script.identifier_gateway = GatewayMode.DOWN
    await voter.asks()
    await until(lambda: voter.script.identifiers_tried)
    assert await voter.is_cancelled() is Stage.CANCELLED
    assert await voter.ends() is Stage.CANCELLED
    (settled,) = voter.script.settlements
    assert (settled.failed_request_id, settled.settlement.operator) == ("request-1", "Claude Exemple")
    assert voter.script.activations == []


async def test_a_cancellation_together_with_the_gateway_s_answer_wins(voter: IdentifierVoter) -> None:
    """In one workflow task: the identifier of the SMS is never activated."""
    await identifier_scenarios.cancelled_during_send(voter)
    assert await voter.ends() is Stage.CANCELLED
    assert (voter.script.activations, voter.script.notices) == ([], [])
    assert [settled.failed_request_id for settled in voter.script.settlements] == ["request-1"]


async def test_a_cancellation_after_the_acceptance_leaves_the_new_identifier(voter: IdentifierVoter) -> None:
    """The recovery ends reissued, and the operator's act is journalled."""
    await voter.asks()
    await voter.reaches(Stage.SENT)
    assert await voter.is_cancelled() is Stage.REISSUED
    assert await voter.ends() is Stage.REISSUED
    assert [settled.failed_request_id for settled in voter.script.settlements] == [""]
    assert [act.operator for act in voter.script.cancellations] == ["Claude Exemple"]


async def test_a_failed_send_is_refunded_at_the_deadline(voter: IdentifierVoter) -> None:
    """Without a retry the recovery expires at the election's deadline."""
    voter.script.identifier_gateway = GatewayMode.REFUSE
    await voter.asks()
    await voter.reaches(Stage.HELD)
    await voter.waits(days=3)
    assert await voter.ends() is Stage.EXPIRED
    assert [settled.failed_request_id for settled in voter.script.settlements] == ["request-1"]


async def test_a_new_request_replaces_a_failed_one(voter: IdentifierVoter) -> None:
    """Its claim has the id of the failed request, which is refunded; all keys are destroyed at the end."""
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
    assert settled.settlement.key_ids == [*_key_ids("request-1"), *_key_ids("request-2")]


async def test_a_new_request_waits_a_minute(voter: IdentifierVoter) -> None:
    """Earlier, the answer says when and the first SMS counts on; later, the request replaces it."""
    await voter.asks()
    await voter.reaches(Stage.SENT)
    answer = await voter.asks("request-2")
    assert (answer.verdict, answer.until) == (Verdict.TOO_SOON, (await voter.status()).send_again_at)
    await voter.waits(seconds=61)
    assert await voter.asks("request-3") == Answer(Verdict.ACCEPTED)
    assert [claim.refusal for claim in voter.script.claims] == [None, Verdict.TOO_SOON, None]
    await until(
        lambda: [each.delivery_id for each in voter.script.identifiers_tried] == ["request-1", "request-3"]
    )


async def test_without_a_sign_in_a_new_request_waits_too(voter: IdentifierVoter) -> None:
    """It is refused before its proofs are checked, and sends nothing."""
    await voter.asks_without_sign_in()
    await voter.reaches(Stage.SENT)
    await voter.asks_without_sign_in("request-2")
    await until(lambda: len(voter.script.claims) == 2)
    assert [claim.refusal for claim in voter.script.claims] == [None, Verdict.TOO_SOON]
    assert [each.delivery_id for each in voter.script.identifiers_tried] == ["request-1"]


async def test_requests_that_come_too_late_are_refused(voter: IdentifierVoter) -> None:
    """Also while the recovery of an earlier request is running."""
    await voter.asks()
    await voter.reaches(Stage.SENT)
    voter.script.identifier_gateway = GatewayMode.OK
    await voter.receives(delivered=False)
    await voter.reaches(Stage.HELD)
    await voter.waits(days=2)
    assert (await voter.asks("request-2")).verdict is Verdict.CLOSED
