"""Reads what became of mailings, for the console: the rights to rows without addresses are enough."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

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
).group_by(_COLUMNS.mailing, _COLUMNS.state, _COLUMNS.cause)
_HOUR = func.date_trunc("hour", _COLUMNS.changed_at)
_HOURS = (
    select(_HOUR.label("hour"), _COLUMNS.state, func.count().label("number"))
    .where(_OF, _COLUMNS.state.in_((State.ACCEPTED, State.FAILED)))
    .group_by(_HOUR, _COLUMNS.state)
)
_DOMAINS = (
    select(_COLUMNS.domain, _COLUMNS.state, func.count().label("number"))
    .where(_OF, _COLUMNS.domain != "")
    .group_by(_COLUMNS.domain, _COLUMNS.state)
)


@dataclass
class MailingCounts:
    """How many mails of a mailing are in each state; those that failed by cause. `first` and `last` are of any change of a row."""

    name: str
    first: datetime
    last: datetime
    states: dict[State, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many electors have a row."""
        return sum(self.states.values())

    @property
    def bounced(self) -> int:
        """How many of those that failed were accepted by the relay first, also when the mailing had ended."""
        return MailCounts(failed=self.failed).bounced


class Numbered(NamedTuple):
    """How many mails the relay has accepted, how many have failed, and how many wait: of an hour or of a domain."""

    of: str | datetime
    accepted: int
    failed: int
    waiting: int = 0


class MailingFigures:
    """Counts rows; a mailing to a million electors is counted in a second or two."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mailings(self) -> list[MailingCounts]:
        """Return every mailing that has rows, the one that changed last first."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_COUNTS)).all()
        found: dict[str, MailingCounts] = {}
        for row in rows:
            counts = found.setdefault(row.mailing, MailingCounts(row.mailing, row.first, row.last))
            counts.first, counts.last = min(counts.first, row.first), max(counts.last, row.last)
            state = State(row.state)
            counts.states[state] = counts.states.get(state, 0) + row.number
            if state is State.FAILED:
                counts.failed[row.cause] = row.number
        return sorted(found.values(), key=lambda each: each.last, reverse=True)

    async def by_hour(self, mailing: str) -> list[Numbered]:
        """Return how many mails were accepted and have failed in each hour in which there were any."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_HOURS, {"of": mailing})).all()
        return sorted(
            _numbered([(row.hour, row.state, row.number) for row in rows]), key=lambda each: str(each.of)
        )

    async def by_domain(self, mailing: str) -> list[Numbered]:
        """Return the same for each domain to which a mail was handed, the one with most mails first."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_DOMAINS, {"of": mailing})).all()
        numbered = _numbered([(row.domain, row.state, row.number) for row in rows])
        return sorted(numbered, key=lambda each: (-each.accepted - each.failed - each.waiting, str(each.of)))


def _numbered(rows: Sequence[tuple[str | datetime, str, int]]) -> list[Numbered]:
    states: dict[str | datetime, dict[str, int]] = {}
    for of, state, number in rows:
        states.setdefault(of, {})[state] = number
    return [
        Numbered(of, found.get(State.ACCEPTED, 0), found.get(State.FAILED, 0), found.get(State.WAITING, 0))
        for of, found in states.items()
    ]
