"""Counts messages of the ledger: by gateway and area, by cause, and by day."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import RowMapping, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.evidence.journal import ACCEPTED, BOUNCE, DELIVERED, Event
from activities.store.tables import HAS_WORKFLOW, journal, messages
from election.following.delays import DelayPercentiles, delay_percentiles
from election.procedures import kind_of

_FEW = 5  # messages
_OTHERS = "autres"
_PAGE = 10_000  # rows
NOTICES = "%-avis"  # the ids of security notices
_unaccepted = (
    select(messages.c.id, messages.c.workflow_id, messages.c.delivery_id, messages.c.started_at)
    .where(messages.c.ended_at.is_(None), messages.c.accepted_at.is_(None))
    .cte("unaccepted")
)
# Of each of these deliveries the last send: the ledger has no index by delivery, and is read once for all.
_last = (
    select(messages.c.delivery_id, func.max(messages.c.started_at).label("at"))
    .where(messages.c.delivery_id.in_(select(_unaccepted.c.delivery_id)), messages.c.id.not_like(NOTICES))
    .group_by(messages.c.delivery_id)
    .subquery("last_send")
)
_RECOVERY_ENDED = exists().where(
    journal.c.workflow_id == _unaccepted.c.workflow_id,
    HAS_WORKFLOW,
    journal.c.event.like("%:recovery:ended") | (journal.c.event == Event.OPERATOR_CANCELLED),
    journal.c.recorded_at > _unaccepted.c.started_at,
)
# Notices are tried until the relay takes them; a link or identifier is given up when it is sent anew or its recovery ends.
_TRYING = (
    select(_unaccepted.c.id)
    .outerjoin(_last, _last.c.delivery_id == _unaccepted.c.delivery_id)
    .where(_unaccepted.c.id.like(NOTICES) | ~((_last.c.at > _unaccepted.c.started_at) | _RECOVERY_ENDED))
)
Kind = tuple[str, str, str]


@dataclass
class Sends:
    """The outcomes of some messages; `late` ones took longer than the election allows, `trying` ones are not accepted yet.

    `bounced` ones, which have failed too, were refused by the mailbox after the relay had accepted them.
    """

    sent: int = 0
    accepted: int = 0
    delivered: int = 0
    late: int = 0
    trying: int = 0
    failed: int = 0
    bounced: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def delay(self) -> DelayPercentiles | None:
        """How long they took from the first attempt until the phone received them or the relay accepted them."""
        return delay_percentiles(self.seconds)

    def add(self, message: "Counted") -> None:
        """Count one message."""
        self.sent += 1
        self.accepted += message.row["accepted_at"] is not None
        self.delivered += message.row["outcome"] == DELIVERED
        self.trying += message.is_trying
        self.failed += message.has_failed
        self.bounced += (message.row["outcome"] or "").startswith(BOUNCE)
        self.late += message.is_late
        if message.has_arrived:
            self.seconds.append(message.took.total_seconds())

    def add_all(self, others: "Sends") -> None:
        """Count the messages of others too."""
        for name in ("sent", "accepted", "delivered", "late", "trying", "failed", "bounced"):
            setattr(self, name, getattr(self, name) + getattr(others, name))
        self.seconds.extend(others.seconds)


@dataclass(frozen=True)
class Counted:
    """A message that is counted, as it is at an instant."""

    row: RowMapping
    is_trying: bool
    took: timedelta
    late_after: timedelta

    @property
    def has_arrived(self) -> bool:
        """Whether the phone received it, or the relay accepted it."""
        return self.row["outcome"] in {ACCEPTED, DELIVERED}

    @property
    def has_failed(self) -> bool:
        """Whether nothing more is to come: refused, undelivered, or not accepted after all tries."""
        return bool(self.row["outcome"]) and not self.has_arrived and not self.is_trying

    @property
    def is_late(self) -> bool:
        """Whether it took too long to arrive, or has not arrived in that time and may still."""
        return self.took > self.late_after and not self.has_failed


@dataclass
class SendFigures:
    """Messages by (channel, gateway, country or domain), by (procedure, channel, gateway, cause), and by day.

    `trying` has the ids of those that are not accepted yet, and still may be.
    """

    by_area: dict[Kind, Sends] = field(default_factory=lambda: defaultdict(Sends))
    by_cause: dict[tuple[str, str, str, str], Sends] = field(default_factory=lambda: defaultdict(Sends))
    by_day: dict[str, Sends] = field(default_factory=lambda: defaultdict(Sends))
    by_procedure: Counter[str] = field(default_factory=Counter)
    trying: frozenset[str] = frozenset()

    def add(self, message: Counted, day: str) -> None:
        """Count one message."""
        row = message.row
        procedure = kind_of(row["workflow_id"])
        self.by_area[row["channel"], row["gateway"], row["country_or_domain"]].add(message)
        self.by_day[day].add(message)
        self.by_procedure[procedure] += 1
        if message.is_trying or message.has_failed:
            self.by_cause[procedure, row["channel"], row["gateway"], row["outcome"] or ""].add(message)


async def count_sends(
    connection: AsyncConnection, late_after: timedelta, now: datetime, zone: tzinfo
) -> SendFigures:
    """Return the counts of all messages; days are those of a time zone."""
    figures = SendFigures(trying=frozenset((await connection.execute(_TRYING)).scalars()))
    async for row in _messages(connection):
        took = (row["ended_at"] or now) - row["started_at"]
        day = row["started_at"].astimezone(zone).date().isoformat()
        figures.add(Counted(row, row["id"] in figures.trying, took, late_after), day)
    figures.by_area = _folded(figures.by_area)
    return figures


async def _messages(connection: AsyncConnection) -> AsyncIterator[RowMapping]:
    # By pages, so that a million messages neither fill the memory nor keep a snapshot open.
    last = ""
    query = select(messages).order_by(messages.c.id).limit(_PAGE)
    while page := (await connection.execute(query.where(messages.c.id > last))).mappings().all():
        for row in page:
            yield row
        last = page[-1]["id"]


def _folded(sends: Mapping[Kind, Sends]) -> dict[Kind, Sends]:
    # A domain with few messages may be one person's own.
    folded: dict[Kind, Sends] = defaultdict(Sends)
    for (channel, gateway, country_or_domain), some in sorted(sends.items()):
        folded[channel, gateway, country_or_domain if some.sent >= _FEW else _OTHERS].add_all(some)
    return folded
