"""Counts the journal's recoveries: by procedure, by day, and the electors who asked and have received nothing."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from sqlalchemy import Date, cast, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.evidence.figures_sends import NOTICES
from activities.evidence.journal import Event
from activities.store.tables import journal, messages
from election.procedures import Procedure, kind_of
from election.stages import Stage

_ASKED = tuple(event for event in Event if event.endswith(":request:accepted"))
_REFUSED = tuple(event for event in Event if event.endswith(":request:refused"))
_HANDED = (
    Event.CODE_REISSUED,
    Event.PASSWORD_REPLACED,
    Event.IDENTIFIER_REISSUED,
    Event.IDENTIFIER_AND_PASSWORD_PASSWORD,
)
_PREFIX = func.split_part(journal.c.workflow_id, "/", 1)
_IS_RECOVERY = _PREFIX.in_([each.id_prefix for each in Procedure])
_LAST = func.max(journal.c.recorded_at).filter(journal.c.event.in_(_ASKED))
_WAITING = (
    select(
        journal.c.actor,
        _PREFIX.label("prefix"),
        func.max(journal.c.workflow_id).label("workflow_id"),
        func.count().filter(journal.c.event.in_(_ASKED)).label("requests"),
        _LAST.label("last"),
    )
    .where(journal.c.event.in_([*_ASKED, *_HANDED]), _IS_RECOVERY)
    .group_by(journal.c.actor, text("prefix"))
    .having(_LAST.is_not(None), func.count().filter(journal.c.event.in_(_HANDED)) == 0)
    .subquery()
)
_LAST_SEND = (
    select(messages)
    .where(messages.c.id.not_like(NOTICES))
    .ext(distinct_on(messages.c.workflow_id))
    .order_by(messages.c.workflow_id, messages.c.started_at.desc())
    .subquery()
)
_WAITING_AND_SEND = (
    select(_WAITING, _LAST_SEND.c.id, _LAST_SEND.c.outcome, _LAST_SEND.c.accepted_at)
    .select_from(_WAITING.outerjoin(_LAST_SEND, _LAST_SEND.c.workflow_id == _WAITING.c.workflow_id))
    .order_by(_WAITING.c.prefix, _WAITING.c.last, _WAITING.c.actor)
)


@dataclass
class Recoveries:
    """How many requests were accepted and refused, and how recoveries ended."""

    asked: int = 0
    refused: int = 0
    handed: int = 0
    expired: int = 0
    cancelled: int = 0

    def add(self, event: str, outcome: str, number: int) -> None:
        """Count entries of one event."""
        if name := _counted_as(event, outcome):
            setattr(self, name, getattr(self, name) + number)


@dataclass(frozen=True)
class Waiting:
    """An elector who asked and has received no credential.

    Of the last message, if there is one: its `outcome`, whether it `was_accepted`, and whether it is still being tried.
    """

    elector_id: str
    procedure: str
    requests: int
    last: datetime
    has_message: bool
    outcome: str
    was_accepted: bool
    is_trying: bool


@dataclass
class RequestFigures:
    """Recoveries by procedure and by day, and who waits."""

    by_procedure: dict[str, Recoveries] = field(default_factory=lambda: defaultdict(Recoveries))
    by_day: dict[str, Recoveries] = field(default_factory=lambda: defaultdict(Recoveries))
    waiting: list[Waiting] = field(default_factory=list)


async def count_requests(connection: AsyncConnection, trying: Collection[str], zone: tzinfo) -> RequestFigures:
    """Return the counts of the whole journal, with the ids of messages that are tried; days are those of a time zone."""
    figures = RequestFigures()
    day = cast(func.timezone(str(zone), journal.c.recorded_at), Date).label("day")
    kind = (_PREFIX.label("prefix"), day, journal.c.event, journal.c.outcome)
    counted = select(*kind, func.count()).where(_IS_RECOVERY).group_by(text("1, 2, 3, 4"))
    for prefix, on, event, outcome, number in await connection.execute(counted):
        if _counted_as(event, outcome):
            figures.by_procedure[kind_of(prefix)].add(event, outcome, number)
            figures.by_day[on.isoformat()].add(event, outcome, number)
    for row in await connection.execute(_WAITING_AND_SEND):
        send = (row.id is not None, row.outcome or "", row.accepted_at is not None, row.id in trying)
        procedure, last = kind_of(row.prefix), row.last.astimezone(zone)
        figures.waiting.append(Waiting(row.actor, procedure, row.requests, last, *send))
    return figures


def _counted_as(event: str, outcome: str) -> str:
    kinds = {"asked": event in _ASKED, "refused": event in _REFUSED, "handed": event in _HANDED}
    is_end = event.endswith(":recovery:ended")
    kinds["expired"] = is_end and outcome == Stage.EXPIRED
    # An operator's cancellation that found nothing to cancel has another outcome.
    kinds["cancelled"] = (is_end or event == Event.OPERATOR_CANCELLED) and outcome == Stage.CANCELLED
    return next((name for name, applies in kinds.items() if applies), "")
