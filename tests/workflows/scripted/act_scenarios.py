"""Scenarios that bring an act to each state where it waits, and to each of its endings."""

from collections.abc import Awaitable, Callable

from activities.acts.bulk_order import ItemState
from tests.support.waiting import until
from tests.workflows.scripted.act_activities import NAME, ActOperator
from workflows.contracts.orders import Pause, Stop

Scenario = Callable[[ActOperator], Awaitable[object]]


async def ordering(operator: ActOperator) -> None:
    """The first step's recoveries are being ordered."""
    operator.activities.may_order.clear()
    await operator.starts()
    await until(lambda: operator.activities.steps)


async def paused(operator: ActOperator) -> None:
    """An operator has paused it during the first step."""
    await ordering(operator)
    await operator.orders(Pause(NAME))
    operator.activities.may_order.set()
    await until(lambda: operator.activities.items[0] is ItemState.SENT)


async def settling(operator: ActOperator) -> None:
    """Everything is ordered, and one recovery has no outcome yet."""
    operator.activities.outcomes[3] = ItemState.ORDERED
    await operator.starts()
    await until(lambda: operator.activities.items[24] is ItemState.SENT)


async def done(operator: ActOperator) -> None:
    """Each recovery has an outcome."""
    operator.activities.outcomes[3] = ItemState.FAILED
    await operator.starts()
    await operator.ends()


async def stopped(operator: ActOperator) -> None:
    """An operator has stopped it during the first step."""
    await ordering(operator)
    await operator.orders(Stop(NAME))
    operator.activities.may_order.set()
    await operator.ends()


WAITING: tuple[Scenario, ...] = (ordering, paused, settling)
ENDINGS: tuple[Scenario, ...] = (done, stopped)
