"""Which held recoveries an operator's filter stands for."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, func, or_

from activities.acts.bulk_order import BulkFilter
from activities.store.progress_table import progress
from activities.store.schema import Instant
from election.procedures import Procedure
from election.stages import Stage

_COLUMNS = progress.c
_REASON = func.substr(_COLUMNS.fault, func.strpos(_COLUMNS.fault, ":") + 1)
_FAR = datetime(9999, 1, 1, tzinfo=UTC)


def is_held() -> ColumnElement[bool]:
    """Return the condition on a row of `progress`; its parameters are those of `parameters`."""
    cause, channel = bindparam("cause", type_=String), bindparam("channel", type_=String)
    return and_(
        _COLUMNS.stage == Stage.HELD,
        _COLUMNS.dies_at > func.clock_timestamp(),
        _COLUMNS.since <= bindparam("held_until", type_=Instant),
        or_(cause == "", cause == _COLUMNS.fault, cause == _REASON),
        or_(channel == "", channel == _COLUMNS.channel),
        func.starts_with(_COLUMNS.workflow_id, bindparam("prefix", type_=String)),
    )


def parameters(what: BulkFilter) -> dict[str, Any]:
    """Return the parameters of a filter; without an instant it has no limit of time.

    Raises:
        ValueError: it names no procedure or no instant of ours.
    """
    prefix = f"{Procedure(what.procedure).id_prefix}/" if what.procedure else ""
    held_until = datetime.fromisoformat(what.held_until) if what.held_until else _FAR
    typed = {"cause": what.cause.replace("\0", ""), "channel": what.channel.replace("\0", "")}
    return {**typed, "prefix": prefix, "held_until": held_until}
