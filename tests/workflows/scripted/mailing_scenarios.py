"""Scenarios that bring a mailing to each state where it waits, and to each of its endings."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from temporalio.testing import WorkflowEnvironment

from tests.support.waiting import until
from tests.workflows.scripted.mailing_activities import MailingOperator, ScriptedMailing
from tests.workflows.scripted.replaying import replayed
from workflows.mailings.mailing import Mailing

Scenario = Callable[[MailingOperator], Awaitable[object]]


@asynccontextmanager
async def mailing(env: WorkflowEnvironment, electors: int, **changes: Any) -> AsyncIterator[MailingOperator]:
    """A mailing that is not started yet, and its worker."""
    operator = MailingOperator(env, ScriptedMailing(electors), **changes)
    async with operator.worker(), replayed(operator, Mailing):
        yield operator


async def sending(operator: MailingOperator) -> None:
    """The second step's mails are being sent."""
    operator.activities.first_held_send = 2
    operator.activities.may_send.clear()
    await operator.starts()
    await operator.is_sending(2)


async def sending_in_a_new_run(operator: MailingOperator) -> None:
    """The second step's mails are being sent, in a run that follows a continue-as-new."""
    operator.order = replace(operator.order, steps_per_run=2)
    await sending(operator)


async def rate_changed(operator: MailingOperator) -> None:
    """The second step's mails are being sent, and the rate was changed."""
    await sending(operator)
    await operator.commands("set_rate", per_second=20)


async def paused(operator: MailingOperator) -> None:
    """An operator has paused it after two steps."""
    await sending(operator)
    await operator.commands("pause")
    operator.activities.may_send.set()
    await until(lambda: _has_accepted(operator, 20))


async def resumed(operator: MailingOperator) -> None:
    """An operator has paused and resumed it; the third step's mails are being sent."""
    await paused(operator)
    operator.activities.may_send.clear()
    await operator.commands("resume")
    await operator.is_sending(3)


async def relay_away(operator: MailingOperator) -> None:
    """The relay is away: the mailing has paused itself."""
    operator.activities.relay_fault = "smtp-connect"
    await operator.starts()
    await until(lambda: _waits_for_relay(operator))


async def waiting_for_recoveries(operator: MailingOperator) -> None:
    """Everything is sent but to electors whose own recoveries do not answer yet."""
    operator.activities.busy.update(operator.activities.roll[3:6])
    operator.activities.are_answered = False
    await operator.starts()
    await until(lambda: _has_accepted(operator, 22))


async def complete(operator: MailingOperator) -> None:
    """The relay has accepted a mail to each elector; three have a link of their own recovery."""
    operator.activities.busy.update(operator.activities.roll[3:6])
    await operator.starts()
    await operator.ends()


async def incomplete(operator: MailingOperator) -> None:
    """The relay has refused three mails."""
    operator.activities.refused = dict.fromkeys(operator.activities.roll[3:6], "smtp-550")
    await operator.starts()
    await operator.ends()


async def retried(operator: MailingOperator) -> None:
    """What the relay has refused was sent again, in the same run."""
    operator.activities.refused = dict.fromkeys(operator.activities.roll[3:6], "smtp-550")
    await sending(operator)
    operator.activities.refused = {}
    await operator.commands("retry_failed", cause="smtp-550")
    operator.activities.may_send.set()
    await operator.ends()


async def stopped(operator: MailingOperator) -> None:
    """An operator has stopped it."""
    await paused(operator)
    await operator.commands("stop")
    await operator.ends()


async def closed(operator: MailingOperator) -> None:
    """Its deadline came while it was paused."""
    await paused(operator)
    await operator.waits(days=2)
    await operator.ends()


WAITING: tuple[Scenario, ...] = (
    sending,
    sending_in_a_new_run,
    rate_changed,
    paused,
    resumed,
    relay_away,
    waiting_for_recoveries,
)
ENDINGS: tuple[Scenario, ...] = (complete, incomplete, retried, stopped, closed)


async def _has_accepted(operator: MailingOperator, number: int) -> bool:
    return (await operator.progress()).accepted == number


async def _waits_for_relay(operator: MailingOperator) -> bool:
    return bool((await operator.progress()).relay_fault)
