"""A mailing sends each mail once, at the given rate, and ends with the truth, also with operators' updates and faults."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from activities.config.clock import utc_now
from activities.evidence.journal import Event
from activities.mailings.start_order import StartMailing
from activities.outbox.rows import State
from tests.support.history import failed_tasks
from tests.support.typography import faults
from tests.support.waiting import until
from tests.workflows.scripted import mailing_scenarios as scenarios
from tests.workflows.scripted.mailing_scenarios import mailing
from workflows.mailings.mailing import Mailing
from workflows.mailings.messages import MailingEnding, RetryFailed


async def test_each_mail_is_sent_once_step_by_step(env: WorkflowEnvironment) -> None:
    """A step has as many mails as fit into it at the rate; pages are prepared two steps ahead, and no further."""
    async with mailing(env, 45) as operator:
        operator.activities.may_send.clear()
        await operator.starts()
        await operator.is_sending(1)
        assert len(operator.activities.outbox) == 20
        operator.activities.may_send.set()
        ended = await operator.ends()
        scripted = operator.activities
        assert scripted.sent == scripted.roll
        assert {(order.most, order.per_second) for order in scripted.sends} == {(10, 10)}
        assert (ended.ending, ended.accepted, ended.total, ended.percent) == (MailingEnding.COMPLETE, 45, 45, 100)
        assert scripted.events == [Event.MAILING_BEGUN, Event.MAILING_ENDED]
        assert scripted.acts[-1].detail == "accepted 45, own 0, failed 0 / 45"


async def test_what_was_sent_before_is_not_sent_again(env: WorkflowEnvironment) -> None:
    """A mailing that was stopped goes on when it is started again."""
    async with mailing(env, 25) as operator:
        await scenarios.stopped(operator)
        sent = len(operator.activities.sent)
        assert sent < 25
        assert "- **Acceptés par le relais\u00a0:** 20 sur 25" in await operator.details()
        await operator.starts()
        assert (await operator.ends()).ending is MailingEnding.COMPLETE
        assert sorted(operator.activities.sent) == operator.activities.roll


@pytest.mark.parametrize("is_retried", [False, True], ids=["started", "retried"])
async def test_what_was_prepared_when_it_was_stopped_is_sent(
    env: WorkflowEnvironment, *, is_retried: bool
) -> None:
    """More than two steps' mails waited, whose addresses the end has forgotten: they are prepared again first."""
    async with mailing(env, 60, page_size=50) as operator:
        await scenarios.stopped(operator)
        assert len(operator.activities.unsealed) == 30
        if is_retried:
            await operator.retries_anew(RetryFailed("Claude Exemple", "smtp-550"))
        else:
            await operator.starts()
        assert (await operator.ends()).ending is MailingEnding.COMPLETE
        assert sorted(operator.activities.sent) == operator.activities.roll


async def test_a_long_mailing_continues_as_new(env: WorkflowEnvironment) -> None:
    """Its state is handed on: no page is prepared twice, and its begin is journalled once."""
    async with mailing(env, 45, steps_per_run=2) as operator:
        await operator.starts()
        first = (await operator.handle.describe()).run_id
        ended = await operator.ends()
        assert (ended.ending, ended.accepted) == (MailingEnding.COMPLETE, 45)
        assert operator.activities.sent == operator.activities.roll
        assert operator.activities.events == [Event.MAILING_BEGUN, Event.MAILING_ENDED]
        assert (await operator.handle.describe()).run_id != first


async def test_a_paused_mailing_sends_nothing_until_it_is_resumed(env: WorkflowEnvironment) -> None:
    """Both are journalled with the operator's name."""
    async with mailing(env, 25) as operator:
        await scenarios.paused(operator)
        sends = len(operator.activities.sends)
        await operator.waits(hours=5)
        assert (await operator.progress()).is_paused
        assert len(operator.activities.sends) == sends
        await operator.commands("resume")
        assert (await operator.ends()).ending is MailingEnding.COMPLETE
        acts = {act.event: act.who for act in operator.activities.acts}
        assert (acts[Event.MAILING_PAUSED], acts[Event.MAILING_RESUMED]) == ("Claude Exemple", "Claude Exemple")


