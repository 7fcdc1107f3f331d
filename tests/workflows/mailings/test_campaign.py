"""A campaign: everybody once, at the rate that was asked, whatever is ordered or fails meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from activities.config.clock import utc_now
from activities.evidence.journal import Event
from tests.support.typography import faults
from tests.support.waiting import until
from tests.workflows.scripted.campaign_scenarios import campaign, checking, paused
from workflows.mailings.campaign import LinkCampaign
from workflows.mailings.messages import CampaignEnding


async def test_everybody_is_started_once_page_after_page(env: WorkflowEnvironment) -> None:
    """A page is what fits in its time at the rate; each begins after the last one's last elector."""
    async with campaign(env, 25) as operator:
        await operator.starts()
        ended = await operator.ends()
        scripted = operator.activities
        assert scripted.started == scripted.roll
        assert [page.size for page in scripted.pages] == [10, 10, 10]
        assert [page.after for page in scripted.pages] == ["", scripted.roll[9], scripted.roll[19]]
        assert (ended.ended, ended.total, ended.reached, ended.percent) == (CampaignEnding.COMPLETE, 25, 25, 100)


async def test_the_journal_has_who_began_it_and_how_it_ended(env: WorkflowEnvironment) -> None:
    """With the rate, and how many of how many were reached."""
    async with campaign(env, 5) as operator:
        await operator.starts()
        await operator.ends()
        begun, ended = operator.activities.acts
        assert (begun.event, begun.who, begun.detail) == (Event.CAMPAIGN_BEGUN, "Claude Exemple", "10/s")
        assert (ended.event, ended.who, ended.outcome, ended.detail) == (
            Event.CAMPAIGN_ENDED,
            "",
            CampaignEnding.COMPLETE,
            "5 / 5",
        )
        assert begun.campaign == operator.id


async def test_a_page_is_never_larger_than_its_limit(env: WorkflowEnvironment) -> None:
    """Or a pause at a high rate would have to wait."""
    async with campaign(env, 5, per_second=1000, max_page_size=3) as operator:
        await operator.starts()
        await operator.ends()
        assert [page.size for page in operator.activities.pages] == [3, 3]


async def test_a_pause_starts_nobody_more_until_it_is_over(env: WorkflowEnvironment) -> None:
    """The page on its way is finished; then the campaign stands, says since when, and goes on where it was."""
    async with campaign(env, 25) as operator:
        operator.activities.may_send.clear()
        await operator.starts()
        await operator.is_at_page(1)
        assert (await operator.commands("pause")).paused
        operator.activities.may_send.set()
        await until(lambda: operator.activities.started)
        await operator.waits(hours=5)
        held = await operator.progress()
        assert (held.reached, held.paused, held.remaining) == (10, True, None)
        assert "En pause depuis le" in await operator.details()
        await operator.commands("resume")
        await operator.ends()
        assert operator.activities.started == operator.activities.roll
        assert operator.activities.events[1:3] == [Event.CAMPAIGN_PAUSED, Event.CAMPAIGN_RESUMED]
        assert {act.who for act in operator.activities.acts[1:3]} == {"Claude Exemple"}


async def test_another_rate_counts_from_the_next_page(env: WorkflowEnvironment) -> None:
    """The time that is left follows it at once."""
    async with campaign(env, 100) as operator:
        operator.activities.may_send.clear()
        await operator.starts()
        await operator.is_at_page(1)
        assert (await operator.progress()).remaining == timedelta(seconds=10)
        paced = await operator.commands("set_rate", per_second=50)
        assert (paced.per_second, paced.remaining) == (50, timedelta(seconds=2))
        operator.activities.may_send.set()
        assert (await operator.is_at_page(2)).size == 50
        await operator.ends()
        assert operator.activities.acts[1].detail == "50/s"


async def test_the_time_left_follows_what_pages_have_come_to(env: WorkflowEnvironment) -> None:
    """Where the machine does not keep the rate, the rate would promise too much."""
    async with campaign(env, 2000, per_second=1000, max_page_size=1) as operator:
        await operator.starts()
        await operator.is_at_page(3)
        operator.activities.may_send.clear()
        left = (await operator.progress()).remaining
        assert left is not None
        assert left > timedelta(seconds=4)


