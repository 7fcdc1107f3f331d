"""How a campaign comes to each state where it waits, and to each of its endings."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio.testing import WorkflowEnvironment

from tests.support.waiting import until
from tests.workflows.scripted.campaign_activities import CampaignWorld, Operator
from tests.workflows.scripted.replaying import replayed
from workflows.mailings.campaign import LinkCampaign

_LONG = timedelta(hours=1)
_LOST = slice(3, 6)
Scenario = Callable[[Operator], Awaitable[object]]


@asynccontextmanager
async def campaign(env: WorkflowEnvironment, electors: int, **changes: Any) -> AsyncIterator[Operator]:
    """A campaign that nobody has started yet, and its worker."""
    operator = Operator(env, CampaignWorld(electors), **changes)
    async with operator.worker(), replayed(operator, LinkCampaign):
        yield operator


async def sending(operator: Operator) -> None:
    """The second page is on its way."""
    operator.world.held_from = 2
    operator.world.open.clear()
    await operator.starts()
    await operator.is_at_page(2)


async def sending_in_a_new_run(operator: Operator) -> None:
    """The second page is on its way, in a run that goes on where another has stopped."""
    operator.order = replace(operator.order, turns=1)
    await sending(operator)


async def paced(operator: Operator) -> None:
    """The second page is on its way, the next ones will be of another size."""
    await sending(operator)
    await operator.commands("set_rate", per_second=20)


async def paused(operator: Operator) -> None:
    """Two pages were sent, and an operator has to let it go on."""
    await sending(operator)
    await operator.commands("pause")
    operator.world.open.set()
    await until(lambda: _has_reached(operator, 20))


async def resumed(operator: Operator) -> None:
    """An operator paused it and let it go on; the third page is on its way."""
    await paused(operator)
    operator.world.open.clear()
    await operator.commands("resume")
    await operator.is_at_page(3)


async def looking(operator: Operator) -> None:
    """The roll was gone through, and some are not judged yet."""
    operator.order = replace(operator.order, look_every=_LONG)
    operator.world.lost.update(operator.world.roll[_LOST])
    await operator.starts()
    await until(lambda: operator.world.counts > 1)


async def before_another_time(operator: Operator) -> None:
    """Some were lost: the roll will be gone through again."""
    operator.order = replace(operator.order, again_after=_LONG)
    operator.world.lost.update(operator.world.roll[_LOST])
    await operator.starts()
    await until(lambda: operator.world.counts > 1)


async def complete(operator: Operator) -> None:
    """Everybody is reached."""
    operator.world.lost_once.update(operator.world.roll[_LOST])
    await operator.starts()
    await operator.ends()


async def incomplete(operator: Operator) -> None:
    """Some cannot be reached."""
    operator.world.lost.update(operator.world.roll[_LOST])
    await operator.starts()
    await operator.ends()


async def stopped(operator: Operator) -> None:
    """An operator ended it."""
    await paused(operator)
    await operator.commands("stop")
    await operator.ends()


async def closed(operator: Operator) -> None:
    """Requests closed while it was paused."""
    await paused(operator)
    await operator.waits(days=2)
    await operator.ends()


WAITING: tuple[Scenario, ...] = (
    sending,
    sending_in_a_new_run,
    paced,
    paused,
    resumed,
    looking,
    before_another_time,
)
ENDINGS: tuple[Scenario, ...] = (complete, incomplete, stopped, closed)


async def _has_reached(operator: Operator, number: int) -> bool:
    return (await operator.progress()).reached == number
