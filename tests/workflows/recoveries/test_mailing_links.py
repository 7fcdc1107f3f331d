"""A recovery begins when a mailing's link is used: it asks the database whose link it is, and spends it once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from election.stages import Stage
from election.verdicts import LinkVerdict
from tests.support.signing import SOMEBODY
from tests.support.waiting import until
from tests.workflows.scripted.activities import BOX
from tests.workflows.scripted.identifier_and_password_scenarios import begun_with_a_mailing_s_link
from tests.workflows.scripted.identifier_and_password_voter import IdentifierAndPasswordVoter
from tests.workflows.scripted.recovery_voter import why_refused
from tests.workflows.scripted.replaying import replayed
from tests.workflows.scripted.script import Scripts
from workflows.recoveries.identifier_and_password import IdentifierAndPasswordRecovery


@pytest_asyncio.fixture
async def voter(env: WorkflowEnvironment, scripts: Scripts) -> AsyncIterator[IdentifierAndPasswordVoter]:
    """An elector to whom a mailing may have sent a link, and for whom no recovery runs."""
    elector = IdentifierAndPasswordVoter(env, scripts)
    async with replayed(elector, IdentifierAndPasswordRecovery):
        yield elector


async def _refusal(click: object) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await click  # type: ignore[misc] # a coroutine
    assert isinstance(refused.value.cause, ApplicationError)
    return refused.value.cause.type or ""


async def test_the_first_click_begins_the_recovery(voter: IdentifierAndPasswordVoter) -> None:
    """The password is shown and the identifier is sent; no link's mail is, and no request is judged."""
    await begun_with_a_mailing_s_link(voter)
    assert (await voter.link("mailed")).verdict is LinkVerdict.USED
    (order,) = voter.script.reissues
    assert (order.begins, order.elector_id, order.settled.endings) == (
        True,
        voter.elector_id,
        {"mailed": LinkVerdict.USED},
    )
    await voter.waits(minutes=10)
    assert await voter.ends() is Stage.REISSUED
    assert (voter.script.sent, voter.script.claims) == ([], [])


async def test_of_two_clicks_at_once_one_wins(voter: IdentifierAndPasswordVoter) -> None:
    """Both find the link live in the database; one is spent, and the other reads that it was used."""
    voter.script.mailed_links = {"mailed": LinkVerdict.LIVE}
    voter.task_timeout = timedelta(seconds=2)
    async with voter.script.holding("find_mailing_link"):
        clicks = [asyncio.create_task(voter.takes_first(contact_id=f"typed-{each}")) for each in range(2)]
        await until(lambda: _has_updates(voter, 2))
    answers = await asyncio.gather(*clicks, return_exceptions=True)
    won = [each for each in answers if not isinstance(each, BaseException)]
    assert [each.box for each in won] == [BOX]
    (lost,) = (each for each in answers if isinstance(each, WorkflowUpdateFailedError))
    assert isinstance(lost.cause, ApplicationError)
    assert lost.cause.message == LinkVerdict.USED
    assert len(voter.script.reissues) == 1


@pytest.mark.parametrize("verdict", [LinkVerdict.USED, LinkVerdict.EXPIRED, LinkVerdict.REPLACED])
async def test_a_link_that_is_over_begins_nothing(voter: IdentifierAndPasswordVoter, verdict: LinkVerdict) -> None:
    """Its recovery ends at once, and changes nothing."""
    voter.script.mailed_links = {"mailed": verdict}
    assert await why_refused(voter.takes_first()) is verdict
    assert await voter.ends() is Stage.REFUSED
    assert (voter.script.reissues, voter.script.settlements) == ([], [])


async def test_a_click_that_the_web_has_not_signed_spends_nothing(voter: IdentifierAndPasswordVoter) -> None:
    """Whoever may write to Temporal may begin a recovery with a link's id; the voter's own click still works."""
    voter.script.mailed_links = {"mailed": LinkVerdict.LIVE}
    assert await _refusal(voter.takes_first(key=SOMEBODY)) == "InvalidSignatureError"
    assert voter.script.reissues == []
    assert (await voter.takes_first()).box == BOX


async def test_a_mailing_s_link_replaces_an_own_one_that_is_still_live(voter: IdentifierAndPasswordVoter) -> None:
    """Where both were made at the same instant: the elector has proved who they are, and the other link is over."""
    own = await voter.asks_and_receives_link()
    voter.script.mailed_links = {"mailed": LinkVerdict.LIVE}
    assert await _refusal(voter.takes_first(key=SOMEBODY)) == "InvalidSignatureError"
    assert (await voter.link(own.link_id)).verdict is LinkVerdict.LIVE
    assert (await voter.takes_first()).box == BOX
    assert await voter.take_is_refused(own.link_id) is LinkVerdict.REPLACED


async def test_a_link_of_no_mailing_is_unknown(voter: IdentifierAndPasswordVoter) -> None:
    """Also for a running recovery."""
    await voter.asks_and_receives_link()
    assert await voter.take_is_refused("of nobody") is LinkVerdict.UNKNOWN


async def _has_updates(voter: IdentifierAndPasswordVoter, number: int) -> bool:
    kind = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    try:
        events = [event.event_type async for event in voter.handle.fetch_history_events()]
    except RPCError:  # not started yet
        return False
    return events.count(kind) == number
