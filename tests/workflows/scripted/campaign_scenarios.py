"""Scenarios that bring a campaign to each state where it waits, and to each of its endings."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio.testing import WorkflowEnvironment

from tests.support.waiting import until
from tests.workflows.scripted.campaign_activities import CampaignOperator, ScriptedCampaign
from tests.workflows.scripted.replaying import replayed
from workflows.mailings.campaign import LinkCampaign

_LONG = timedelta(hours=1)
_LOST = slice(3, 6)
Scenario = Callable[[CampaignOperator], Awaitable[object]]


@asynccontextmanager
async def campaign(env: WorkflowEnvironment, electors: int, **changes: Any) -> AsyncIterator[CampaignOperator]:
    """A campaign that is not started yet, and its worker."""
    operator = CampaignOperator(env, ScriptedCampaign(electors), **changes)
    async with operator.worker(), replayed(operator, LinkCampaign):
        yield operator


async def sending(operator: CampaignOperator) -> None:
    """The second page is being sent."""
    operator.activities.first_held_page = 2
    operator.activities.may_send.clear()
    await operator.starts()
    await operator.is_at_page(2)


async def sending_in_a_new_run(operator: CampaignOperator) -> None:
    """The second page is being sent, in a run that follows a continue-as-new."""
    operator.order = replace(operator.order, steps_per_run=1)
    await sending(operator)


async def rate_changed(operator: CampaignOperator) -> None:
    """The second page is being sent, and the rate was changed."""
    await sending(operator)
    await operator.commands("set_rate", per_second=20)


async def paused(operator: CampaignOperator) -> None:
    """An operator has paused it after two pages."""
    await sending(operator)
    await operator.commands("pause")
    operator.activities.may_send.set()
    await until(lambda: _has_reached(operator, 20))


async def resumed(operator: CampaignOperator) -> None:
    """An operator has paused and resumed it; the third page is being sent."""
    await paused(operator)
    operator.activities.may_send.clear()
    await operator.commands("resume")
    await operator.is_at_page(3)


async def checking(operator: CampaignOperator) -> None:
    """The pass over the roll is complete, and some recoveries are not judged yet."""
    operator.order = replace(operator.order, check_interval=_LONG)
    operator.activities.lost.update(operator.activities.roll[_LOST])
    await operator.starts()
    await until(lambda: operator.activities.counts > 1)


async def before_resending(operator: CampaignOperator) -> None:
    """Some recoveries were lost: another pass over the roll will begin."""
    operator.order = replace(operator.order, resend_delay=_LONG)
    operator.activities.lost.update(operator.activities.roll[_LOST])
    await operator.starts()
    await until(lambda: operator.activities.counts > 1)


async def complete(operator: CampaignOperator) -> None:
    """Every elector is reached."""
    operator.activities.lost_once.update(operator.activities.roll[_LOST])
    await operator.starts()
    await operator.ends()


async def incomplete(operator: CampaignOperator) -> None:
    """Some electors cannot be reached."""
    operator.activities.lost.update(operator.activities.roll[_LOST])
    await operator.starts()
    await operator.ends()


async def stopped(operator: CampaignOperator) -> None:
    """An operator has stopped it."""
    await paused(operator)
    await operator.commands("stop")
    await operator.ends()


async def closed(operator: CampaignOperator) -> None:
    """Requests closed while it was paused."""
    await paused(operator)
    await operator.waits(days=2)
    await operator.ends()


WAITING: tuple[Scenario, ...] = (
    sending,
    sending_in_a_new_run,
    rate_changed,
    paused,
    resumed,
    checking,
    before_resending,
)
ENDINGS: tuple[Scenario, ...] = (complete, incomplete, stopped, closed)


async def _has_reached(operator: CampaignOperator, number: int) -> bool:
    return (await operator.progress()).reached == number
