"""A mailing whose database refuses or does not answer says so, waits, goes on by a resume or by itself, and can be stopped."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.evidence.journal import Event
from tests.support.waiting import until
from tests.workflows.scripted import mailing_scenarios as scenarios
from tests.workflows.scripted.mailing_activities import MailingOperator
from tests.workflows.scripted.mailing_scenarios import mailing
from workflows.contracts import options
from workflows.mailings.messages import MailingEnding

_AWAY = "DatabaseUnavailableError"


@pytest.fixture
def _three_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The five minutes of tries are a second."""
    policy = options.MAILING_ACTIVITY["retry_policy"]
    assert policy is not None
    monkeypatch.setitem(options.MAILING_ACTIVITY, "retry_policy", replace(policy, maximum_attempts=3))


async def _waits_for_database(operator: MailingOperator, fault: str) -> None:
    async def is_told() -> bool:
        return (await operator.progress()).database_fault == f"database:{fault}"

    await until(is_told)


@pytest.mark.parametrize("activity", ["begin_mailing", "count_roll", "count_mails", "prepare_page"])
async def test_a_refused_statement_halts_the_mailing_until_it_is_resumed(
    env: WorkflowEnvironment, activity: str
) -> None:
    """The details and the status name the fault and what to do; then each mail is sent once."""
    async with mailing(env, 25) as operator:
        operator.activities.database_errors[activity] = "ProgrammingError"
        await operator.starts()
        await _waits_for_database(operator, "ProgrammingError")
        details = await operator.details()
        assert "### Envoi en attente de la base de données" in details
        assert "`database:ProgrammingError`" in details
        operator.activities.database_errors.clear()
        assert (await operator.commands("resume")).database_fault == ""
        ended = await operator.ends()
        assert (ended.ending, ended.database_fault) == (MailingEnding.COMPLETE, "")
        assert operator.activities.sent == operator.activities.roll
        assert Event.MAILING_RESUMED in operator.activities.events


async def test_a_sender_whose_write_is_refused_halts_the_mailing(env: WorkflowEnvironment) -> None:
    """Nothing more is sent until it is resumed: the rows do not say whom the relay has taken, and the same would get it again."""
    async with mailing(env, 25) as operator:
        operator.activities.database_errors["send_mailing"] = "ProgrammingError"
        await operator.starts()
        await _waits_for_database(operator, "ProgrammingError")
        await operator.waits(hours=5)
        assert operator.activities.sent == operator.activities.roll[:10]
        assert "`database:ProgrammingError`" in await operator.details()
        operator.activities.database_errors.clear()
        await operator.commands("resume")
        ended = await operator.ends()
        assert (ended.ending, ended.accepted, ended.database_fault) == (MailingEnding.COMPLETE, 25, "")
        assert operator.activities.sent == operator.activities.roll[:10] + operator.activities.roll


async def test_a_mailing_whose_sender_is_refused_can_be_stopped(env: WorkflowEnvironment) -> None:
    """What waits for the database is given up, and the end is journalled."""
    async with mailing(env, 25) as operator:
        operator.activities.database_errors["send_mailing"] = "ProgrammingError"
        await operator.starts()
        await _waits_for_database(operator, "ProgrammingError")
        await operator.commands("stop")
        assert (await operator.ends()).ending is MailingEnding.STOPPED
        assert operator.activities.events[-1] is Event.MAILING_ENDED


@pytest.mark.usefixtures("_three_attempts")
async def test_an_outage_of_the_database_is_waited_for(env: WorkflowEnvironment) -> None:
    """After five minutes of tries the mailing says so; when the database is back it goes on without an operator."""
    async with mailing(env, 25) as operator:
        await scenarios.sending(operator)
        operator.activities.database_errors |= dict.fromkeys(("count_mails", "prepare_page"), _AWAY)
        operator.activities.may_send.set()
        await _waits_for_database(operator, _AWAY)
        operator.activities.database_errors.clear()
        await operator.waits(minutes=5, seconds=1)
        assert (await operator.ends()).ending is MailingEnding.COMPLETE
        assert sorted(operator.activities.sent) == operator.activities.roll


async def test_an_order_is_obeyed_before_it_can_be_journalled(env: WorkflowEnvironment) -> None:
    """A pause takes effect at once; its line is written when the database takes it."""
    async with mailing(env, 25) as operator:
        await scenarios.sending(operator)
        operator.activities.database_errors["note_mailing"] = "DataError"
        paused = await operator.commands("pause")
        assert (paused.is_paused, paused.database_fault) == (True, "database:DataError")
        operator.activities.database_errors.clear()
        operator.activities.may_send.set()
        await operator.commands("resume")
        await operator.ends()
        told = [act.event for act in operator.activities.acts[1:-1]]
        assert sorted(told) == [Event.MAILING_PAUSED, Event.MAILING_RESUMED]