async def test_the_next_step_has_the_new_rate(env: WorkflowEnvironment) -> None:
    """As the journal says."""
    async with mailing(env, 60) as operator:
        await scenarios.rate_changed(operator)
        operator.activities.may_send.set()
        await operator.ends()
        assert [order.most for order in operator.activities.sends[:3]] == [10, 10, 20]
        (act,) = (act for act in operator.activities.acts if act.event is Event.MAILING_PACED)
        assert (act.who, act.detail) == ("Claude Exemple", "20/s")


async def test_a_mailing_waits_for_a_relay_that_is_away_and_goes_on_by_itself(env: WorkflowEnvironment) -> None:
    """It tries one mail after each wait; the journal and the details say why and since when."""
    async with mailing(env, 25) as operator:
        await scenarios.relay_away(operator)
        assert "relais" in (await operator.details()).partition("\n")[0]
        await operator.waits(minutes=10)
        await until(lambda: len(operator.activities.sends) > 3)
        assert {order.most for order in operator.activities.sends[1:]} == {1}
        operator.activities.relay_fault = ""
        await operator.waits(minutes=2)
        ended = await operator.ends()
        assert (ended.ending, ended.accepted, ended.relay_fault) == (MailingEnding.COMPLETE, 25, "")
        acts = [(act.event, act.who, act.outcome) for act in operator.activities.acts[1:-1]]
        assert acts == [
            (Event.MAILING_PAUSED, "", "smtp-connect"),
            (Event.MAILING_RESUMED, "", "smtp-connect"),
        ]


async def test_a_mailing_whose_last_mails_have_failed_waits_for_no_relay(env: WorkflowEnvironment) -> None:
    """They made it fail: what is left are the recoveries that do not answer, and the mailing ends."""
    async with mailing(env, 15) as operator:
        scripted = operator.activities
        scripted.busy, scripted.are_answered = set(scripted.roll[:3]), False
        await scenarios.relay_away(operator)
        poisonous = scripted.roll[3:]
        scripted.outbox |= dict.fromkeys(poisonous, State.FAILED)
        scripted.causes = dict.fromkeys(poisonous, "smtp-connect")
        await operator.waits(minutes=2)
        assert (await operator.progress()).relay_fault == ""
        await operator.waits(minutes=10)
        ended = await operator.ends()
        assert (ended.ending, ended.failed) == (MailingEnding.INCOMPLETE, {"smtp-connect": 12})


async def test_refused_mails_are_failures_by_cause_and_can_be_retried(env: WorkflowEnvironment) -> None:
    """The end says how many; started again for the retry, the mailing sends those alone."""
    async with mailing(env, 25) as operator:
        await scenarios.incomplete(operator)
        ended = await operator.progress()
        assert (ended.ending, ended.accepted, ended.failed) == (MailingEnding.INCOMPLETE, 22, {"smtp-550": 3})
        assert "- **En échec\u00a0:** 3 (`smtp-550` 3)" in await operator.details()
        operator.activities.refused = {}
        sent = len(operator.activities.sent)
        assert (await operator.retries_anew(RetryFailed("Claude Exemple", "smtp-550"))).failed == {}
        assert (await operator.ends()).ending is MailingEnding.COMPLETE
        assert len(operator.activities.sent) - sent == 3
        (act,) = (act for act in operator.activities.acts if act.event is Event.MAILING_RETRIED)
        assert (act.who, act.detail, act.outcome) == ("Claude Exemple", "smtp-550", "3")


