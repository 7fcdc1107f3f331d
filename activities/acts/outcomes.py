"""What became of the recoveries that an act has ordered, by the rows that their own activities write."""

from typing import Any

from sqlalchemy import and_, bindparam, case, func, null, or_, select, update

from activities.acts.bulk_order import BulkKind, ItemState, ItemWhy
from activities.store.act_tables import bulk_acts, bulk_items
from activities.store.progress_table import progress
from election.stages import ENDINGS, Stage

_ITEM, _ROW = bulk_items.c, progress.c
_IS_CANCEL = bulk_acts.c.kind == BulkKind.CANCEL
# The message of the act's own order, and not one that a later order or request has sent.
_IS_OWN = _ROW.send_number == _ITEM.send_number
_IS_USED = _ROW.stage.in_((Stage.DISPLAYING, Stage.REISSUED))
_HAS_ENDED = _ROW.stage.in_(ENDINGS)
_REPLACED = (ItemState.SKIPPED, ItemWhy.REPLACED.value)
# In their order: the first that is so counts. While none is, there is no outcome yet.
_OUTCOMES: tuple[tuple[Any, ItemState, Any], ...] = (
    (_ROW.workflow_id.is_(None), ItemState.FAILED, ItemWhy.GONE.value),
    (and_(_ROW.link_id != _ITEM.link_id, ~_HAS_ENDED), *_REPLACED),
    (and_(_IS_CANCEL, _HAS_ENDED), ItemState.SENT, ""),
    (_IS_CANCEL, ItemState.ORDERED, ""),
    (_ROW.link_id != _ITEM.link_id, *_REPLACED),
    (_ROW.send_number > _ITEM.send_number, ItemState.FAILED, ItemWhy.ENDED.value),
    (and_(_IS_OWN, _ROW.stage == Stage.HELD), ItemState.FAILED, _ROW.fault),
    (and_(_IS_OWN, or_(_ROW.accepted_at.is_not(None), _IS_USED)), ItemState.SENT, ""),
    (_HAS_ENDED, ItemState.FAILED, ItemWhy.ENDED.value),
)
_FOUND = (
    select(
        _ITEM.workflow_id,
        case(*((condition, state.value) for condition, state, _ in _OUTCOMES), else_=null()).label("state"),
        case(*((condition, why) for condition, _, why in _OUTCOMES), else_="").label("why"),
    )
    .join(bulk_acts, bulk_acts.c.id == _ITEM.act_id)
    .outerjoin(progress, _ROW.workflow_id == _ITEM.workflow_id)
    .where(_ITEM.act_id == bindparam("act"), _ITEM.state == ItemState.ORDERED)
    .subquery()
)
# Settles the items of an act that have an outcome.
SETTLE = (
    update(bulk_items)
    .where(_ITEM.act_id == bindparam("act"), _ITEM.workflow_id == _FOUND.c.workflow_id)
    .where(
        _ITEM.state == ItemState.ORDERED, _FOUND.c.state.in_((ItemState.SENT, ItemState.FAILED, ItemState.SKIPPED))
    )
    .values(state=_FOUND.c.state, why=_FOUND.c.why, changed_at=func.clock_timestamp())
)
