"""Orders the recoveries of an act, at a rate; the role `recoveries` runs it with a Temporal client."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.acts.bulk_items import ActToOrder, BulkItems, WaitingItem
from activities.acts.bulk_order import BulkKind, ItemWhy
from activities.gateways.base.rate_limiter import RateLimiter

_AT_ONCE = 20
_ANSWERED_WITHIN = timedelta(seconds=10)
_BEAT_EVERY = 1.0  # seconds
# A recovery that does not answer so often does not answer.
_MOST_TRIES = 20
# How often an order is given that a recovery has noted, and not answered: its worker was killed, or the answer was lost.
_MOST_GIVEN = 3
# Refusals that say nothing of the recovery: the act is paused, or the database does not answer.
_PASSING = {"NotOrdered", "DatabaseFault", "DatabaseUnavailableError"}


@dataclass(frozen=True)
class OrderStep:
    """How long to order the recoveries of an act, in seconds, how many a second, and how many at most."""

    act_id: str
    per_second: float
    seconds: float
    most: int


@dataclass(frozen=True)
class StepReport:
    """How many recoveries have answered, with a refusal too."""

    answered: int


class ItemOrders:
    """Gives an act's order to its recoveries, each with an id of its own, so that a second one changes nothing."""

    def __init__(self, items: BulkItems, client: Client) -> None:
        self._items = items
        self._client = client

    @activity.defn
    async def order_items(self, step: OrderStep) -> StepReport:
        """Order what waits of a running act for some seconds, and return how many recoveries have answered.

        Nobody who may write to Temporal can order more with it than what an act in the database has before it.
        """
        beating = asyncio.create_task(_beat())
        try:
            return await self._order(step)
        finally:
            beating.cancel()

    async def _order(self, step: OrderStep) -> StepReport:
        act = await self._items.act_to_order(step.act_id)
        waiting = await self._waiting(step) if act is not None else []
        if act is None or not waiting:
            return StepReport(0)
        rate, places, loop = RateLimiter(step.per_second), asyncio.Semaphore(_AT_ONCE), asyncio.get_running_loop()
        ends_at = loop.time() + step.seconds

        async def order(item: WaitingItem) -> bool:
            async with places:
                try:
                    await rate.turn(ends_at - loop.time())
                except TimeoutError:
                    return False  # its turn does not come in this step
                return loop.time() < ends_at and await self._give(step.act_id, act, item)

        answers = await asyncio.gather(*(order(item) for item in waiting), return_exceptions=True)
        for error in answers:
            if isinstance(error, BaseException):
                raise error  # after the others: what is under way is not cut off
        return StepReport(sum(answer is True for answer in answers))

    async def _waiting(self, step: OrderStep) -> list[WaitingItem]:
        waiting = await self._items.waiting(step.act_id, step.most)
        if activity.info().attempt == 1:
            return waiting
        # The worker was killed, perhaps after a recovery has noted that it obeys and before Temporal had its answer: the order is
        # lost with both. Given again under the same id, it changes nothing where it is not.
        return [*await self._items.unanswered(step.act_id, step.most), *waiting]

    async def _give(self, act_id: str, act: ActToOrder, item: WaitingItem) -> bool:
        """Order one recovery, and return whether it has answered; the recovery notes itself that it obeys.

        Once it has noted that, no later step orders it: without an answer the order is given again, under the same id.
        """
        order, recovery = _order_to(act, act_id), self._client.get_workflow_handle(item.workflow_id)
        name, update_id = order.pop("update"), f"{act_id}-{item.tries}"
        for _ in range(_MOST_GIVEN):
            try:
                await recovery.execute_update(name, order, id=update_id, rpc_timeout=_ANSWERED_WITHIN)
            except WorkflowUpdateFailedError as error:
                if await self._note_refusal(act_id, item.workflow_id, error):
                    return True
                break
            except (WorkflowUpdateRPCTimeoutOrCancelledError, RPCError) as error:
                if isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND:
                    await self._items.skip(act_id, item.workflow_id, ItemWhy.GONE)
                    return True
                if not await self._items.is_ordered(act_id, item.workflow_id):
                    break
            else:
                return True
        await self._try_again(act_id, item)
        return False

    async def _note_refusal(self, act_id: str, workflow_id: str, error: WorkflowUpdateFailedError) -> bool:
        """Note that a recovery has refused for good, and return True, or return False when it may obey later."""
        cause = error.cause
        if not isinstance(cause, ApplicationError) or cause.type in _PASSING:
            return False
        if cause.type == "NothingHeld":
            return await self._items.skip_unheld(act_id, workflow_id)
        await self._items.skip(act_id, workflow_id, ItemWhy.REFUSED)
        return True

    async def _try_again(self, act_id: str, item: WaitingItem) -> None:
        if item.tries + 1 >= _MOST_TRIES:
            await self._items.skip(act_id, item.workflow_id, ItemWhy.NO_NEWS)
        else:
            await self._items.try_again(act_id, item.workflow_id)


def _order_to(act: ActToOrder, act_id: str) -> dict[str, Any]:
    # The recovery reads the gateway and the reason in the database.
    update = "cancel" if act.kind is BulkKind.CANCEL else "retry_send"
    return {"update": update, "operator": act.operator, "bulk": act_id}


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(_BEAT_EVERY)
