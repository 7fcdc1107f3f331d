"""Delivery receipts that are late, repeated, of older messages, or earlier than the gateway's answer."""

from contextlib import AsyncExitStack

from activities.gateways.recording import GatewayMode
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict
from tests.support.waiting import until
from tests.workflows.scripted import voting_code_scenarios
from tests.workflows.scripted.operator import Operator
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter


async def test_a_message_that_fails_after_its_acceptance_is_held(voter: VotingCodeVoter) -> None:
    """The receipt says that it was not delivered; the search attribute has the SMS operator's reason."""
    message = await voter.asks_and_receives_link()
    await voter.cannot_receive(message, "smpp-UNDELIV")
    await voter.reaches(Stage.HELD)
    assert (await voter.attributes())["RecoveryFault"] == "sms:smpp-UNDELIV"
    await voter.waits(hours=2)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await Operator().retries(voter)
    await voter.is_sent()
    assert len(voter.script.sent) == 2


async def test_a_mail_that_bounces_is_held(voter: VotingCodeVoter) -> None:
    """The mailbox refused it after the relay had accepted it; a retry sends it again, and so does another destination."""
    message = await voter.asks_and_receives_link(Channel.EMAIL)
    await voter.cannot_receive(message, "bounce-5.1.1")
    await voter.reaches(Stage.HELD)
    assert (await voter.attributes())["RecoveryFault"] == "email:bounce-5.1.1"
    await Operator().retries(voter)
    await voter.is_sent(2)
    await voter.cannot_receive(message, "bounce-5.1.1")  # that of the first send, once more
    assert (await voter.status()).stage is Stage.SENT


async def test_a_receipt_with_any_reason_is_held(voter: VotingCodeVoter) -> None:
    """A reason that is too long for a search attribute, or no code, is held as unknown."""
    for number, reason in enumerate(("x" * 3000, "a\0b", "", "05 61 00 00 00"), 1):
        message = await (voter.asks_and_receives_link() if number == 1 else voter.is_sent(number))
        await voter.cannot_receive(message, reason)
        await voter.reaches(Stage.HELD)
        assert (await voter.status()).fault == "sms:unknown"
        await Operator().retries(voter)


async def test_a_repeated_receipt_is_ignored(voter: VotingCodeVoter) -> None:
    """The ten minutes count from the first receipt; a contradictory one is ignored too."""
    message = await voter.asks_and_receives_link()
    await voter.receives(message)
    before = await voter.status()
    await voter.waits(minutes=1)
    await voter.receives(message)
    await voter.cannot_receive(message)
    assert await voter.status() == before


async def test_a_receipt_of_an_earlier_attempt_is_ignored(voter: VotingCodeVoter) -> None:
    """After an operator's retry, receipts of the message before have no effect."""
    await voting_code_scenarios.retried(voter)
    before = await voter.status()
    await voter.receives(voter.script.tried[0])
    await voter.cannot_receive(voter.script.tried[0])
    assert await voter.status() == before


async def test_a_receipt_of_a_replaced_link_is_ignored(voter: VotingCodeVoter) -> None:
    """The receipt of the earlier request's SMS does not change the new link."""
    first = await voter.asks_and_receives_link(request_id="request-1")
    await voter.asks_and_receives_another_link()
    before = await voter.status()
    await voter.receives(first)
    assert await voter.status() == before
    assert before.delivered_at is None


async def test_a_failure_receipt_after_the_click_is_ignored(voter: VotingCodeVoter) -> None:
    """A voter who clicked has received the message, whatever the receipt says."""
    message = await voter.asks_and_receives_link()
    await voter.clicks(message)
    await voter.cannot_receive(message)
    assert (await voter.status()).fault == ""
    await voter.waits(seconds=121)
    assert await voter.ends() is Stage.REISSUED
    assert (await voter.attributes())["RecoveryFault"] == ""


async def test_a_receipt_before_the_gateway_s_answer_counts(voter: VotingCodeVoter) -> None:
    """The link is valid for ten minutes from the receipt, not for an hour from the answer."""
    async with voter.script.holding("send_link"):
        await voter.asks()
        await until(lambda: voter.script.tried)
        await voter.receives(voter.script.tried[0])
        assert (await voter.status()).delivered_at is not None
    message = await voter.is_sent()
    await voter.waits(minutes=9, seconds=30)
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE
    await voter.waits(seconds=31)
    assert await voter.ends() is Stage.EXPIRED


async def test_a_failure_receipt_before_the_gateway_s_answer_is_held(voter: VotingCodeVoter) -> None:
    """The later answer neither hides the failure nor shortens the link's validity."""
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
    """An operator's retry sends a new message, even if the gateway accepts the first one later."""
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


async def test_a_receipt_after_the_ending_is_ignored(voter: VotingCodeVoter) -> None:
    """A recovery that has ended, but still sends its notice, ignores the signal."""
    await voting_code_scenarios.notice_pending(voter)
    await voter.receives(voter.script.sent[0])
    assert (await voter.status()).stage is Stage.REISSUED
    voter.script.relay = GatewayMode.OK
    await voter.waits(minutes=6)
    assert await voter.ends() is Stage.REISSUED
