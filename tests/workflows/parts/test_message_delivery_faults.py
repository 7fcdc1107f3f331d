"""A send that has failed for good is held for an operator or the voter."""

from datetime import timedelta

import pytest
from temporalio import exceptions
from temporalio.client import WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.exceptions import ActivityError, ApplicationError

from activities.gateways.recording import GatewayMode
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict
from tests.support.waiting import until
from tests.workflows.scripted import voting_code_scenarios
from tests.workflows.scripted.activities import BOX
from tests.workflows.scripted.operator import Operator
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.contracts.genuine_sends import reason_of


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
async def test_a_refused_send_is_held(voter: VotingCodeVoter, channel: Channel) -> None:
    """A final refusal is not retried; support staff find it by channel and reason."""
    voter.script.gateway = GatewayMode.REFUSE
    await voter.asks(channel)
    await voter.reaches(Stage.HELD)
    assert (await voter.attributes())["RecoveryFault"] == f"{channel}:recording-refused"
    assert (await voter.status()).fault == f"{channel}:recording-refused"
    await voter.waits(minutes=10)
    assert len(voter.script.tried) == 1


async def test_a_short_outage_needs_no_operator(voter: VotingCodeVoter) -> None:
    """The same message is sent when the gateway answers again."""
    await voting_code_scenarios.sending(voter)
    await voter.waits(seconds=10)
    voter.script.gateway = GatewayMode.OK
    await voter.waits(seconds=20)
    message = await voter.is_sent()
    assert len(voter.script.tried) > 2
    assert {each.message_id for each in voter.script.tried} == {message.message_id}
    assert (await voter.attributes())["RecoveryFault"] == ""


async def test_why_a_message_does_not_leave_is_known_at_its_first_try(voter: VotingCodeVoter) -> None:
    """Support staff see the fault and until when it is tried while the recovery is still sending; a success clears both."""
    await voting_code_scenarios.sending(voter)
    await until(lambda: len(voter.script.tried) > 1)
    status = await voter.status()
    assert (status.stage, status.fault) == (Stage.SENDING, "sms:recording-down")
    assert (await voter.attributes())["RecoveryFault"] == "sms:recording-down"
    assert status.tries_end_at is not None
    assert status.tries_end_at - status.since <= voter.terms.retry_for
    voter.script.gateway = GatewayMode.OK
    await voter.waits(seconds=20)
    await voter.is_sent()
    status = await voter.status()
    assert (status.fault, status.tries_end_at) == ("", None)


async def test_a_delivery_after_a_failure_counts(voter: VotingCodeVoter) -> None:
    """The operator said that the phone was not reached, and then that it was: the link is sent, and nothing failed."""
    message = await voter.asks_and_receives_link()
    await voter.receipt_comes(message.message_id, delivered=False)
    await voter.reaches(Stage.HELD)
    await voter.receipt_comes(message.message_id)
    await voter.reaches(Stage.SENT)
    assert (await voter.status()).fault == ""
    assert (await voter.clicks(message)).box == BOX


async def test_a_long_outage_holds_the_send(voter: VotingCodeVoter) -> None:
    """After five minutes of retries the send is held, with the reason of the last attempt."""
    await voting_code_scenarios.sending(voter)
    await voter.waits(minutes=5, seconds=1)
    await voter.reaches(Stage.HELD)
    assert (await voter.attributes())["RecoveryFault"] == "sms:recording-down"


async def test_an_operator_retries_one_send(voter: VotingCodeVoter) -> None:
    """The same link is sent in a new message; the journal has the operator and the fault."""
    await voting_code_scenarios.held(voter)
    voter.script.gateway = GatewayMode.OK
    assert await Operator().retries(voter) in {Stage.SENDING, Stage.SENT}
    message = await voter.is_sent()
    first = voter.script.tried[0]
    assert message.link_id == first.link_id
    assert (first.message_id, message.message_id) == (f"{first.link_id}-1", f"{first.link_id}-2")
    (act,) = voter.script.retries
    assert (act.operator, act.fault) == ("Claude Exemple", "sms:recording-refused")
    assert (act.link_id, act.send_number) == (message.link_id, 2)
    assert (await voter.attributes())["RecoveryFault"] == ""
    assert (await voter.clicks(message)).box == BOX


