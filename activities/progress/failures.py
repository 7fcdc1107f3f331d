"""Finds the sends that have failed or are tried again, grouped by cause: where operators begin."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, String, case, func, select, true, tuple_

from activities.progress.failure_filter import IS_HELD, LIVES_WITH_FAULT, FailureFilter, is_held, matches
from activities.store.database import Database
from activities.store.progress_table import progress
from activities.store.tables import messages
from election.procedures import Procedure, procedure_of
from election.stages import Stage

_COLUMNS = progress.c
_IS_POSTPONED = (_COLUMNS.stage == Stage.SENDING) & _COLUMNS.accepted_at.is_(None)
_PROCEDURE = func.split_part(_COLUMNS.workflow_id, "/", 1, type_=String)
# 2011's second mail, which carries the identifier, begins when the link was used (`IdentifierMessage.message_id`).
_LINK_OR_SECOND_MAIL = case((_COLUMNS.display_until.is_(None), "-"), else_="-2-")
_MESSAGE_ID = _COLUMNS.link_id.concat(_LINK_OR_SECOND_MAIL).concat(_COLUMNS.send_number)
# A limit makes each message be looked up by its id: joined, all messages would be read, of which there are a million.
_SENT = (
    select(messages.c.country_or_domain, messages.c.gateway)
    .where(messages.c.id == _MESSAGE_ID)
    .correlate(progress)
    .limit(1)
    .lateral("sent")
)
_FAILING = (
    select(
        IS_HELD.label("is_held"),
        _COLUMNS.workflow_id,
        _COLUMNS.fault,
        _COLUMNS.since,
        _PROCEDURE.label("procedure"),
        func.coalesce(_SENT.c.country_or_domain, "").label("place"),
        func.coalesce(_SENT.c.gateway, "").label("gateway"),
    )
    .select_from(progress.outerjoin(_SENT, true()))
    .where(LIVES_WITH_FAULT, IS_HELD | _IS_POSTPONED)
)
_COUNTED = (
    select(
        IS_HELD.label("is_held"),
        _COLUMNS.fault,
        func.count().label("number"),
        func.min(_COLUMNS.since).label("first_seen"),
        func.max(_COLUMNS.since).label("last_seen"),
    )
    .group_by(IS_HELD, _COLUMNS.fault)
    .order_by(func.count().desc(), _COLUMNS.fault)
)
_POSTPONED = (
    select(_SENT.c.gateway, _COLUMNS.fault, func.count().label("number"))
    .select_from(progress.join(_SENT, true()))
    .where(LIVES_WITH_FAULT, _IS_POSTPONED)
    .group_by(_SENT.c.gateway, _COLUMNS.fault)
    .order_by(func.count(), _COLUMNS.fault)
)
# The bits of GROUPING, which are set for what a row is not grouped by.
_ALL, _BY_PROCEDURE, _BY_PLACE, _BY_GATEWAY = 0b111, 0b011, 0b101, 0b110


@dataclass
class FailureGroup:
    """The sends that have failed for good (`is_held`) or are tried again by themselves, with one fault.

    `procedures`, `places` (countries and mail domains) and `gateways` say how many each has.
    """

    fault: str
    is_held: bool
    count: int
    first_seen: datetime
    last_seen: datetime
    procedures: dict[Procedure, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    gateways: dict[str, int] = field(default_factory=dict)

    @property
    def channel(self) -> str:
        """The channel of the sends."""
        return self.fault.partition(":")[0]

    @property
    def reason(self) -> str:
        """The gateway's code, or ours."""
        return self.fault.partition(":")[2]


class HeldSend(NamedTuple):
    """One send that has failed for good; `place` is the country or the mail domain, empty when it is not known."""

    workflow_id: str
    fault: str
    since: datetime
    place: str
    gateway: str


class Failures:
    """Reads what waits for an operator; neither a contact nor its masked form is read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def groups(self, asked: FailureFilter) -> list[FailureGroup]:
        """Return the failures by cause, in one statement: the largest groups first, those that are held before the others."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_grouped(_filtered(asked)))).all()
        groups = {(row.is_held, row.fault): _group(row) for row in rows if row.kind == _ALL}
        for row in rows:
            _add(groups[row.is_held, row.fault], row)
        return sorted(groups.values(), key=lambda group: (not group.is_held, -group.count, group.fault))

    async def held_by_cause(self, asked: FailureFilter) -> list[FailureGroup]:
        """Return what has failed for good by cause, without what `groups` says beside numbers: it takes a fraction of the time."""
        async with self._database.reading() as connection:
            rows = await connection.execute(_COUNTED.where(is_held(asked)))
            return [_group(row) for row in rows]

    async def postponed(self) -> dict[str, tuple[str, int]]:
        """Return for each gateway the commonest fault of the sends that it has put off, and how many have that one."""
        async with self._database.reading() as connection:
            rows = await connection.execute(_POSTPONED)
            return {row.gateway: (row.fault, row.number) for row in rows}

    async def held(
        self, asked: FailureFilter, limit: int, after: tuple[datetime, str] | None = None
    ) -> list[HeldSend]:
        """Return the sends that are held, the oldest first; `after` is the instant and the id of the last one of a page before."""
        failing = _filtered(asked).where(IS_HELD)
        if after is not None:
            failing = failing.where(tuple_(_COLUMNS.since, _COLUMNS.workflow_id) > tuple_(*after))
        ordered = failing.order_by(_COLUMNS.since, _COLUMNS.workflow_id).limit(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(ordered)).all()
        return [HeldSend(row.workflow_id, row.fault, row.since, row.place, row.gateway) for row in rows]


def _filtered(asked: FailureFilter) -> Select[Any]:
    return _FAILING.where(*matches(asked))


def _grouped(failing: Select[Any]) -> Select[Any]:
    each = failing.subquery().c
    of = (each.is_held, each.fault)
    facets = (each.procedure, each.place, each.gateway)
    return select(
        *of,
        *facets,
        func.grouping(*facets).label("kind"),
        func.count().label("number"),
        func.min(each.since).label("first_seen"),
        func.max(each.since).label("last_seen"),
    ).group_by(func.grouping_sets(tuple_(*of), *(tuple_(*of, facet) for facet in facets)))


def _group(row: Row[Any]) -> FailureGroup:
    return FailureGroup(row.fault, row.is_held, row.number, row.first_seen, row.last_seen)


def _add(group: FailureGroup, row: Row[Any]) -> None:
    if row.kind == _BY_PROCEDURE:
        group.procedures[procedure_of(f"{row.procedure}/")] = row.number
    elif row.kind == _BY_PLACE:
        group.places[row.place] = row.number
    elif row.kind == _BY_GATEWAY:
        group.gateways[row.gateway] = row.number
