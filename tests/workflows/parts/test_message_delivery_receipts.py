"""Receipts come late, twice, for older messages, or before the gateway's own answer."""

from contextlib import AsyncExitStack

from activities.gateways.recording import GatewayMode
from election.stages import Stage
from election.verdicts import LinkVerdict
from tests.support.waiting import until
from tests.workflows.scripted import voting_code_scenarios
from tests.workflows.scripted.operator import Operator
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter


async def test_a_message_that_fails_after_it_was_taken_is_held(voter: VotingCodeVoter) -> None:
    """The gateway took it, the phone never had it: the operator's reason is what staff filter by."""
    message = await voter.asks_and_receives_link()
    await voter.cannot_receive(message, "smpp-UNDELIV")
    await voter.reaches(Stage.HELD)
    assert (await voter.attributes())["RecoveryFault"] == "sms:smpp-UNDELIV"
    await voter.waits(hours=2)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await Operator().retries(voter)
    await voter.is_sent()
    assert len(voter.script.sent) == 2


async def test_a_receipt_that_is_told_twice_counts_once(voter: VotingCodeVoter) -> None:
    """The ten minutes run from the first; a contradiction changes nothing."""
    message = await voter.asks_and_receives_link()
    await voter.receives(message)
    before = await voter.status()
    await voter.waits(minutes=1)
    await voter.receives(message)
    await voter.cannot_receive(message)
    assert await voter.status() == before


async def test_a_receipt_of_an_earlier_try_changes_nothing(voter: VotingCodeVoter) -> None:
    """What becomes of the message before an operator's retry is not what the voter waits for."""
    await voting_code_scenarios.retried(voter)
    before = await voter.status()
    await voter.receives(voter.script.tried[0])
    await voter.cannot_receive(voter.script.tried[0])
    assert await voter.status() == before


async def test_a_receipt_of_a_replaced_link_changes_nothing(voter: VotingCodeVoter) -> None:
    """The SMS of the request before arrives after all: the new link's life is its own."""
    first = await voter.asks_and_receives_link(request_id="request-1")
    await voter.asks_and_receives_link(request_id="request-2")
    before = await voter.status()
    await voter.receives(first)
    assert await voter.status() == before
    assert before.delivered_at is None


async def test_a_failure_after_the_click_is_nobody_s_concern(voter: VotingCodeVoter) -> None:
    """Who clicked has had the message, whatever the operator says later."""
    message = await voter.asks_and_receives_link()
    await voter.clicks(message)
    await voter.cannot_receive(message)
    assert (await voter.status()).fault == ""
    await voter.waits(seconds=121)
    assert await voter.ends() is Stage.REISSUED
    assert (await voter.attributes())["RecoveryFault"] == ""


async def test_a_receipt_before_the_gateway_s_answer_is_kept(voter: VotingCodeVoter) -> None:
    """The phone was faster than the gateway: ten minutes from then, not an hour."""
    async with voter.script.holding("send_link"):
        await voter.asks()
        await until(lambda: voter.script.tried)
        await voter.receives(voter.script.tried[0])
        assert (await voter.status()).delivered_at is not None
    message = await voter.is_sent()
    await voter.waits(minutes=9, seconds=50)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await voter.waits(seconds=11)
    assert await voter.ends() is Stage.EXPIRED


async def test_a_failure_before_the_gateway_s_answer_is_held(voter: VotingCodeVoter) -> None:
    """The answer that comes after it neither hides the failure nor lets the link die in an hour."""
    async with voter.script.holding("send_link"):
        await voter.asks()
        await until(lambda: voter.script.tried)
        await voter.cannot_receive(voter.script.tried[0])
        await voter.reaches(Stage.HELD)
    await until(lambda: voter.script.sent)
    await voter.waits(hours=2)
    status = await voter.status()
    assert (status.stage, status.fault) == (Stage.HELD, "sms:smpp-UNDELIV")
    await Operator().retries(voter)
    await until(lambda: len(voter.script.sent) == 2)


async def test_a_retry_before_the_gateway_s_answer_sends_again(voter: VotingCodeVoter) -> None:
    """An operator who is faster than the gateway gets a new message all the same."""
    async with AsyncExitStack() as second_try:
        async with voter.script.holding("send_link"):
            await voter.asks()
            await until(lambda: voter.script.tried)
            await voter.cannot_receive(voter.script.tried[0])
            await voter.reaches(Stage.HELD)
            await Operator().retries(voter)
            await second_try.enter_async_context(voter.script.holding("send_link"))
        await until(lambda: len(voter.script.tried) == 2)
        status = await voter.status()
        assert (status.stage, status.accepted_at) == (Stage.SENDING, None)
    await until(lambda: len(voter.script.sent) == 2)
    message = await voter.is_sent()
    assert message.message_id.endswith("-2")


async def test_a_receipt_after_the_end_is_lost_quietly(voter: VotingCodeVoter) -> None:
    """A signal that reaches an ended recovery which still owes its notice changes nothing."""
    await voting_code_scenarios.notice_pending(voter)
    await voter.receives(voter.script.sent[0])
    assert (await voter.status()).stage is Stage.REISSUED
    voter.script.relay = GatewayMode.OK
    await voter.waits(minutes=6)
    assert await voter.ends() is Stage.REISSUED
