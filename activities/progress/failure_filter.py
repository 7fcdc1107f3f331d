"""Which recoveries wait for an operator: one filter, for the page that counts them and for the act that orders them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, func, or_

from activities.store.progress_table import progress
from election.procedures import Procedure
from election.stages import Stage

_COLUMNS = progress.c
# At the begin of the statement: the transaction of an act's snapshot may have waited for another one.
_NOW = func.statement_timestamp()
LIVES_WITH_FAULT = (_COLUMNS.fault != "") & (_COLUMNS.dies_at > _NOW)
IS_HELD = _COLUMNS.stage == Stage.HELD
_REASON = func.substr(_COLUMNS.fault, func.strpos(_COLUMNS.fault, ":") + 1)


@dataclass(frozen=True)
class FailureFilter:
    """Which failures are asked for; what is empty asks for all.

    The `channel` is that of the fault. Each of `causes` is a fault (`channel:reason`) or its reason alone; `held_until` is an
    instant by which it had failed. `workflow_ids` are those of recoveries.
    """

    channel: str = ""
    procedure: Procedure | None = None
    causes: tuple[str, ...] = ()
    held_until: datetime | None = None
    workflow_ids: tuple[str, ...] = ()


def matches(asked: FailureFilter) -> Sequence[ColumnElement[bool]]:
    """Return the conditions of a filter on a row of `progress` that has failed."""
    conditions: list[ColumnElement[bool]] = []
    if asked.channel:
        conditions.append(func.split_part(_COLUMNS.fault, ":", 1, type_=String) == asked.channel)
    if asked.procedure is not None:
        conditions.append(func.starts_with(_COLUMNS.workflow_id, f"{asked.procedure.id_prefix}/"))
    if asked.causes:
        conditions.append(or_(_COLUMNS.fault.in_(asked.causes), _REASON.in_(asked.causes)))
    if asked.held_until is not None:
        conditions.append(_COLUMNS.since <= asked.held_until)
    if asked.workflow_ids:
        conditions.append(_COLUMNS.workflow_id.in_(asked.workflow_ids))
    return conditions


def is_held(asked: FailureFilter) -> ColumnElement[bool]:
    """Return the condition on a row of `progress` that has failed for good, as the filter asks."""
    return and_(LIVES_WITH_FAULT, IS_HELD, *matches(asked))
