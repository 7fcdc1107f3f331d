"""Where all recoveries stand together: for the operators' dashboard."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select

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
_UNDER_WAY = select(progress.c.workflow_id, *(progress.c[name] for name in _FACTS)).where(
    progress.c.stage.not_in(ENDINGS)
)
_ENDED = (
    select(progress.c.stage, func.count().label("number"))
    .where(progress.c.stage.in_(ENDINGS), progress.c.changed_at > func.now() - _DAY)
    .group_by(progress.c.stage)
)
# For these somebody waits: a message has not arrived, or has failed.
_WAITING = frozenset({Stage.SENDING, Stage.LATE, Stage.HELD})


@dataclass(frozen=True)
class OldestWait:
    """The recovery that has waited for its message for the longest time."""

    workflow_id: str
    stage: Stage
    since: datetime
    fault: str


@dataclass(frozen=True)
class Overview:
    """How many recoveries are in each stage: those under way now, and those that have ended in the last 24 hours.

    `held` and `postponed` are the sends that have failed for good, or are tried again by themselves, by fault.
    """

    under_way: dict[Stage, int]
    ended: dict[Stage, int]
    oldest: OldestWait | None
    held: dict[str, int]
    postponed: dict[str, int]


class RecoveryOverview:
    """Counts recoveries by the stage that voters' pages show, which follows from the row and the clock."""

    def __init__(self, database: Database, rules: SendRules, now: Callable[[], datetime]) -> None:
        self._database = database
        self._rules = rules
        self._now = now

    async def read(self) -> Overview:
        """Return how many recoveries are where, at this instant."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_UNDER_WAY)).all()
            ended = {Stage(row.stage): row.number for row in await connection.execute(_ENDED)}
        return _overview([_noted(row) for row in rows], ended, self._now(), self._rules)


def _overview(
    noted: Sequence[tuple[str, Progress]], ended: dict[Stage, int], now: datetime, rules: SendRules
) -> Overview:
    staged = [(workflow_id, stage_at(facts, now, rules), facts) for workflow_id, facts in noted]
    # One whose link has expired, and whose workflow has not yet said so, is over.
    alive = [each for each in staged if each[1] not in ENDINGS]
    waiting = (
        OldestWait(workflow_id, stage, since(facts, now, rules), facts.fault)
        for workflow_id, stage, facts in alive
        if stage in _WAITING
    )
    held = Counter(facts.fault for _, stage, facts in alive if stage is Stage.HELD)
    postponed = Counter(facts.fault for _, stage, facts in alive if stage is not Stage.HELD and facts.fault)
    return Overview(
        under_way=dict(Counter(stage for _, stage, _ in alive)),
        ended=ended,
        oldest=min(waiting, key=lambda each: each.since, default=None),
        held=dict(held.most_common()),
        postponed=dict(postponed.most_common()),
    )


def _noted(row: Row[Any]) -> tuple[str, Progress]:
    facts = row._asdict()
    workflow_id, stage, channel = (facts.pop(name) for name in ("workflow_id", "stage", "channel"))
    return workflow_id, Progress(stage=Stage(stage), channel=Channel(channel) if channel else None, **facts)