async def test_a_batch_operation_retries_by_signal(voter: VotingCodeVoter) -> None:
    """A batch operation can only signal: the signal does the same as the update."""
    await voting_code_scenarios.held(voter)
    voter.script.gateway = GatewayMode.OK
    await Operator().retries_by_batch(voter)
    await voter.is_sent()
    assert [act.operator for act in voter.script.retries] == ["Claude Exemple"]


async def test_a_retry_that_fails_is_held_again(voter: VotingCodeVoter) -> None:
    """When the retry is refused too, the send is held once more."""
    await voting_code_scenarios.held(voter)
    await Operator().retries(voter)
    await until(lambda: len(voter.script.tried) == 2)
    await voter.reaches(Stage.HELD)


@pytest.mark.parametrize("name", ["", " \u00a0"])
async def test_an_update_without_an_operator_s_name_is_refused(voter: VotingCodeVoter, name: str) -> None:
    """Both updates are refused and the signal is ignored, since the journal needs the name."""
    await voting_code_scenarios.held(voter)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await Operator(name).retries(voter)
    assert "Indiquez votre nom" in str(refused.value.cause)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await Operator(name).cancels(voter)
    assert "Indiquez votre nom" in str(refused.value.cause)
    await Operator(name).retries_by_batch(voter)
    assert (await voter.status()).stage is Stage.HELD
    assert (voter.script.retries, len(voter.script.tried)) == ([], 1)


async def test_only_a_failed_send_can_be_retried(voter: VotingCodeVoter) -> None:
    """The update is refused with a message; the signal of a batch operation is ignored."""
    await voting_code_scenarios.sent(voter)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await Operator().retries(voter)
    assert "Aucun envoi n’est en échec" in str(refused.value.cause)
    await Operator().retries_by_batch(voter)
    assert (await voter.status()).stage is Stage.SENT
    assert (voter.script.retries, len(voter.script.tried)) == ([], 1)


async def test_a_held_send_waits_until_links_expire(voter: VotingCodeVoter) -> None:
    """Only the links' expiry date ends the wait."""
    voter.with_terms(links_expire=voter.terms.links_expire - timedelta(days=1))
    await voting_code_scenarios.held(voter)
    await voter.waits(days=1)
    assert (await voter.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    await voter.waits(minutes=31)
    assert await voter.ends() is Stage.EXPIRED


async def test_a_held_recovery_can_be_cancelled(voter: VotingCodeVoter) -> None:
    """The link that was not delivered gets the verdict CANCELLED."""
    await voting_code_scenarios.held(voter)
    assert await Operator().cancels(voter) is Stage.CANCELLED
    assert await voter.ends() is Stage.CANCELLED
    verdict = (await voter.link(voter.script.tried[0].link_id)).verdict
    assert verdict is LinkVerdict.CANCELLED


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (ApplicationError("smpp-RTHROTTLED", type="GatewayUnavailableError"), "smpp-RTHROTTLED"),
        (ApplicationError("no such key: camille@exemple.fr", type="KeyError"), "KeyError"),
        (None, "timeout"),
    ],
)
def test_the_fault_of_a_timeout_is_that_of_the_last_attempt(last: ApplicationError | None, expected: str) -> None:
    """The timeout's cause is the last attempt's error; staff need its code, and no personal data."""
    failure = ActivityError(
        "the time is over",
        scheduled_event_id=1,
        started_event_id=2,
        identity="",
        activity_type="send_link",
        activity_id="1",
        retry_state=None,
    )
    failure.__cause__ = exceptions.TimeoutError("schedule to close", type=None, last_heartbeat_details=())
    failure.__cause__.__cause__ = last
    assert reason_of(failure) == expected