@pytest.mark.parametrize("slow", [["count_roll"], ["count_roll", "retry_page"]], ids=["before", "after"])
async def test_a_retry_that_comes_while_the_mailing_ends_is_obeyed(
    env: WorkflowEnvironment, slow: list[str]
) -> None:
    """The roll is counted for the last time: whether the retry is done before that or after, what it lets wait is sent."""
    async with mailing(env, 25) as operator:
        scripted = operator.activities
        scripted.refused = dict.fromkeys(scripted.roll[3:6], "smtp-550")
        scripted.database_errors = dict.fromkeys(slow, "")
        await operator.starts(task_timeout=timedelta(seconds=2))
        await until(lambda: "count_roll" in scripted.waiting_calls)
        scripted.refused = {}
        retrying = asyncio.create_task(operator.commands("retry_failed", cause="smtp-550"))
        await until(lambda: "retry_page" in scripted.waiting_calls or retrying.done())
        scripted.may_answer.set()
        await retrying
        ended = await operator.ends()
        assert (ended.ending, ended.accepted, ended.failed) == (MailingEnding.COMPLETE, 25, {})


async def test_electors_with_an_own_recovery_are_asked_for_there(env: WorkflowEnvironment) -> None:
    """They count apart; asked again while they do not answer, and in the end said to have no answer."""
    async with mailing(env, 25, ask_interval=timedelta(seconds=1)) as operator:
        await scenarios.waiting_for_recoveries(operator)
        operator.activities.are_answered = True
        await operator.waits(minutes=2)
        ended = await operator.ends()
        assert (ended.ending, ended.accepted, ended.own) == (MailingEnding.COMPLETE, 22, 3)
        assert operator.activities.asks > 1


async def test_a_recovery_that_never_answers_does_not_keep_the_mailing_open(env: WorkflowEnvironment) -> None:
    """After ten requests the mailing says so, and ends."""
    async with mailing(env, 25, ask_interval=timedelta(0)) as operator:
        await scenarios.waiting_for_recoveries(operator)
        await operator.waits(minutes=10)
        ended = await operator.ends()
        assert (ended.ending, ended.asked) == (MailingEnding.INCOMPLETE, 3)


async def test_electors_who_come_onto_the_roll_meanwhile_are_found(env: WorkflowEnvironment) -> None:
    """Another pass over the roll finds those whose ids came before."""
    async with mailing(env, 25) as operator:
        await scenarios.sending(operator)
        operator.activities.roll.insert(0, "0" * 32)
        operator.activities.may_send.set()
        ended = await operator.ends()
        assert (ended.ending, ended.accepted, ended.total) == (MailingEnding.COMPLETE, 26, 26)


async def test_electors_who_come_while_another_pass_is_sent_are_found(env: WorkflowEnvironment) -> None:
    """Passes go on until one has found nobody."""
    async with mailing(env, 25) as operator:
        await scenarios.sending(operator)
        operator.activities.roll.insert(0, "0" * 32)
        operator.activities.first_held_send = 4  # to whom the first pass did not find
        await operator.is_sending(4)
        operator.activities.roll.append(f"{26:032x}")
        operator.activities.may_send.set()
        ended = await operator.ends()
        assert (ended.ending, ended.accepted, ended.total) == (MailingEnding.COMPLETE, 27, 27)


@pytest.mark.parametrize("report", [None, {"answered": "many"}, {"answered": 1, "relay_fault": "é" * 99}])
async def test_what_another_worker_answers_changes_nothing(env: WorkflowEnvironment, report: Any) -> None:
    """Whoever may write to Temporal may poll the sender's queue: what was sent is read in the database."""
    async with mailing(env, 25) as operator:
        operator.activities.forged_reports = [report]
        await operator.starts()
        await until(lambda: len(operator.activities.sends) > 1 or _is_waiting(operator))
        if await _is_waiting(operator):
            await operator.waits(minutes=2)
        ended = await operator.ends()
        assert (ended.ending, ended.accepted) == (MailingEnding.COMPLETE, 25)
        assert await failed_tasks(operator.handle) == []


