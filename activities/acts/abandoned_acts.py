"""Ends acts whose workflow was terminated: what they had before them must be free for another act."""

from datetime import timedelta

from sqlalchemy import Interval, bindparam, case, func, select, update
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.acts.bulk_order import ENDED, ActState, ItemState, ItemWhy
from activities.acts.bulk_orders import act_workflow_id
from activities.store.act_tables import bulk_acts, bulk_items
from activities.store.database import Database

# An act that runs changes its row more often, unless it is paused.
_AGE = timedelta(minutes=10)
_ITEM, _ACT, _NOW = bulk_items.c, bulk_acts.c, func.clock_timestamp()
_SILENT = select(_ACT.id).where(
    _ACT.state.in_((ActState.RUNNING, ActState.PAUSED, ActState.STOPPED)),
    _ACT.changed_at < _NOW - bindparam("age", type_=Interval),
    select(_ITEM.act_id)
    .where(_ITEM.act_id == _ACT.id, _ITEM.state.in_((ItemState.WAITING, ItemState.ORDERED)))
    .exists(),
)
_FREE = (
    update(bulk_items)
    .where(_ITEM.act_id == bindparam("act"), _ITEM.state.in_((ItemState.WAITING, ItemState.ORDERED)))
    .values(
        state=case((_ITEM.state == ItemState.WAITING, ItemState.SKIPPED.value), else_=ItemState.FAILED.value),
        why=case((_ITEM.state == ItemState.WAITING, ItemWhy.STOPPED.value), else_=ItemWhy.NO_NEWS.value),
        changed_at=_NOW,
    )
)
_STOP = (
    update(bulk_acts)
    .where(_ACT.id == bindparam("act"), _ACT.state.not_in(ENDED))
    .values(state=ActState.STOPPED, changed_at=_NOW)
)


class AbandonedActs:
    """Looks for acts in the database that no workflow does."""

    def __init__(self, database: Database, client: Client) -> None:
        self._database = database
        self._client = client

    async def end(self) -> int:
        """Stop the acts that are not running, and return how many."""
        async with self._database.reading() as connection:
            silent = (await connection.execute(_SILENT, {"age": _AGE})).scalars().all()
        over = [each for each in silent if not await self._is_running(each)]
        for act_id in over:
            async with self._database.writing() as connection:
                await connection.execute(_FREE, {"act": act_id})
                await connection.execute(_STOP, {"act": act_id})
        return len(over)

    async def _is_running(self, act_id: str) -> bool:
        try:
            found = await self._client.get_workflow_handle(act_workflow_id(act_id)).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return found.status is WorkflowExecutionStatus.RUNNING
