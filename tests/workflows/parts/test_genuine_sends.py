"""A worker of somebody's own on the queue of the messaging role swallows nothing that a voter reads to have left."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.testing import WorkflowEnvironment

from activities.config.clock import utc_now
from activities.sending.message_sender import Acceptance
from activities.sending.receipts import RECEIPT_SIGNAL, DeliveryReceipt
from election.stages import Channel, Stage
from tests.support import signing
from tests.support.waiting import until
from tests.workflows.scripted.identifier_voter import IdentifierVoter
from tests.workflows.scripted.operator import Operator
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.contracts import search_attributes
from workflows.recoveries.identifier import IdentifierRecovery

UNSIGNED = Acceptance("recording", utc_now())
ANSWERS: list[Any] = [
    UNSIGNED,
    signing.signed(UNSIGNED, "code-de-vote/another", "link-1"),
    signing.signed(UNSIGNED, "code-de-vote/another", "link-1", signing.SOMEBODY),
    None,
    "accepted",
    {"gateway": 1},
    [UNSIGNED],
]


@pytest_asyncio.fixture
async def identifier_voter(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[IdentifierVoter]:
    """A voter who recovers the identifier, and has not submitted a request yet."""
    elector = IdentifierVoter(env, scripts)
    async with replayed(elector, IdentifierRecovery):
        yield elector


@pytest.mark.parametrize("answer", ANSWERS, ids=repr)
async def test_an_answer_that_is_not_signed_is_tried_again(voter: VotingCodeVoter, answer: object) -> None:
    """Whatever it is, also what is no acceptance: the same message is handed to the messaging role once more."""
    voter.script.forged_answers = [answer]
    await voter.asks_and_receives_link()
    first, second = voter.script.tried
    assert first.message_id == second.message_id


async def test_a_send_that_others_answer_is_held(voter: VotingCodeVoter) -> None:
    """After three such answers, with a fault of its own, in French; an operator can retry it, and nobody read « parti »."""
    voter.script.forged_answers = [UNSIGNED] * 3
    await voter.asks()
    await voter.reaches(Stage.HELD)
    status, details = await voter.status(), await voter.details()
    assert (status.accepted_at, status.fault) == (None, "sms:acceptance-forged")
    assert (await voter.attributes())[search_attributes.FAULT.name] == status.fault
    assert "n’est pas signée par notre messagerie" in details
    await Operator().retries(voter)
    await voter.is_sent()
    assert (await voter.status()).accepted_at is not None


async def test_an_acceptance_of_another_message_is_not_taken(voter: VotingCodeVoter) -> None:
    """A genuine one, copied from the history, is valid for the send that it was made for and for no other."""
    first = await voter.asks_and_receives_link()
    copied = signing.signed(UNSIGNED, voter.workflow_id, first.message_id)
    voter.script.forged_answers = [copied] * 3
    await voter.waits(seconds=61)
    await voter.asks(Channel.EMAIL, "request-2")
    await voter.reaches(Stage.HELD)
    assert (await voter.status()).fault == "email:acceptance-forged"


async def test_a_forged_acceptance_activates_no_identifier(identifier_voter: IdentifierVoter) -> None:
    """The former identifier stays valid while nothing was sent."""
    voter = identifier_voter
    voter.script.forged_answers = [UNSIGNED] * 3
    await voter.asks()
    await voter.reaches(Stage.HELD)
    assert voter.script.activations == []
    await voter.is_retried()
    await until(lambda: voter.script.activations)


async def test_a_swallowed_notice_is_sent_all_the_same(voter: VotingCodeVoter) -> None:
    """It is tried again until the messaging role has sent it; meanwhile operators see why, and the recovery goes on."""
    message = await voter.asks_and_receives_link()
    voter.script.forged_answers = [UNSIGNED] * 3
    assert await voter.clicks(message)
    await until(lambda: len(voter.script.notices) == 3)
    await until(lambda: _is_told(voter, "email:acceptance-forged"))
    await voter.waits(minutes=5, seconds=1)
    assert await voter.ends() is Stage.REISSUED
    assert len({notice.message_id for notice in voter.script.notices}) == 1
    assert await _is_told(voter, "")


async def test_a_receipt_that_is_not_signed_changes_nothing(voter: VotingCodeVoter) -> None:
    """Neither does it start the ten minutes of a link, nor hold its send; the genuine one still does."""
    message = await voter.asks_and_receives_link()
    before = await voter.status()
    for delivered in (True, False):
        forged = DeliveryReceipt(message.message_id, delivered=delivered, reason="" if delivered else "smpp-x")
        await voter.handle.signal(RECEIPT_SIGNAL, forged)
        await voter.handle.signal(RECEIPT_SIGNAL, forged.signed(signing.SOMEBODY, voter.workflow_id))
        await voter.handle.signal(RECEIPT_SIGNAL, forged.signed(signing.MESSAGING, "code-de-vote/another"))
    await until(lambda: _signals(voter, 6))
    assert await voter.status() == before
    await voter.receives(message)
    status = await voter.status()
    assert status.delivered_at is not None
    assert status.link_expires_at == status.delivered_at + timedelta(minutes=10)


async def _signals(voter: VotingCodeVoter, number: int) -> bool:
    signalled = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
    return [event.event_type for event in await voter.events()].count(signalled) == number


async def _is_told(voter: VotingCodeVoter, fault: str) -> bool:
    return (await voter.attributes())[search_attributes.FAULT.name] == fault