async def test_a_stopped_campaign_ends_and_the_same_command_reaches_the_rest(env: WorkflowEnvironment) -> None:
    """Whoever was reached is passed over."""
    async with campaign(env, 25) as operator:
        operator.activities.may_send.clear()
        await operator.starts()
        await operator.is_at_page(1)
        await operator.commands("stop")
        operator.activities.may_send.set()
        stopped = await operator.ends()
        assert (stopped.ended, stopped.reached) == (CampaignEnding.STOPPED, 10)
        await operator.starts()
        assert (await operator.ends()).ended is CampaignEnding.COMPLETE
        assert operator.activities.started == operator.activities.roll


async def test_a_paused_campaign_can_be_stopped(env: WorkflowEnvironment) -> None:
    """It does not wait for a resume that never comes."""
    async with campaign(env, 25) as operator:
        await paused(operator)
        await operator.commands("stop")
        assert (await operator.ends()).ended is CampaignEnding.STOPPED


async def test_a_new_run_goes_on_where_the_last_one_was(env: WorkflowEnvironment) -> None:
    """After so many turns the history begins anew: place, rate, pause and beginning are kept."""
    async with campaign(env, 45, steps_per_run=2) as operator:
        operator.activities.may_send.clear()
        await operator.starts()
        first = await operator.handle.describe()
        begun = (await operator.progress()).since
        await operator.commands("set_rate", per_second=20)
        operator.activities.may_send.set()
        ended = await operator.ends()
        assert (await operator.handle.describe()).run_id != first.run_id
        assert operator.activities.started == operator.activities.roll
        assert (ended.since, ended.per_second, ended.reached) == (begun, 20, 45)
        assert operator.activities.events == [Event.CAMPAIGN_BEGUN, Event.CAMPAIGN_PACED, Event.CAMPAIGN_ENDED]


async def test_a_page_that_fails_is_tried_again_from_the_same_place(env: WorkflowEnvironment) -> None:
    """Nobody is passed over."""
    async with campaign(env, 25) as operator:
        operator.activities.faults = 2
        await operator.starts()
        await operator.ends()
        assert [page.after for page in operator.activities.pages[:3]] == ["", "", ""]
        assert operator.activities.started == operator.activities.roll


async def test_whoever_was_started_and_not_judged_is_started_again(env: WorkflowEnvironment) -> None:
    """Before it ends, the campaign looks for those whom nobody has reached."""
    async with campaign(env, 25) as operator:
        lost = set(operator.activities.roll[3:6])
        operator.activities.lost_once |= lost
        await operator.starts()
        assert (await operator.ends()).ended is CampaignEnding.COMPLETE
        assert operator.activities.reached == set(operator.activities.roll)
        assert operator.activities.started == [*operator.activities.roll, *sorted(lost)]


async def test_recoveries_that_are_behind_are_waited_for(env: WorkflowEnvironment) -> None:
    """More than a page on its way stands before voters' own requests: nothing is added until it has gone down."""
    async with campaign(env, 240, per_second=60, page_duration=timedelta(seconds=1)) as operator:
        operator.activities.late.update(operator.activities.roll)
        await operator.starts()
        await operator.is_at_page(2)
        await operator.waits(seconds=3)
        assert (await operator.ends()).ended is CampaignEnding.COMPLETE
        assert operator.activities.calls[:6] == ["count", "page", "page", "count", "page", "page"]
        assert operator.activities.started == operator.activities.roll


async def test_recoveries_that_are_lost_are_not_waited_for_for_ever(env: WorkflowEnvironment) -> None:
    """They stay on their way however long one waits: the campaign goes on, and says at its end who is missing."""
    async with campaign(env, 240, per_second=60, page_duration=timedelta(seconds=1)) as operator:
        operator.activities.lost.update(operator.activities.roll[:150])
        await operator.starts()
        await operator.is_at_page(2)
        await operator.waits(seconds=10)
        ended = await operator.ends()
        assert (ended.ended, ended.reached) == (CampaignEnding.INCOMPLETE, 90)
        assert operator.activities.started[:240] == operator.activities.roll


