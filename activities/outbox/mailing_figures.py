"""Reads what became of mailings, for the console: the rights to rows without addresses are enough."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, func, or_, select, text

from activities.config.kept import Kept
from activities.evidence.journal import BOUNCE
from activities.outbox.rows import MailCounts, State
from activities.store.database import Database
from activities.store.mailing_tables import outbox

_COLUMNS = outbox.c
_OF = _COLUMNS.mailing == bindparam("of")
_COUNTS = select(
    _COLUMNS.mailing,
    _COLUMNS.state,
    _COLUMNS.cause,
    func.count().label("number"),
    func.min(_COLUMNS.changed_at).label("first"),
    func.max(_COLUMNS.changed_at).label("last"),
    func.count(_COLUMNS.opened_at).label("opened"),
).group_by(_COLUMNS.mailing, _COLUMNS.state, _COLUMNS.cause)
_IS_BOUNCED = _COLUMNS.cause.startswith(BOUNCE)
# Faster than `date_trunc`, which looks into the time zone for each row.
_BINS = (text("interval '1 hour'"), text("timestamptz '2000-01-01 00:00+00'"))
_HOUR = func.date_bin(_BINS[0], _COLUMNS.changed_at, _BINS[1])
_OPENED_HOUR = func.date_bin(_BINS[0], _COLUMNS.opened_at, _BINS[1])
_ANSWERED = (State.ACCEPTED, State.FAILED)
_HOURS_FRESH = timedelta(seconds=10)
# One statement for both, since each reads every row of the mailing.
_HOURS = (
    select(_HOUR, _COLUMNS.state, _IS_BOUNCED, _OPENED_HOUR, func.count())
    .where(_OF, or_(_COLUMNS.state.in_(_ANSWERED), _COLUMNS.opened_at.is_not(None)))
    .group_by(_HOUR, _COLUMNS.state, _IS_BOUNCED, _OPENED_HOUR)
)
_DOMAINS = (
    select(_COLUMNS.domain, _COLUMNS.state, _IS_BOUNCED, func.count(), func.count(_COLUMNS.opened_at))
    .where(_OF, _COLUMNS.domain != "")
    .group_by(_COLUMNS.domain, _COLUMNS.state, _IS_BOUNCED)
)


@dataclass
class MailingCounts:
    """How many mails of a mailing are in each state; those that failed by cause, and how many links were `opened`.

    `first` and `last` are of any change of a row.
    """

    name: str
    first: datetime
    last: datetime
    states: dict[State, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    opened: int = 0

    @property
    def total(self) -> int:
        """How many electors have a row."""
        return sum(self.states.values())

    @property
    def bounced(self) -> int:
        """How many of those that failed were accepted by the relay first, also when the mailing had ended."""
        return MailCounts(failed=self.failed).bounced


class Numbered(NamedTuple):
    """How many mails the relay has accepted, how many have failed, and how many wait: of an hour or of a domain.

    Of those that failed, the relay had accepted the `bounced` ones. So many links were `opened`, in that hour.
    """

    of: str | datetime
    accepted: int = 0
    failed: int = 0
    waiting: int = 0
    bounced: int = 0
    opened: int = 0


class MailingFigures:
    """Counts rows; a mailing to a million electors is counted in a second or two."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._hours: dict[str, Kept[list[Numbered]]] = {}

    async def mailings(self) -> list[MailingCounts]:
        """Return every mailing that has rows, the one that changed last first."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_COUNTS)).all()
        return sorted(_counts(rows), key=lambda each: each.last, reverse=True)

    async def mailing(self, name: str) -> MailingCounts | None:
        """Return a mailing, or None if it has no rows."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_COUNTS.where(_OF), {"of": name})).all()
        return next(iter(_counts(rows)), None)

    async def electors(self) -> int:
        """Return how many electors are on the roll."""
        async with self._database.reading() as connection:
            number: int = (await connection.execute(select(func.count_electors()))).scalar_one()
        return number

    async def by_hour(self, mailing: str) -> list[Numbered]:
        """Return how many mails were accepted and have failed, and links opened, in each hour in which there were any.

        They were counted at most twenty seconds ago.
        """
        read = partial(self._by_hour, mailing)
        kept = self._hours.get(mailing) or Kept(read, _HOURS_FRESH, self._now, self._database.in_background)
        hours = await kept.current()
        if hours:  # a name that no mailing has is not kept
            self._hours[mailing] = kept
        return hours

    async def _by_hour(self, mailing: str) -> list[Numbered]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(_HOURS, {"of": mailing})).all()
        answered = [
            (hour, state, bounced, number, 0) for hour, state, bounced, _, number in rows if state in _ANSWERED
        ]
        opened = [(hour, "", False, 0, number) for _, _, _, hour, number in rows if hour is not None]
        return sorted(_numbered([*answered, *opened]), key=lambda each: str(each.of))

    async def by_domain(self, mailing: str) -> list[Numbered]:
        """Return the same for each domain to which a mail was handed, the one with most mails first."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_DOMAINS, {"of": mailing})).all()
        numbered = _numbered(rows)
        return sorted(numbered, key=lambda each: (-each.accepted - each.failed - each.waiting, str(each.of)))


def _counts(rows: Sequence[Row[Any]]) -> list[MailingCounts]:
    found: dict[str, MailingCounts] = {}
    for row in rows:
        counts = found.setdefault(row.mailing, MailingCounts(row.mailing, row.first, row.last))
        counts.first, counts.last = min(counts.first, row.first), max(counts.last, row.last)
        state = State(row.state)
        counts.states[state] = counts.states.get(state, 0) + row.number
        counts.opened += row.opened
        if state is State.FAILED:
            counts.failed[row.cause] = row.number
    return list(found.values())


def _numbered(rows: Sequence[Sequence[Any]]) -> list[Numbered]:
    """Return the sums of rows of what they are of, a state, whether it bounced, how many, and how many were opened."""
    counted: dict[str | datetime, Counter[str]] = defaultdict(Counter)
    for of, state, is_bounced, number, opened in rows:
        counted[of].update({state: number, "bounced": number * is_bounced, "opened": opened})
    return [
        Numbered(
            of, each[State.ACCEPTED], each[State.FAILED], each[State.WAITING], each["bounced"], each["opened"]
        )
        for of, each in counted.items()
    ]
