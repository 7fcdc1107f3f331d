"""A campaign reaches each elector once, at the given rate, also with operators' updates and faults."""

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


async def test_each_elector_is_started_once_page_by_page(env: WorkflowEnvironment) -> None:
    """A page has as many electors as fit into its duration at the rate, and begins after the last page's last elector."""
    async with campaign(env, 25) as operator:
        await operator.starts()
        ended = await operator.ends()
        scripted = operator.activities
        assert scripted.started == scripted.roll
        assert [page.size for page in scripted.pages] == [10, 10, 10]
        assert [page.after for page in scripted.pages] == ["", scripted.roll[9], scripted.roll[19]]
        assert (ended.ending, ended.total, ended.reached, ended.percent) == (CampaignEnding.COMPLETE, 25, 25, 100)


async def test_the_journal_names_the_operator_and_the_ending(env: WorkflowEnvironment) -> None:
    """The first entry has the rate, the last one how many electors were reached."""
    async with campaign(env, 5) as operator:
        await operator.starts()
        await operator.ends()
        started, ended = operator.activities.acts
        assert (started.event, started.who, started.detail) == (Event.CAMPAIGN_BEGUN, "Claude Exemple", "10/s")
        assert (ended.event, ended.who, ended.outcome, ended.detail) == (
            Event.CAMPAIGN_ENDED,
            "",
            CampaignEnding.COMPLETE,
            "5 / 5",
        )
        assert started.campaign == operator.id


async def test_a_page_is_never_larger_than_its_limit(env: WorkflowEnvironment) -> None:
    """So that a pause at a high rate takes effect soon."""
    async with campaign(env, 5, per_second=1000, max_page_size=3) as operator:
        await operator.starts()
        await operator.ends()
        assert [page.size for page in operator.activities.pages] == [3, 3]


async def test_a_paused_campaign_starts_no_recovery_until_it_is_resumed(env: WorkflowEnvironment) -> None:
    """The page being sent is finished; the details say since when it is paused; it resumes at the next elector."""
    async with campaign(env, 25) as operator:
        operator.activities.may_send.clear()
        await operator.starts()
        await operator.is_at_page(1)
        assert (await operator.commands("pause")).is_paused
        operator.activities.may_send.set()
        await until(lambda: operator.activities.started)
        await operator.waits(hours=5)
        paused_progress = await operator.progress()
        assert (paused_progress.reached, paused_progress.is_paused, paused_progress.remaining) == (10, True, None)
        assert "En pause depuis le" in await operator.details()
        await operator.commands("resume")
        await operator.ends()
        assert operator.activities.started == operator.activities.roll
        assert operator.activities.events[1:3] == [Event.CAMPAIGN_PAUSED, Event.CAMPAIGN_RESUMED]
        assert {act.who for act in operator.activities.acts[1:3]} == {"Claude Exemple"}


async def test_a_new_rate_applies_from_the_next_page(env: WorkflowEnvironment) -> None:
    """The estimated time left changes immediately."""
    async with campaign(env, 100) as operator:
        operator.activities.may_send.clear()
        await operator.starts()
        await operator.is_at_page(1)
        assert (await operator.progress()).remaining == timedelta(seconds=10)
        progress = await operator.commands("set_rate", per_second=50)
        assert (progress.per_second, progress.remaining) == (50, timedelta(seconds=2))
        operator.activities.may_send.set()
        assert (await operator.is_at_page(2)).size == 50
        await operator.ends()
        assert operator.activities.acts[1].detail == "50/s"


async def test_the_time_left_is_estimated_by_the_measured_rate(env: WorkflowEnvironment) -> None:
    """When the machine is slower than the set rate, the set rate would give too short a time."""
    async with campaign(env, 2000, per_second=1000, max_page_size=1) as operator:
        await operator.starts()
        await operator.is_at_page(3)
        operator.activities.may_send.clear()
        left = (await operator.progress()).remaining
        assert left is not None
        assert left > timedelta(seconds=4)


