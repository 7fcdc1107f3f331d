"""Reads the metrics of all recoveries from their rows, so that they are true while workers and Temporal are away."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.config.errors import DatabaseNotReadyError, DatabaseUnavailableError
from activities.metrics.definitions import (
    DATABASE_UP,
    FAULTS,
    HEARTBEAT_AGE_SECONDS,
    RECOVERIES,
    UNJUDGED_SECONDS,
    UNSENT_SECONDS,
)
from activities.security.purposes import PROOFS
from activities.security.vault import key_id
from activities.store.database import Database
from activities.store.progress_table import progress
from activities.store.tables import vault_keys
from activities.upkeep.heartbeat import Heartbeat
from election.causes import CauseKind, cause_of
from election.following.progress import Progress, SendRules, stage_at
from election.stages import ENDINGS, Channel, Stage

# Every process of the web is asked, and each reads the whole table.
_KEPT_FOR = timedelta(seconds=10)
# A cause may come from outside, by an operator's receipt: the frequent ones that are known have their name, all others are one.
_MOST_CAUSES = 30
_OTHER_CAUSE = "other"

_LIVES = progress.c.stage.not_in(ENDINGS) & (progress.c.dies_at > func.now())
_FAULTS = (
    select(progress.c.stage, progress.c.fault, func.count().label("number"))
    .where(progress.c.fault != "", _LIVES)
    .group_by(progress.c.stage, progress.c.fault)
)
_UNSENT = (
    select(progress.c.channel, func.min(progress.c.begun_at).label("since"), func.now().label("now"))
    .where(progress.c.stage == Stage.SENDING, progress.c.accepted_at.is_(None), progress.c.fault == "", _LIVES)
    .group_by(progress.c.channel)
)
# The key of the proofs is destroyed when a request is judged, and by the key sweep.
_UNJUDGED = select(func.min(vault_keys.c.created_at).label("since"), func.now().label("now")).where(
    vault_keys.c.id.like(f"%{key_id('', PROOFS)}")
)


class RecoveryMetrics:
    """Sets the metrics of all recoveries, at most once in ten seconds."""

    def __init__(self, database: Database, rules: SendRules, now: Callable[[], datetime]) -> None:
        self._database = database
        self._rules = rules
        self._now = now
        self._read_at: datetime | None = None

    async def refresh(self) -> None:
        """Set them; while the database does not answer they have no values, since old ones would be taken for true."""
        now = self._now()
        if self._read_at is not None and now - self._read_at < _KEPT_FOR:
            return
        self._read_at = now
        try:
            async with self._database.snapshot() as connection:
                await self._read(connection, now)
        except (DatabaseUnavailableError, DatabaseNotReadyError):
            _clear()
            DATABASE_UP.set(0)
        else:
            DATABASE_UP.set(1)

    async def _read(self, connection: AsyncConnection, now: datetime) -> None:
        groups = (await connection.execute(_groups(now, self._rules))).all()
        faults = (await connection.execute(_FAULTS)).all()
        unsent = (await connection.execute(_UNSENT)).all()
        unjudged = (await connection.execute(_UNJUDGED)).one()
        silences = await Heartbeat(self._database).silences()
        # All at once: a scrape does not see a half of them.
        _clear()
        for stage, number in _by_stage(groups, now, self._rules).items():
            RECOVERIES.labels(stage).set(number)
        for labels, number in _by_cause(faults).items():
            FAULTS.labels(*labels).set(number)
        for row in unsent:
            UNSENT_SECONDS.labels(row.channel).set((row.now - row.since).total_seconds())
        waits = unjudged.now - unjudged.since if unjudged.since else timedelta(0)
        UNJUDGED_SECONDS.set(waits.total_seconds())
        for role, silence in silences.items():
            HEARTBEAT_AGE_SECONDS.labels(role).set(silence.total_seconds())


def _clear() -> None:
    for metric in (RECOVERIES, FAULTS, UNSENT_SECONDS, HEARTBEAT_AGE_SECONDS):
        metric.clear()
    UNJUDGED_SECONDS.set(0)


def _groups(now: datetime, rules: SendRules) -> Select[Any]:
    """Return the statement that counts the rows, one group for all that have the same stage at this instant.

    Each group has one of its rows' instants, of which `stage_at` finds the stage: it is decided in one place.
    """
    row = progress.c
    marks = [
        row.stage,
        row.channel,
        row.accepted_at.is_(None),
        row.delivered_at.is_(None),
        _has_come(row.begun_at, now - rules.late_after),
        _has_come(row.dies_at, now),
        _has_come(row.display_until, now),
    ]
    instants = [func.min(each).label(each.name) for each in (row.since, row.begun_at, row.accepted_at)]
    instants += [func.min(each).label(each.name) for each in (row.delivered_at, row.dies_at, row.display_until)]
    return select(row.stage, row.channel, func.count().label("number"), *instants).group_by(*marks)


def _has_come(instant: Any, now: datetime) -> Any:
    return case((instant.is_(None), literal("none")), (instant <= now, literal("past")), else_=literal("future"))


def _by_stage(groups: Iterable[Row[Any]], now: datetime, rules: SendRules) -> Counter[Stage]:
    """Return how many recoveries have each stage; a stage without any has 0, so that an alert sees it end."""
    found = Counter(dict.fromkeys(Stage, 0))
    for row in groups:
        noted = Progress(
            Stage(row.stage),
            row.since,
            channel=Channel(row.channel) if row.channel else None,
            begun_at=row.begun_at,
            accepted_at=row.accepted_at,
            delivered_at=row.delivered_at,
            dies_at=row.dies_at,
            display_until=row.display_until,
        )
        found[stage_at(noted, now, rules)] += row.number
    return found


def _by_cause(faults: Iterable[Row[Any]]) -> Counter[tuple[str, str, str]]:
    """Return how many living recoveries have each fault, by stage, channel and cause."""
    found: Counter[tuple[str, str, str]] = Counter()
    by_number = sorted(faults, key=lambda row: row.number, reverse=True)
    known = (row.fault for row in by_number if cause_of(row.fault).kind is not CauseKind.UNKNOWN)
    named = list(dict.fromkeys(known))[:_MOST_CAUSES]
    for row in by_number:
        channel, _, cause = row.fault.partition(":")
        found[row.stage, channel, cause if row.fault in named else _OTHER_CAUSE] += row.number
    return found
