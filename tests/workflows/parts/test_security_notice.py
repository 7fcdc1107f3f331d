"""The security notice to the work mailbox is always sent, and delays neither the voter nor a new request."""

import pytest
from temporalio.client import WorkflowExecutionStatus

from activities.gateways.recording import GatewayMode
from activities.proofs.judgement import JudgedRequest
from activities.recoveries.notices import NoticeKind
from election.stages import Channel, Stage
from election.verdicts import Verdict
from tests.support.waiting import until
from tests.workflows.scripted import voting_code_scenarios
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
async def test_the_notice_is_sent_while_the_code_is_displayed(voter: VotingCodeVoter, channel: Channel) -> None:
    """It has the link's id, the channel and the time of the reissue."""
    message = await voter.asks_and_receives_link(channel)
    code = await voter.clicks(message)
    await until(lambda: voter.script.notices)
    assert (await voter.status()).stage is Stage.DISPLAYING
    (notice,) = voter.script.notices
    assert (notice.link_id, notice.channel) == (message.link_id, channel)
    assert notice.at == code.until - voter.terms.display_window


async def test_the_recovery_stays_open_until_the_notice_is_accepted(voter: VotingCodeVoter) -> None:
    """After the window the code is deleted, and the notice is retried until the relay accepts it."""
    await voting_code_scenarios.notice_pending(voter)
    await voter.waits(minutes=30)
    assert (await voter.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    assert (await voter.attributes())["RecoveryStage"] == "Reissued"
    assert (await voter.link(voter.script.sent[0].link_id)).secret is None
    voter.script.relay = GatewayMode.OK
    await voter.waits(minutes=5, seconds=1)
    assert await voter.ends() is Stage.REISSUED
    assert {notice.link_id for notice in voter.script.notices} == {voter.script.sent[0].link_id}


async def test_a_refused_notice_does_not_keep_the_recovery_open(
    voter: VotingCodeVoter, caplog: pytest.LogCaptureFixture
) -> None:
    """For example when the work mailbox does not exist; the worker logs a warning."""
    voter.script.relay = GatewayMode.REFUSE
    await voting_code_scenarios.displaying(voter)
    await voter.waits(seconds=121)
    assert await voter.ends() is Stage.REISSUED
    assert len(voter.script.notices) == 1
    (warning,) = [record.getMessage() for record in caplog.records if record.name == "temporalio.workflow"]
    assert warning.startswith("the notice was refused for good: ")


async def test_a_pending_notice_does_not_delay_a_new_request(voter: VotingCodeVoter) -> None:
    """The voter has lost the new code too: a second link is sent, and both notices are retried."""
    await voting_code_scenarios.notice_pending(voter)
    message = await voter.asks_and_receives_link(request_id="request-2")
    await voter.clicks(message)
    await voter.waits(seconds=121)
    assert (await voter.link(message.link_id)).secret is None
    assert (await voter.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    voter.script.relay = GatewayMode.OK
    await voter.waits(minutes=5, seconds=1)
    assert await voter.ends() is Stage.REISSUED
    assert {notice.link_id for notice in voter.script.notices} == {each.link_id for each in voter.script.sent}


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [(Verdict.ACCEPTED, NoticeKind.REQUESTED), (Verdict.WRONG_PROOF, NoticeKind.WRONG_PROOFS)],
)
async def test_the_work_mailbox_is_told_of_a_request(
    voter: VotingCodeVoter, verdict: Verdict, kind: NoticeKind
) -> None:
    """When the judgement says so, and once: the same form sent again is the same request."""
    voter.script.judgements = [JudgedRequest(verdict, notice="sealed address")]
    for _ in range(2):
        await voter.asks(Channel.EMAIL)
    await until(lambda: voter.script.notices)
    (notice,) = voter.script.notices
    assert (notice.kind, notice.address, notice.channel) == (kind, "sealed address", Channel.EMAIL)
    assert notice.link_id == kind.owner_id("request-1")
    assert (notice.at, notice.workflow_id) == (notice.at, voter.workflow_id)


async def test_a_refused_request_waits_for_its_notice(voter: VotingCodeVoter) -> None:
    """With the relay down, the recovery stays open until the mailbox is told of the wrong proofs."""
    voter.script.judgements = [JudgedRequest(Verdict.WRONG_PROOF, notice="sealed address")]
    voter.script.relay = GatewayMode.DOWN
    await voter.asks()
    await until(lambda: voter.script.notices)
    assert (await voter.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    voter.script.relay = GatewayMode.OK
    await voter.waits(minutes=5, seconds=1)
    assert await voter.ends() is Stage.REFUSED