async def test_a_mailing_that_waits_for_the_database_can_be_stopped(env: WorkflowEnvironment) -> None:
    """The page that was refused is given up; the end is counted and journalled."""
    async with mailing(env, 25) as operator:
        operator.activities.database_errors["prepare_page"] = "ProgrammingError"
        await operator.starts()
        await _waits_for_database(operator, "ProgrammingError")
        await operator.commands("stop")
        ended = await operator.ends()
        assert (ended.ending, ended.total, ended.accepted) == (MailingEnding.STOPPED, 25, 0)
        assert operator.activities.events == [Event.MAILING_BEGUN, Event.MAILING_STOPPED, Event.MAILING_ENDED]


async def test_a_retry_that_a_stop_gives_up_is_journalled(env: WorkflowEnvironment) -> None:
    """With how many mails wait again: the operator may have been told already that the mailing has the order."""
    async with mailing(env, 25) as operator:
        operator.activities.refused = {operator.activities.roll[3]: "smtp-550"}
        await scenarios.sending(operator)
        operator.activities.database_errors["retry_page"] = "ProgrammingError"
        retrying = asyncio.create_task(operator.commands("retry_failed", cause="smtp-550"))
        await _waits_for_database(operator, "ProgrammingError")
        await operator.commands("stop")
        operator.activities.may_send.set()
        await retrying
        await operator.ends()
        (act,) = (act for act in operator.activities.acts if act.event is Event.MAILING_RETRIED)
        assert (act.detail, act.outcome) == ("smtp-550", "0")


@pytest.mark.usefixtures("_three_attempts")
async def test_a_stop_gives_up_no_line_of_the_journal(env: WorkflowEnvironment) -> None:
    """Earlier orders are journalled too when the database is back, and what the mailing did by itself; then it ends."""
    async with mailing(env, 25) as operator:
        await scenarios.sending(operator)
        operator.activities.relay_fault = "smtp-connect"
        operator.activities.database_errors["note_mailing"] = _AWAY
        await operator.commands("set_rate", per_second=20)
        operator.activities.may_send.set()
        await until(lambda: _waits_for_relay(operator))
        await operator.commands("stop")
        await until(lambda: _is_ending(operator))
        operator.activities.database_errors.clear()
        await operator.waits(minutes=5, seconds=1)
        assert (await operator.ends()).ending is MailingEnding.STOPPED
        assert sorted(operator.activities.events[1:]) == sorted(
            [Event.MAILING_PACED, Event.MAILING_PAUSED, Event.MAILING_STOPPED, Event.MAILING_ENDED]
        )


@pytest.mark.usefixtures("_three_attempts")
async def test_a_mailing_is_stopped_though_nothing_can_be_written(env: WorkflowEnvironment) -> None:
    """The first stop waits for the database to journal the end; the next gives that up too."""
    async with mailing(env, 25) as operator:
        await scenarios.sending(operator)
        calls = ("count_roll", "count_mails", "prepare_page", "note_mailing")
        operator.activities.database_errors |= dict.fromkeys(calls, _AWAY)
        operator.activities.may_send.set()
        await _waits_for_database(operator, _AWAY)
        assert (await operator.commands("stop")).database_fault == ""
        await _waits_for_database(operator, _AWAY)
        await operator.commands("stop")
        assert (await operator.ends()).ending is MailingEnding.STOPPED
        assert operator.activities.events == [Event.MAILING_BEGUN]


async def test_a_stop_does_not_wait_for_a_database_that_hangs(env: WorkflowEnvironment) -> None:
    """A call that does not end is given up after ten seconds."""
    async with mailing(env, 25) as operator:
        operator.activities.database_errors["prepare_page"] = ""
        await operator.starts(task_timeout=timedelta(seconds=2))
        await until(lambda: Event.MAILING_BEGUN in operator.activities.events)
        await operator.commands("stop")
        assert (await operator.ends()).ending is MailingEnding.STOPPED
        operator.activities.may_answer.set()
        assert operator.activities.pages == []


async def _waits_for_relay(operator: MailingOperator) -> bool:
    return bool((await operator.progress()).relay_fault)


async def _is_ending(operator: MailingOperator) -> bool:
    return (await operator.progress()).ending is not None