async def test_a_stopped_campaign_started_again_reaches_the_rest(env: WorkflowEnvironment) -> None:
    """Electors who were reached before are skipped."""
    async with campaign(env, 25) as operator:
        operator.activities.may_send.clear()
        await operator.starts()
        await operator.is_at_page(1)
        await operator.commands("stop")
        operator.activities.may_send.set()
        stopped = await operator.ends()
        assert (stopped.ending, stopped.reached) == (CampaignEnding.STOPPED, 10)
        await operator.starts()
        assert (await operator.ends()).ending is CampaignEnding.COMPLETE
        assert operator.activities.started == operator.activities.roll


async def test_a_paused_campaign_can_be_stopped(env: WorkflowEnvironment) -> None:
    """It ends without being resumed first."""
    async with campaign(env, 25) as operator:
        await paused(operator)
        await operator.commands("stop")
        assert (await operator.ends()).ending is CampaignEnding.STOPPED


async def test_continue_as_new_keeps_the_state(env: WorkflowEnvironment) -> None:
    """After `steps_per_run` steps a new run continues at the same elector, with the same rate and start time."""
    async with campaign(env, 45, steps_per_run=2) as operator:
        operator.activities.may_send.clear()
        await operator.starts()
        first = await operator.handle.describe()
        begun_at = (await operator.progress()).since
        await operator.commands("set_rate", per_second=20)
        operator.activities.may_send.set()
        ended = await operator.ends()
        assert (await operator.handle.describe()).run_id != first.run_id
        assert operator.activities.started == operator.activities.roll
        assert (ended.since, ended.per_second, ended.reached) == (begun_at, 20, 45)
        assert operator.activities.events == [Event.CAMPAIGN_BEGUN, Event.CAMPAIGN_PACED, Event.CAMPAIGN_ENDED]


async def test_a_failed_page_is_retried_from_the_same_elector(env: WorkflowEnvironment) -> None:
    """No elector is skipped."""
    async with campaign(env, 25) as operator:
        operator.activities.faults = 2
        await operator.starts()
        await operator.ends()
        assert [page.after for page in operator.activities.pages[:3]] == ["", "", ""]
        assert operator.activities.started == operator.activities.roll


async def test_an_elector_whose_recovery_was_lost_is_started_again(env: WorkflowEnvironment) -> None:
    """Before it ends, the campaign makes another pass for electors who are not reached."""
    async with campaign(env, 25) as operator:
        lost = set(operator.activities.roll[3:6])
        operator.activities.lost_once |= lost
        await operator.starts()
        assert (await operator.ends()).ending is CampaignEnding.COMPLETE
        assert operator.activities.reached == set(operator.activities.roll)
        assert operator.activities.started == [*operator.activities.roll, *sorted(lost)]


async def test_no_page_is_sent_while_too_many_recoveries_are_pending(env: WorkflowEnvironment) -> None:
    """With more than a page pending, voters' own requests would wait: the campaign waits until fewer are pending."""
    async with campaign(env, 240, per_second=60, page_duration=timedelta(seconds=1)) as operator:
        operator.activities.late.update(operator.activities.roll)
        await operator.starts()
        await operator.is_at_page(2)
        await operator.waits(seconds=3)
        assert (await operator.ends()).ending is CampaignEnding.COMPLETE
        assert operator.activities.calls[:6] == ["count", "page", "page", "count", "page", "page"]
        assert operator.activities.started == operator.activities.roll


async def test_lost_recoveries_do_not_block_the_campaign(env: WorkflowEnvironment) -> None:
    """They stay pending: the campaign goes on after a wait without progress, and ends incomplete."""
    async with campaign(env, 240, per_second=60, page_duration=timedelta(seconds=1)) as operator:
        operator.activities.lost.update(operator.activities.roll[:150])
        await operator.starts()
        await operator.is_at_page(2)
        await operator.waits(seconds=10)
        ended = await operator.ends()
        assert (ended.ending, ended.reached) == (CampaignEnding.INCOMPLETE, 90)
        assert operator.activities.started[:240] == operator.activities.roll


