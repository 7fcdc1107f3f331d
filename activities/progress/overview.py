"""Where all recoveries stand together: for the operators' dashboard."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from activities.store.database import Database
from activities.store.progress_table import progress
from election.following.progress import Progress, SendRules, since, stage_at
from election.stages import ENDINGS, Channel, Stage

_DAY = timedelta(days=1)
_FACTS = (
    "stage",
    "since",
    "channel",
    "begun_at",
    "accepted_at",
    "delivered_at",
    "dies_at",
    "fault",
    "display_until",
)
_IS_HELD = progress.c.stage == Stage.HELD
_UNDER_WAY = select(progress.c.workflow_id, *(progress.c[name] for name in _FACTS)).where(
    progress.c.stage.not_in(ENDINGS), ~_IS_HELD
)
# Counted by the database, since a gateway's failure may leave tens of thousands. As in `stage_at`, a link that has expired ends them.
_STILL_HELD = (
    _IS_HELD & (progress.c.fault != "") & (progress.c.dies_at.is_(None) | (progress.c.dies_at > bindparam("now")))
)
_HELD = (
    select(progress.c.fault, func.count().label("number"), func.min(progress.c.since).label("since"))
    .where(_STILL_HELD)
    .group_by(progress.c.fault)
    .order_by(func.count().desc(), progress.c.fault)
)
_OLDEST_HELD = (
    select(progress.c.workflow_id, progress.c.since, progress.c.fault)
    .where(_STILL_HELD)
    .order_by(progress.c.since)
    .limit(1)
)
_ENDED = (
    select(progress.c.stage, func.count().label("number"))
    .where(progress.c.stage.in_(ENDINGS), progress.c.changed_at > func.now() - _DAY)
    .group_by(progress.c.stage)
)
# For these somebody waits: a message has not arrived, or has failed.
_WAITING = frozenset({Stage.SENDING, Stage.LATE})


@dataclass(frozen=True)
class OldestWait:
    """The recovery that has waited for its message for the longest time."""

    workflow_id: str
    stage: Stage
    since: datetime
    fault: str


@dataclass(frozen=True)
class HeldSends:
    """How many sends have failed for good with one fault, and since when the first of them has."""

    number: int
    since: datetime


@dataclass(frozen=True)
class Overview:
    """How many recoveries under way are in each stage; `held` are the sends that have failed for good, by fault, the most first."""

    under_way: dict[Stage, int]
    oldest: OldestWait | None
    held: dict[str, HeldSends]


class RecoveryOverview:
    """Counts recoveries by the stage that voters' pages show, which follows from the row and the clock."""

    def __init__(self, database: Database, rules: SendRules, now: Callable[[], datetime]) -> None:
        self._database = database
        self._rules = rules
        self._now = now

    async def read(self) -> Overview:
        """Return how many recoveries are where, at this instant."""
        now = self._now()
        async with self._database.reading() as connection:
            rows = (await connection.execute(_UNDER_WAY)).all()
            held = {
                row.fault: HeldSends(row.number, row.since)
                for row in await connection.execute(_HELD, {"now": now})
            }
            oldest = (await connection.execute(_OLDEST_HELD, {"now": now})).one_or_none()
        waiting = [OldestWait(oldest.workflow_id, Stage.HELD, oldest.since, oldest.fault)] if oldest else []
        return _overview([_noted(row) for row in rows], held, waiting, now, self._rules)

    async def ended(self) -> dict[Stage, int]:
        """Return how many recoveries have ended in each way in the last 24 hours."""
        async with self._database.reading() as connection:
            return {Stage(row.stage): row.number for row in await connection.execute(_ENDED)}


def _overview(
    noted: Sequence[tuple[str, Progress]],
    held: dict[str, HeldSends],
    held_longest: list[OldestWait],
    now: datetime,
    rules: SendRules,
) -> Overview:
    staged = [(workflow_id, stage_at(facts, now, rules), facts) for workflow_id, facts in noted]
    # One whose link has expired, and whose workflow has not yet said so, is over.
    alive = [each for each in staged if each[1] not in ENDINGS]
    waiting = [
        OldestWait(workflow_id, stage, since(facts, now, rules), facts.fault)
        for workflow_id, stage, facts in alive
        if stage in _WAITING
    ]
    all_held = Counter({Stage.HELD: sum(each.number for each in held.values())})
    under_way = Counter(stage for _, stage, _ in alive) + all_held
    return Overview(
        under_way=dict(under_way),
        oldest=min(waiting + held_longest, key=lambda each: each.since, default=None),
        held=held,
    )


def _noted(row: Row[Any]) -> tuple[str, Progress]:
    facts = row._asdict()
    workflow_id, stage, channel = (facts.pop(name) for name in ("workflow_id", "stage", "channel"))
    return workflow_id, Progress(stage=Stage(stage), channel=Channel(channel) if channel else None, **facts)
