"""The display window: one browser gets the new code, for 120 seconds, after one click."""

import asyncio

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowUpdateFailedError

from election.stages import Stage
from election.verdicts import LinkVerdict
from tests.support.waiting import until
from tests.workflows.scripted import database_outage
from tests.workflows.scripted.activities import BOX
from tests.workflows.scripted.operator import Operator
from tests.workflows.scripted.voting_code_voter import VotingCodeVoter


async def test_the_window_is_120_seconds_to_the_second(voter: VotingCodeVoter) -> None:
    """Half a minute before the end a reload still gets the sealed code; after the end it does not."""
    message = await voter.asks_and_receives_link()
    code = await voter.clicks(message)
    status = await voter.status()
    assert (code.until - status.since).total_seconds() == 120
    assert status.display_until == code.until
    await voter.waits(seconds=90)
    assert (await voter.link(message.link_id)).secret == code
    await voter.waits(seconds=31)
    assert await voter.ends() is Stage.REISSUED
    assert (await voter.link(message.link_id)).secret is None


async def test_a_voter_who_noted_the_code_ends_the_window(voter: VotingCodeVoter) -> None:
    """« J’ai noté mon code »: the code is deleted, and the recovery ends."""
    message = await voter.asks_and_receives_link()
    await voter.clicks(message)
    await voter.notes(message)
    assert (await voter.link(message.link_id)).secret is None
    assert await voter.ends() is Stage.REISSUED


async def test_noting_another_link_s_code_ends_nothing(voter: VotingCodeVoter) -> None:
    """A page that is still open from an earlier link does not end the window of the newer link."""
    former = await voter.asks_and_receives_link(request_id="request-1")
    message = await voter.asks_and_receives_another_link()
    await voter.clicks(message)
    await voter.notes(former)
    assert (await voter.link(message.link_id)).secret is not None


async def test_a_second_click_is_refused(voter: VotingCodeVoter) -> None:
    """The validator refuses it: no event is written, and no second code is drawn."""
    message = await voter.asks_and_receives_link()
    await voter.clicks(message)
    await until(lambda: _is_quiet(voter))
    before = len(await voter.events())
    assert await voter.click_is_refused(message.link_id) is LinkVerdict.USED
    assert await voter.click_is_refused("no-such-link") is LinkVerdict.UNKNOWN
    assert len(await voter.events()) == before
    assert len(voter.script.reissues) == 1


async def _is_quiet(voter: VotingCodeVoter) -> bool:
    kinds = [event.event_type for event in await voter.events()]
    both_sends = kinds.count(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) == 2
    return both_sends and kinds[-1] == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED


async def test_of_fifty_concurrent_clicks_one_succeeds(voter: VotingCodeVoter) -> None:
    """One browser gets the sealed code; the 49 others get the verdict USED."""
    message = await voter.asks_and_receives_link()
    outcomes = await asyncio.gather(*(voter.clicks(message) for _ in range(50)), return_exceptions=True)
    codes = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    causes = [outcome.cause for outcome in outcomes if isinstance(outcome, WorkflowUpdateFailedError)]
    assert [code.box for code in codes] == [BOX]
    assert [getattr(cause, "message", "") for cause in causes] == ["used"] * 49
    assert {order.click.link_id for order in voter.script.reissues} == {message.link_id}


async def test_the_sealed_code_belongs_to_its_link(voter: VotingCodeVoter) -> None:
    """A query about another link of the same recovery returns no code."""
    former = await voter.asks_and_receives_link(request_id="request-1")
    message = await voter.asks_and_receives_another_link()
    await voter.clicks(message)
    assert (await voter.link(former.link_id)).secret is None
    assert (await voter.link(message.link_id)).secret is not None


async def test_the_link_is_used_before_the_reissue_returns(voter: VotingCodeVoter) -> None:
    """While the database is slow the link is used and nothing is displayed; then the code is."""
    async with database_outage.issuing(voter) as click:
        link_id = voter.script.sent[0].link_id
        assert await voter.click_is_refused(link_id) is LinkVerdict.USED
    assert (await click).box == BOX
    assert (await voter.status()).stage is Stage.DISPLAYING


async def test_a_cancellation_during_the_reissue_opens_no_window(voter: VotingCodeVoter) -> None:
    """The browser that waits gets its code, since the old one is replaced; no other request does."""
    async with database_outage.issuing(voter) as click:
        cancelled = asyncio.create_task(Operator().cancels(voter))
        await asyncio.wait([cancelled], timeout=0)
    assert (await click).box == BOX
    assert await cancelled is Stage.REISSUED
    assert await voter.ends() is Stage.REISSUED
    assert (await voter.link(voter.script.sent[0].link_id)).secret is None
    assert (await voter.attributes())["RecoveryStage"] == "Reissued"


async def test_a_late_reissue_of_an_older_link_leaves_the_newer_window_open(voter: VotingCodeVoter) -> None:
    """Two links were clicked while the database was down: the older click is refused, the newer one gets the code."""
    async with database_outage.issuing(voter) as older:
        await voter.asks(request_id="request-2")
        (message,) = await until(lambda: voter.script.sent[1:])
        newer = asyncio.create_task(voter.clicks(message))
        await until(lambda: message.link_id in {order.click.link_id for order in voter.script.reissues})
        voter.script.replaced_link = voter.script.sent[0].link_id
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await older
    assert str(refused.value.cause) == f"LinkVerdict: {LinkVerdict.REPLACED}"
    assert (await voter.link(message.link_id)).secret == await newer
    assert (await voter.status()).stage is Stage.DISPLAYING
    await voter.notes(message)
    assert await voter.ends() is Stage.REISSUED
    assert len(voter.script.notices) == 1


async def test_a_new_request_during_the_reissue_opens_no_window(voter: VotingCodeVoter) -> None:
    """The stage stays that of the newer request, and the earlier link's code is not kept."""
    async with database_outage.issuing(voter) as click:
        await voter.asks(request_id="request-2")
        await until(lambda: voter.script.sent[1:])
    assert (await click).box == BOX
    assert (await voter.status()).stage is Stage.SENT
    assert (await voter.link(voter.script.sent[0].link_id)).secret is None
    await voter.clicks(voter.script.sent[1])
    await voter.waits(seconds=121)
    assert await voter.ends() is Stage.REISSUED
