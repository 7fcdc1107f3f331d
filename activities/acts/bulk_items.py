"""How the recoveries of an act are ordered, one by one: each asks here whether the act is for it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, case, func, or_, select, update
from temporalio import activity

from activities.acts.bulk_order import ActState, BulkKind, ItemState, ItemWhy
from activities.store.act_tables import bulk_acts, bulk_items
from activities.store.database import Database
from activities.store.progress_table import progress
from election.stages import Stage

_ITEM, _ACT, _NOW = bulk_items.c, bulk_acts.c, func.clock_timestamp()
_IS_ITEM = (_ITEM.act_id == bindparam("act")) & (_ITEM.workflow_id == bindparam("of"))
_IS_WAITING = _ITEM.state == ItemState.WAITING
_CLAIM = (
    update(bulk_items)
    .where(_IS_ITEM, _ACT.id == _ITEM.act_id, _ACT.state == ActState.RUNNING)
    .where(_ACT.kind.in_(bindparam("kinds", expanding=True)), progress.c.workflow_id == _ITEM.workflow_id)
    # The same claim again: the recovery's worker was killed before Temporal knew the answer.
    .where(or_(_IS_WAITING, _ITEM.claim == bindparam("token")))
    .values(
        state=ItemState.ORDERED,
        claim=bindparam("token"),
        # Asked again after the recovery has obeyed, its row has the new send already.
        link_id=case((_IS_WAITING, progress.c.link_id), else_=_ITEM.link_id),
        send_number=case((_IS_WAITING, progress.c.send_number + 1), else_=_ITEM.send_number),
        changed_at=_NOW,
    )
    .returning(_ACT.operator, _ACT.reason, _ACT.gateway, _ACT.is_verified)
)
_WAITING = (
    select(_ITEM.workflow_id, _ITEM.tries)
    .where(_ITEM.act_id == bindparam("act"), _IS_WAITING)
    .order_by(_ITEM.tries, _ITEM.workflow_id)
    .limit(bindparam("most"))
)
_UNANSWERED = (
    select(_ITEM.workflow_id, _ITEM.tries)
    .where(_ITEM.act_id == bindparam("act"), _ITEM.state == ItemState.ORDERED)
    .order_by(_ITEM.changed_at.desc())
    .limit(bindparam("most"))
)
_IS_ORDERED = select(_ITEM.workflow_id).where(_IS_ITEM, _ITEM.state == ItemState.ORDERED)
_SKIP = (
    update(bulk_items)
    .where(_IS_ITEM, _IS_WAITING)
    .values(state=ItemState.SKIPPED, why=bindparam("because"), changed_at=_NOW)
)
_SKIP_UNHELD = _SKIP.where(
    ~select(progress.c.workflow_id)
    .where(progress.c.workflow_id == bindparam("of"), progress.c.stage == Stage.HELD)
    .exists()
)
_TRY_AGAIN = update(bulk_items).where(_IS_ITEM, _IS_WAITING).values(tries=_ITEM.tries + 1)
_STATE = select(_ACT.state, _ACT.kind, _ACT.operator).where(_ACT.id == bindparam("act"))
# What an order of a recovery may be part of.
_KINDS = {
    "retry_send": [BulkKind.RETRY, BulkKind.RETRY_BY_OTHER],
    "cancel": [BulkKind.CANCEL],
}


@dataclass(frozen=True)
class ItemClaim:
    """A recovery's question whether an act is for it; `token` is its own, the same when the question is asked again."""

    act_id: str
    workflow_id: str
    order: str
    token: str


@dataclass(frozen=True)
class ClaimedItem:
    """The act's order to one recovery, or that there is none."""

    is_claimed: bool
    operator: str = ""
    reason: str = ""
    gateway: str = ""
    is_verified: bool = False


@dataclass(frozen=True)
class ActToOrder:
    """What is to be ordered now, of an act that is running."""

    kind: BulkKind
    operator: str


@dataclass(frozen=True)
class WaitingItem:
    """A recovery that is to be ordered, and how often that was tried in vain."""

    workflow_id: str
    tries: int


class BulkItems:
    """Claims, skips and finds the items of acts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn
    async def claim_item(self, claim: ItemClaim) -> ClaimedItem:
        """Return the order of a running act to a recovery, once: afterwards the item is ORDERED.

        What Temporal says of an act is not trusted: the operator, the gateway and the act's kind are those of the
        database, which the console's signature was checked for.
        """
        kinds = _KINDS.get(claim.order, [])
        asked = {"act": claim.act_id, "of": claim.workflow_id, "token": claim.token, "kinds": kinds}
        async with self._database.single_statements() as connection:
            row = (await connection.execute(_CLAIM, asked)).one_or_none()
        if row is None:
            return ClaimedItem(is_claimed=False)
        return ClaimedItem(True, row.operator, row.reason, row.gateway, row.is_verified)

    async def act_to_order(self, act_id: str) -> ActToOrder | None:
        """Return an act, or None when it is not running."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_STATE, {"act": act_id})).one_or_none()
        is_running = row is not None and row.state == ActState.RUNNING
        return ActToOrder(BulkKind(row.kind), row.operator) if row is not None and is_running else None

    async def waiting(self, act_id: str, most: int) -> list[WaitingItem]:
        """Return items that wait, those that were tried least first."""
        return await self._found(_WAITING, act_id, most)

    async def unanswered(self, act_id: str, most: int) -> list[WaitingItem]:
        """Return items that are ordered and have no outcome yet, the last first: of some Temporal may not have the answer."""
        return await self._found(_UNANSWERED, act_id, most)

    async def is_ordered(self, act_id: str, workflow_id: str) -> bool:
        """Return whether a recovery has noted that it obeys, and nothing has become of it yet."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_IS_ORDERED, {"act": act_id, "of": workflow_id})).one_or_none()
        return row is not None

    async def _found(self, query: Select[Any], act_id: str, most: int) -> list[WaitingItem]:
        async with self._database.reading() as connection:
            rows = await connection.execute(query, {"act": act_id, "most": most})
            return [WaitingItem(row.workflow_id, row.tries) for row in rows]

    async def skip(self, act_id: str, workflow_id: str, why: str) -> None:
        """Note why an item will not be ordered, unless it was."""
        async with self._database.single_statements() as connection:
            await connection.execute(_SKIP, {"act": act_id, "of": workflow_id, "because": why})

    async def skip_unheld(self, act_id: str, workflow_id: str) -> bool:
        """Note that an item is not held, unless its row says that it is; return whether it was noted.

        The messaging role writes the row a moment before the recovery knows.
        """
        unheld = {"act": act_id, "of": workflow_id, "because": ItemWhy.NOT_HELD}
        async with self._database.single_statements() as connection:
            return bool((await connection.execute(_SKIP_UNHELD, unheld)).rowcount)

    async def try_again(self, act_id: str, workflow_id: str) -> None:
        """Note that an item was tried in vain; the others come first."""
        async with self._database.single_statements() as connection:
            await connection.execute(_TRY_AGAIN, {"act": act_id, "of": workflow_id})
