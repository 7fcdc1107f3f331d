"""A new link, from a new request or sent again, replaces the one before; sends are limited."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.api.enums.v1 import EventType

from activities.gateways.recording import GatewayMode
from activities.proofs.judgement import JudgedRequest
from activities.recoveries.links import NewLink
from election.stages import Channel, Stage
from election.verdicts import LinkVerdict, Verdict
from tests.support.waiting import until
from tests.workflows.scripted import database_outage, voting_code_scenarios
from tests.workflows.scripted.activities import BOX
from tests.workflows.scripted.voting_code_scenarios import Scenario
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter
from workflows.contracts.messages import Answer


@pytest.mark.parametrize(
    ("reach", "ending"),
    [
        (voting_code_scenarios.sending, LinkVerdict.REPLACED),
        (voting_code_scenarios.sent, LinkVerdict.REPLACED),
        (voting_code_scenarios.late, LinkVerdict.REPLACED),
        (voting_code_scenarios.held, LinkVerdict.REPLACED),
        (voting_code_scenarios.displaying, LinkVerdict.USED),
        (voting_code_scenarios.notice_pending, LinkVerdict.USED),
    ],
)
async def test_a_new_request_replaces_the_earlier_one(
    voter: VotingCodeVoter, reach: Scenario, ending: LinkVerdict
) -> None:
    """At every stage: the earlier link cannot be used, its code is deleted, the new link works."""
    await reach(voter)
    await voter.waits(seconds=61)
    earlier = voter.script.claims[0].link.link_id
    voter.script.gateway = voter.script.relay = GatewayMode.OK
    message = await voter.asks_and_receives_link(Channel.EMAIL, "request-2")
    assert await voter.click_is_refused(earlier) is ending
    assert (await voter.link(earlier)).secret is None
    assert (await voter.status()).channel is Channel.EMAIL
    assert (await voter.clicks(message)).box == BOX
    await voter.waits(seconds=121)
    assert await voter.ends() is Stage.REISSUED


async def test_a_replaced_send_is_not_retried(voter: VotingCodeVoter) -> None:
    """When the gateway answers again, only the newest link is sent."""
    await voting_code_scenarios.sending(voter)
    await voter.waits(seconds=61)
    voter.script.gateway = GatewayMode.OK
    message = await voter.asks_and_receives_link(request_id="request-2")
    await voter.waits(minutes=1)
    assert [each.link_id for each in voter.script.sent] == [message.link_id]


async def test_a_refused_proof_changes_nothing_in_a_running_recovery(voter: VotingCodeVoter) -> None:
    """A wrong proof does not invalidate the link that was sent."""
    message = await voter.asks_and_receives_link()
    await voter.waits(seconds=61)
    before = await voter.status()
    voter.script.judgements = [JudgedRequest(Verdict.WRONG_PROOF)]
    assert await voter.asks(Channel.EMAIL, "request-2") == Answer(Verdict.WRONG_PROOF)
    assert await voter.status() == before
    assert (await voter.link(message.link_id)).verdict is LinkVerdict.LIVE


async def test_two_concurrent_requests_leave_one_live_link(voter: VotingCodeVoter) -> None:
    """They are judged one after the other: the second comes too soon, and its proofs are not checked."""
    answers = await asyncio.gather(*(voter.asks(request_id=f"request-{number}") for number in (1, 2)))
    again_at = (await voter.status()).send_again_at
    assert sorted(answer.verdict for answer in answers) == [Verdict.ACCEPTED, Verdict.TOO_SOON]
    assert Answer(Verdict.TOO_SOON, again_at) in answers
    first, second = voter.script.claims
    assert (first.refusal, second.refusal) == (None, Verdict.TOO_SOON)
    assert (await voter.link(first.link.link_id)).verdict is LinkVerdict.LIVE


async def test_a_new_request_waits_a_minute_as_a_new_send_does(voter: VotingCodeVoter) -> None:
    """Earlier, the answer says when, also on another channel; later, its link replaces the first one."""
    first = await voter.asks_and_receives_link()
    again_at = (await voter.status()).send_again_at
    assert await voter.asks(Channel.EMAIL, "request-2") == Answer(Verdict.TOO_SOON, again_at)
    assert (await voter.link(first.link_id)).verdict is LinkVerdict.LIVE
    await voter.waits(seconds=61)
    assert await voter.asks(Channel.EMAIL, "request-3") == Answer(Verdict.ACCEPTED)
    assert (await voter.link(first.link_id)).verdict is LinkVerdict.REPLACED
    claims = voter.script.claims
    assert [claim.refusal for claim in claims] == [None, Verdict.TOO_SOON, None]
    assert [claim.link.replaces for claim in claims] == ["", first.link_id, first.link_id]


async def test_a_refused_request_makes_the_next_one_wait_for_nothing(voter: VotingCodeVoter) -> None:
    """After a wrong proof the right one is accepted at once: wrong proofs have waits of their own."""
    voter.script.judgements = [JudgedRequest(Verdict.WRONG_PROOF)]
    assert (await voter.asks()).verdict is Verdict.WRONG_PROOF
    assert await voter.asks(request_id="request-2") == Answer(Verdict.ACCEPTED)


async def test_two_concurrent_requests_cannot_both_use_the_last_send(voter: VotingCodeVoter) -> None:
    """The limit of sends holds also while the database is slow."""
    voter.with_terms(max_sends=1)
    voter.task_timeout = timedelta(seconds=3)
    async with voter.script.holding("judge_challenge"):
        asked = [asyncio.create_task(voter.asks(request_id=f"request-{number}")) for number in (1, 2)]
        await until(lambda: voter.script.claims)
        await until(lambda: _accepted(voter, 2))
        assert len(voter.script.claims) == 1
    answers = await asyncio.gather(*asked)
    assert sorted(answer.verdict for answer in answers) == [Verdict.ACCEPTED, Verdict.TOO_MANY_SENDS]
    await voter.is_sent()
    assert [claim.refusal for claim in voter.script.claims] == [None, Verdict.TOO_MANY_SENDS]


async def _accepted(voter: VotingCodeVoter, count: int) -> bool:
    accepted = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    return [event.event_type for event in await voter.events()].count(accepted) == count


async def test_the_same_request_twice_is_judged_once(voter: VotingCodeVoter) -> None:
    """A double click, or a request that the browser repeats, gets the same answer."""
    first, second = await asyncio.gather(voter.asks(), voter.asks())
    assert first == second == Answer(Verdict.ACCEPTED)
    assert await voter.asks() == first
    assert len(voter.script.claims) == 1


async def test_a_new_request_during_the_settlement_is_published(voter: VotingCodeVoter) -> None:
    """The ending of the earlier link does not overwrite the stage of the newer one."""
    async with database_outage.settling(voter):
        await voter.asks(request_id="request-2")
        await until(lambda: len(voter.script.sent) == 2)
    assert (await voter.status()).stage is Stage.SENT
    assert (await voter.attributes())["RecoveryStage"] == ""


async def test_a_link_can_be_sent_again_after_a_minute(voter: VotingCodeVoter) -> None:
    """Earlier, the answer says when; later, a new link goes to the same destination and replaces the old one."""
    former = await voter.asks_and_receives_link()
    again_at = (await voter.status()).send_again_at
    assert await voter.sends_again() == Answer(Verdict.TOO_SOON, again_at)
    await voter.waits(seconds=61)
    assert await voter.sends_again() == Answer(Verdict.ACCEPTED)
    newer = await voter.is_sent()
    assert (newer.request_id, newer.contact, newer.channel) == (former.request_id, former.contact, former.channel)
    renewals = [renewal.link for renewal in voter.script.renewals]
    assert renewals == [NewLink(newer.link_id, former.link_id, number=2)]
    assert await voter.click_is_refused(former.link_id) is LinkVerdict.REPLACED
    assert (await voter.clicks(newer)).box == BOX


async def test_two_concurrent_requests_to_send_again_send_one_link(voter: VotingCodeVoter) -> None:
    """A double click on « envoyer de nouveau » uses one send."""
    await voter.asks_and_receives_link()
    await voter.waits(seconds=61)
    answers = await asyncio.gather(voter.sends_again(), voter.sends_again())
    assert sorted(answer.verdict for answer in answers) == [Verdict.ACCEPTED, Verdict.TOO_SOON]
    assert len(voter.script.renewals) == 1


async def test_a_click_while_another_link_is_being_registered_succeeds(voter: VotingCodeVoter) -> None:
    """The first link arrived late: its code is displayed, and no second link is sent."""
    voter.task_timeout = timedelta(seconds=2)
    message = await voter.asks_and_receives_link()
    await voter.waits(seconds=61)
    async with voter.script.holding("renew_link"):
        again = asyncio.create_task(voter.sends_again())
        await until(lambda: voter.script.renewals)
        assert (await voter.clicks(message)).box == BOX
    assert await again == Answer(Verdict.NOTHING_TO_SEND)
    assert (await voter.status()).stage is Stage.DISPLAYING
    assert len(voter.script.tried) == 1


async def test_the_row_goes_back_to_the_last_send_of_a_link_that_was_retried(voter: VotingCodeVoter) -> None:
    """An operator has sent it a second time: answers to the first send say nothing any more."""
    await voting_code_scenarios.retried(voter)
    await voter.waits(seconds=61)
    async with voter.script.holding("renew_link"):
        again = asyncio.create_task(voter.sends_again())
        await until(lambda: voter.script.renewals)
        await voter.clicks(voter.script.sent[0])
    await again
    [unsent] = voter.script.unsent
    assert (unsent.former, unsent.former_send) == (voter.script.sent[0].link_id, 2)


async def test_a_recovery_that_ends_while_another_link_is_registered_notes_its_ending(
    voter: VotingCodeVoter,
) -> None:
    """The elector objects meanwhile: the row of the link that is not sent must not say that it is on its way."""
    voter.task_timeout = timedelta(seconds=2)
    message = await voter.asks_and_receives_link()
    await voter.waits(seconds=61)
    voter.script.was_objected = True
    async with voter.script.holding("renew_link"):
        again = asyncio.create_task(voter.sends_again())
        await until(lambda: voter.script.renewals)
        await voter.handle.signal("objected")
        await voter.reaches(Stage.CANCELLED)
    assert await again == Answer(Verdict.NOTHING_TO_SEND)
    [unsent] = voter.script.unsent
    assert (unsent.former, unsent.former_ending, unsent.window) == (message.link_id, Stage.CANCELLED, None)


async def test_a_failed_send_can_be_sent_again_immediately(voter: VotingCodeVoter) -> None:
    """After a failure the voter need not wait a minute."""
    await voting_code_scenarios.held(voter)
    voter.script.gateway = GatewayMode.OK
    assert await voter.sends_again() == Answer(Verdict.ACCEPTED)
    assert (await voter.is_sent()).link_id == voter.script.renewals[0].link.link_id


async def test_a_used_link_is_not_sent_again(voter: VotingCodeVoter) -> None:
    """After the click there is no link to send."""
    await voting_code_scenarios.displaying(voter)
    await voter.waits(seconds=61)
    assert await voter.sends_again() == Answer(Verdict.NOTHING_TO_SEND)


async def test_sends_are_limited(voter: VotingCodeVoter) -> None:
    """New requests and links sent again count towards one limit."""
    voter.with_terms(max_sends=2)
    await voter.asks_and_receives_link()
    assert (await voter.status()).sends_left == 1
    await voter.waits(seconds=61)
    assert await voter.sends_again() == Answer(Verdict.ACCEPTED)
    newest = await voter.is_sent()
    await voter.waits(seconds=61)
    assert await voter.sends_again() == Answer(Verdict.TOO_MANY_SENDS)
    assert await voter.asks(request_id="request-2") == Answer(Verdict.TOO_MANY_SENDS)
    assert [claim.refusal for claim in voter.script.claims] == [None, Verdict.TOO_MANY_SENDS]
    assert (await voter.link(newest.link_id)).verdict is LinkVerdict.LIVE
