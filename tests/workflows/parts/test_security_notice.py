"""The notice to the work mailbox: owed, but in nobody's way."""

import pytest
from temporalio.client import WorkflowExecutionStatus

from activities.gateways.recording import GatewayMode
from election.stages import Channel, Stage
from tests.support.waiting import until
from tests.workflows.scripted import voting_code_scenarios
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
async def test_the_work_mailbox_is_told_while_the_code_is_shown(voter: VotingCodeVoter, channel: Channel) -> None:
    """It is told which link and channel, at once, and where only as an envelope."""
    message = await voter.asks_and_receives_link(channel)
    code = await voter.clicks(message)
    await until(lambda: voter.script.notices)
    assert (await voter.status()).stage is Stage.DISPLAYING
    (notice,) = voter.script.notices
    assert (notice.link_id, notice.channel) == (message.link_id, channel)
    assert notice.at == code.until - voter.terms.display_window


async def test_a_relay_that_is_down_keeps_the_recovery_alive(voter: VotingCodeVoter) -> None:
    """After the window the code is not given any more, but the notice is still tried, and at last sent."""
    await voting_code_scenarios.notice_pending(voter)
    await voter.waits(minutes=30)
    assert (await voter.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    assert (await voter.attributes())["RecoveryStage"] == "Reissued"
    assert (await voter.link(voter.script.sent[0].link_id)).code is None
    voter.script.relay = GatewayMode.OK
    await voter.waits(minutes=5, seconds=1)
    assert await voter.ends() is Stage.REISSUED
    assert {notice.link_id for notice in voter.script.notices} == {voter.script.sent[0].link_id}


async def test_a_relay_that_refuses_for_good_is_not_waited_for(
    voter: VotingCodeVoter, caplog: pytest.LogCaptureFixture
) -> None:
    """A work mailbox that does not exist does not keep the recovery alive; the worker's log tells of it."""
    voter.script.relay = GatewayMode.REFUSE
    await voting_code_scenarios.displaying(voter)
    await voter.waits(seconds=121)
    assert await voter.ends() is Stage.REISSUED
    assert len(voter.script.notices) == 1
    (told,) = [record.getMessage() for record in caplog.records if record.name == "temporalio.workflow"]
    assert told.startswith("the notice was refused for good: ")


async def test_a_notice_that_is_owed_holds_up_no_new_request(voter: VotingCodeVoter) -> None:
    """The relay is down and the voter lost the new code too: a second link is sent, and both notices are owed."""
    await voting_code_scenarios.notice_pending(voter)
    message = await voter.asks_and_receives_link(request_id="request-2")
    await voter.clicks(message)
    await voter.waits(seconds=121)
    assert (await voter.link(message.link_id)).code is None
    assert (await voter.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    voter.script.relay = GatewayMode.OK
    await voter.waits(minutes=5, seconds=1)
    assert await voter.ends() is Stage.REISSUED
    assert {notice.link_id for notice in voter.script.notices} == {each.link_id for each in voter.script.sent}