async def test_it_looks_soon_at_first_and_then_less_often(env: WorkflowEnvironment) -> None:
    """What is judged a moment after the last page ends the campaign a moment later, not a whole look."""
    async with campaign(env, 25) as operator:
        await checking(operator)
        operator.activities.reached.update(operator.activities.roll)
        await operator.waits(seconds=2)
        assert (await operator.ends()).ended is CampaignEnding.COMPLETE
        assert len(operator.activities.pages) == 3  # the roll was not gone through again


async def test_whoever_cannot_be_reached_is_counted_at_the_end(env: WorkflowEnvironment) -> None:
    """One pass more that brings nobody is the last one; the end says how many are left."""
    async with campaign(env, 25) as operator:
        operator.activities.lost |= set(operator.activities.roll[3:6])
        await operator.starts()
        ended = await operator.ends()
        assert (ended.ended, ended.reached, ended.total) == (CampaignEnding.INCOMPLETE, 22, 25)
        assert len(operator.activities.started) == 25 + 3
        assert "- **Non atteints\u00a0:** 3" in await operator.details()
        assert operator.activities.acts[-1].detail == "22 / 25"


async def test_it_ends_by_itself_when_requests_close(env: WorkflowEnvironment) -> None:
    """Even paused: what it would send would be refused."""
    async with campaign(env, 25) as operator:
        operator.activities.may_send.clear()
        await operator.starts()
        await operator.is_at_page(1)
        await operator.commands("pause")
        operator.activities.may_send.set()
        await operator.waits(days=2)
        ended = await operator.ends()
        assert (ended.ended, ended.reached) == (CampaignEnding.CLOSED, 10)


async def test_it_sends_nothing_before_requests_open(env: WorkflowEnvironment) -> None:
    """Started early from somewhere else than the command, it ends at once."""
    async with campaign(env, 5, opens=utc_now() + timedelta(hours=1)) as operator:
        await operator.starts()
        assert (await operator.ends()).ended is CampaignEnding.CLOSED
        assert operator.activities.pages == []


async def test_orders_that_make_no_sense_are_refused(env: WorkflowEnvironment) -> None:
    """Without a name, twice, or at a rate that cannot be: each has its French sentence, nothing is journalled."""
    async with campaign(env, 25) as operator:
        operator.activities.may_send.clear()
        await operator.starts()
        await operator.is_at_page(1)
        said = [
            await operator.is_refused("stop", operator=" "),
            await operator.is_refused("resume"),
            await operator.is_refused("set_rate", per_second=5000),
        ]
        await operator.commands("pause")
        said.append(await operator.is_refused("pause"))
        assert len(set(said)) == 4
        assert [fault for text in said[1:] for fault in faults(text)] == []
        assert operator.activities.events == [Event.CAMPAIGN_BEGUN, Event.CAMPAIGN_PAUSED]


@pytest.mark.parametrize("changes", [{"operator": ""}, {"per_second": 0.0}], ids=["nobody", "no-rate"])
async def test_a_campaign_without_a_name_or_a_rate_does_not_begin(
    env: WorkflowEnvironment, changes: dict[str, Any]
) -> None:
    """The journal would not know who it was."""
    async with campaign(env, 5, **changes) as operator:
        await operator.starts()
        with pytest.raises(WorkflowFailureError):
            await operator.ends()
        assert operator.activities.pages == []


async def test_an_empty_roll_is_reached_at_once(env: WorkflowEnvironment) -> None:
    """There is nobody to forget."""
    async with campaign(env, 0) as operator:
        await operator.starts()
        ended = await operator.ends()
        assert (ended.ended, ended.percent) == (CampaignEnding.COMPLETE, 100)


def test_the_menu_of_operators_is_in_good_french() -> None:
    """The Temporal UI shows these beside each handler's name."""
    handlers = [
        getattr(handler, kind).description
        for handler in vars(LinkCampaign).values()
        for kind in ("_defn", "__temporal_query_definition")
        if hasattr(handler, kind)
    ]
    assert len(handlers) == 5
    assert [fault for description in handlers for fault in faults(description)] == []