async def test_a_mailing_ends_at_its_deadline(env: WorkflowEnvironment) -> None:
    """Also while it is paused: the links would be of no use."""
    async with mailing(env, 25) as operator:
        await scenarios.closed(operator)
        ended = await operator.progress()
        assert (ended.ending, ended.accepted) == (MailingEnding.CLOSED, 20)


async def test_a_stop_does_not_wait_for_a_sender_that_no_worker_runs(env: WorkflowEnvironment) -> None:
    """The activity that nobody has taken is cancelled."""
    async with mailing(env, 25) as operator:
        await scenarios.sending(operator)
        await operator.commands("stop")
        operator.activities.may_send.set()
        assert (await operator.ends()).ending is MailingEnding.STOPPED


@pytest.mark.parametrize(
    "changes", [{"deadline": utc_now() - timedelta(hours=1)}, {}], ids=["after its deadline", "closed"]
)
async def test_a_mailing_sends_nothing_while_requests_are_closed(
    env: WorkflowEnvironment, changes: dict[str, Any]
) -> None:
    """Started by another way than the command, it ends immediately."""
    async with mailing(env, 5, **changes) as operator:
        operator.activities.is_closed = not changes
        await operator.starts()
        assert (await operator.ends()).ending is MailingEnding.CLOSED
        assert operator.activities.sends == []


async def test_invalid_updates_are_refused(env: WorkflowEnvironment) -> None:
    """Without a name, twice, at an impossible rate, or for no cause: each has its French sentence, and none is journalled."""
    async with mailing(env, 25) as operator:
        await scenarios.sending(operator)
        messages = [
            await operator.is_refused("stop", operator=" "),
            await operator.is_refused("resume"),
            await operator.is_refused("set_rate", per_second=5000),
            await operator.is_refused("retry_failed", cause=""),
        ]
        for cause in ("\0", "smtp-550\n", "x" * 65):
            assert await operator.is_refused("retry_failed", cause=cause) == messages[-1]
        await operator.commands("pause")
        messages.append(await operator.is_refused("pause"))
        assert len(set(messages)) == 5
        assert [fault for text in messages[1:] for fault in faults(text)] == []
        assert operator.activities.events == [Event.MAILING_BEGUN, Event.MAILING_PAUSED]


@pytest.mark.parametrize(
    "order", [StartMailing("", 10), StartMailing("Claude Exemple", 0.0)], ids=["no-name", "no-rate"]
)
async def test_a_mailing_without_a_name_or_a_rate_fails(env: WorkflowEnvironment, order: StartMailing) -> None:
    """The workflow fails before it prepares a page."""
    async with mailing(env, 5, order=order) as operator:
        await operator.starts()
        with pytest.raises(WorkflowFailureError):
            await operator.ends()
        assert operator.activities.pages == []


async def test_a_mailing_to_an_empty_roll_is_complete(env: WorkflowEnvironment) -> None:
    """Without an elector it ends at 100 percent."""
    async with mailing(env, 0) as operator:
        await operator.starts()
        ended = await operator.ends()
        assert (ended.ending, ended.percent) == (MailingEnding.COMPLETE, 100)


async def test_no_history_has_an_address_or_a_link(env: WorkflowEnvironment) -> None:
    """What the activities are given and return are counts and opaque ids."""
    async with mailing(env, 25) as operator:
        await scenarios.complete(operator)
        history = str((await operator.handle.fetch_history()).to_json())
        assert "@" not in history
        assert "lien/" not in history


def test_handler_descriptions_are_in_correct_french() -> None:
    """The Temporal UI shows them to operators beside each handler's name."""
    handlers = [
        getattr(handler, kind).description
        for handler in vars(Mailing).values()
        for kind in ("_defn", "__temporal_query_definition")
        if hasattr(handler, kind)
    ]
    assert len(handlers) == 6
    assert [fault for description in handlers for fault in faults(description)] == []


async def _is_waiting(operator: Any) -> bool:
    return bool((await operator.progress()).relay_fault)
