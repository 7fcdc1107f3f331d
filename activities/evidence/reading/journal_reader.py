"""Reads the journal for the operators' console: by page, newest first, and whole for an export."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    Interval,
    Row,
    Select,
    String,
    and_,
    bindparam,
    false,
    func,
    literal,
    literal_column,
    select,
)

from activities.evidence.journal import OF_ACCESS, OF_ROLL
from activities.store.database import Database
from activities.store.tables import HAS_WORKFLOW, IS_MARK, JOURNAL_REFERENCE, journal
from election.procedures import reference_in

# Neither the hash of a network address nor the sentence that a voter agreed to.
_SHOWN = ("number", "recorded_at", "event", "actor", "workflow_id", "channel", "outcome", "detail")
_ALL = select(*(journal.c[name] for name in _SHOWN))
_NOT_RESERVED = and_(*(journal.c.event.not_like(f"{begins}%") for begins in (OF_ROLL, OF_ACCESS)))
_BATCH = 2_000
# Times follow numbers, but for how far the clocks of those who write are apart: five minutes, or the database refuses the entry
# (grants.sql); of the role `recoveries`, an hour at most is assumed.
_DISORDER = literal_column("interval '1 hour'", Interval)
_MARK = select(journal.c.number).where(IS_MARK).limit(1).correlate(None)
_TIME, _HIGHEST = journal.c.recorded_at.type, literal_column(f"{2**63 - 1}", BigInteger)


@dataclass(frozen=True)
class JournalFilter:
    """What is asked for: an event, an actor's name or id, a day in the election's time zone, a recovery's reference or id."""

    event: str = ""
    actor: str = ""
    day: date | None = None
    reference: str = ""


@dataclass(frozen=True)
class JournalLine:
    """One entry of the journal; `workflow_id` is a recovery's, a mailing's, or says what an operator's act was about."""

    number: int
    recorded_at: datetime
    event: str
    actor: str
    workflow_id: str
    channel: str
    outcome: str
    detail: str


@dataclass(frozen=True)
class JournalPage:
    """Some lines, the newest first; `before` is the number of the last one if there are older ones."""

    lines: list[JournalLine]
    before: int | None


class JournalReader:
    """Finds the entries that a filter asks for; days are those of `zone`.

    What became of the roll, and electors' accesses, are left out for operators whose role does not read the `whole` journal, whatever
    they ask for.
    """

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._database = database
        self._zone = zone

    async def page(self, asked: JournalFilter, before: int | None, size: int, *, whole: bool) -> JournalPage:
        """Return the `size` entries before a number, or the newest ones."""
        found = self._asked(asked, whole=whole)
        if before is not None:
            found = found.where(journal.c.number < before)
        async with self._database.reading() as connection:
            rows = (await connection.execute(found.order_by(journal.c.number.desc()).limit(size + 1))).all()
        lines = [_line(row) for row in rows[:size]]
        return JournalPage(lines, lines[-1].number if len(rows) > size else None)

    async def lines(self, asked: JournalFilter, *, whole: bool) -> AsyncIterator[list[JournalLine]]:
        """Yield all entries, the oldest first, in batches; none is held longer than it takes to send it."""
        found, after = self._asked(asked, whole=whole), 0
        while True:
            batch = found.where(journal.c.number > after).order_by(journal.c.number).limit(_BATCH)
            async with self._database.reading() as connection:
                rows = (await connection.execute(batch)).all()
            if not rows:
                return
            after = rows[-1].number
            yield [_line(row) for row in rows]

    def _asked(self, asked: JournalFilter, *, whole: bool) -> Select[Any]:
        found = _ALL if whole else _ALL.where(_NOT_RESERVED)
        if asked.event:
            found = found.where(journal.c.event == asked.event)
        if asked.actor:
            found = found.where(journal.c.actor == asked.actor)
        if asked.day is not None:
            found = _since(found, self._midnight(asked.day))
            if asked.day < date.max:
                found = _until(found, self._midnight(asked.day + timedelta(1)))
        if asked.reference:
            found = _of_reference(found, asked.reference)
        return found

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)


def _since(entries: Select[Any], begins: datetime) -> Select[Any]:
    """Return the entries since an instant; what has a number below that of a mark long enough before is not read."""
    earlier = journal.c.recorded_at < literal(begins, _TIME) - _DISORDER
    mark = _MARK.where(earlier).order_by(journal.c.recorded_at.desc()).scalar_subquery()
    return entries.where(journal.c.recorded_at >= begins, journal.c.number > func.coalesce(mark, 0))


def _until(entries: Select[Any], ends: datetime) -> Select[Any]:
    """Return the entries before an instant; what has a number above that of a mark long enough after is not read."""
    later = journal.c.recorded_at > literal(ends, _TIME) + _DISORDER
    mark = _MARK.where(later).order_by(journal.c.recorded_at).scalar_subquery()
    return entries.where(journal.c.recorded_at < ends, journal.c.number < func.coalesce(mark, _HIGHEST))


def _of_reference(entries: Select[Any], typed: str) -> Select[Any]:
    """Return the entries of all recoveries and objections with a reference, whether they have a row of progress or not."""
    reference = reference_in(typed)
    if reference is None:
        return entries.where(false())
    found = entries.where(bindparam("reference", reference) == JOURNAL_REFERENCE, HAS_WORKFLOW)
    # As a text: what was typed need not be an id of ours.
    return found.where(journal.c.workflow_id == literal(typed.strip(), String)) if "/" in typed else found


def _line(row: Row[Any]) -> JournalLine:
    return JournalLine(
        number=row.number,
        recorded_at=row.recorded_at,
        event=row.event,
        actor=row.actor,
        workflow_id=row.workflow_id,
        channel=row.channel,
        outcome=row.outcome,
        detail=row.detail,
    )