async def test_the_first_check_comes_soon_after_the_last_page(env: WorkflowEnvironment) -> None:
    """When the last recoveries are judged at once, the campaign ends without waiting for a whole check interval."""
    async with campaign(env, 25) as operator:
        await checking(operator)
        operator.activities.reached.update(operator.activities.roll)
        await operator.waits(seconds=2)
        assert (await operator.ends()).ending is CampaignEnding.COMPLETE
        assert len(operator.activities.pages) == 3  # there was no second pass


async def test_an_incomplete_campaign_says_how_many_are_missing(env: WorkflowEnvironment) -> None:
    """A pass that reaches no further elector is the last one."""
    async with campaign(env, 25) as operator:
        operator.activities.lost |= set(operator.activities.roll[3:6])
        await operator.starts()
        ended = await operator.ends()
        assert (ended.ending, ended.reached, ended.total) == (CampaignEnding.INCOMPLETE, 22, 25)
        assert len(operator.activities.started) == 25 + 3
        assert "- **Non atteints\u00a0:** 3" in await operator.details()
        assert operator.activities.acts[-1].detail == "22 / 25"


async def test_a_campaign_ends_when_requests_close(env: WorkflowEnvironment) -> None:
    """Also while it is paused: its requests would be refused."""
    async with campaign(env, 25) as operator:
        operator.activities.may_send.clear()
        await operator.starts()
        await operator.is_at_page(1)
        await operator.commands("pause")
        operator.activities.may_send.set()
        await operator.waits(days=2)
        ended = await operator.ends()
        assert (ended.ending, ended.reached) == (CampaignEnding.CLOSED, 10)


async def test_a_campaign_sends_nothing_before_requests_open(env: WorkflowEnvironment) -> None:
    """Started too early by another way than the command, it ends immediately."""
    async with campaign(env, 5, opens=utc_now() + timedelta(hours=1)) as operator:
        await operator.starts()
        assert (await operator.ends()).ending is CampaignEnding.CLOSED
        assert operator.activities.pages == []


async def test_invalid_updates_are_refused(env: WorkflowEnvironment) -> None:
    """Without a name, twice, or at an impossible rate: each has its French sentence, and none is journalled."""
    async with campaign(env, 25) as operator:
        operator.activities.may_send.clear()
        await operator.starts()
        await operator.is_at_page(1)
        messages = [
            await operator.is_refused("stop", operator=" "),
            await operator.is_refused("resume"),
            await operator.is_refused("set_rate", per_second=5000),
        ]
        await operator.commands("pause")
        messages.append(await operator.is_refused("pause"))
        assert len(set(messages)) == 4
        assert [fault for text in messages[1:] for fault in faults(text)] == []
        assert operator.activities.events == [Event.CAMPAIGN_BEGUN, Event.CAMPAIGN_PAUSED]


@pytest.mark.parametrize("changes", [{"operator": ""}, {"per_second": 0.0}], ids=["no-name", "no-rate"])
async def test_a_campaign_without_a_name_or_a_rate_fails(
    env: WorkflowEnvironment, changes: dict[str, Any]
) -> None:
    """The workflow fails before it sends a page."""
    async with campaign(env, 5, **changes) as operator:
        await operator.starts()
        with pytest.raises(WorkflowFailureError):
            await operator.ends()
        assert operator.activities.pages == []


async def test_a_campaign_of_an_empty_roll_is_complete(env: WorkflowEnvironment) -> None:
    """Without an elector it ends at 100 percent."""
    async with campaign(env, 0) as operator:
        await operator.starts()
        ended = await operator.ends()
        assert (ended.ending, ended.percent) == (CampaignEnding.COMPLETE, 100)


def test_handler_descriptions_are_in_correct_french() -> None:
    """The Temporal UI shows them to operators beside each handler's name."""
    handlers = [
        getattr(handler, kind).description
        for handler in vars(LinkCampaign).values()
        for kind in ("_defn", "__temporal_query_definition")
        if hasattr(handler, kind)
    ]
    assert len(handlers) == 5
    assert [fault for description in handlers for fault in faults(description)] == []
