"""Reads where recoveries stand from their rows, for pages: no workflow is asked."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, func, literal, select

from activities.security.purposes import PROOFS
from activities.security.vault import key_id
from activities.store.database import Database
from activities.store.progress_table import progress
from activities.store.schema import Instant
from activities.store.tables import vault_keys
from election.following.progress import Progress
from election.stages import ENDINGS, Channel, Stage

# By name: web and console may not read every column of the table.
_READ = [progress.c[name] for name in ("workflow_id", *(fact.name for fact in fields(Progress)), "changed_at")]
_OF = progress.c.workflow_id == bindparam("of")
_ONE = select(*_READ).where(_OF)
_ONE_WITHOUT_HINT = select(
    *(each for each in _READ if each is not progress.c.hint), literal("").label("hint")
).where(_OF)
# One text: a parameter for each id takes the driver longer than the database.
_MANY = select(*_READ).where(progress.c.workflow_id == func.any(func.string_to_array(bindparam("of"), " ")))
# Transactions do not become visible in the order of their changes: what is a little older is read again.
_OVERLAP = timedelta(seconds=5)
_CHANGED = select(*_READ).where(progress.c.changed_at > bindparam("since", type_=Instant))
_CLOCK = select(func.clock_timestamp(type_=Instant))
_IS_PROOF = vault_keys.c.id.like(f"%{key_id('', PROOFS)}")
# The key of the proofs is destroyed when a request is judged.
_UNJUDGED = select(func.max(vault_keys.c.created_at)).where(vault_keys.c.workflow_id == bindparam("of"), _IS_PROOF)
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_MADE = vault_keys.c.created_at
_WAITING = select(func.count()).where(_IS_PROOF, _MADE.between(func.now() - _DAY, func.now() - _MINUTE))
# Accepted within seconds, or with a fault: these wait for a worker of the role `messaging`.
_UNSENT = (
    select(progress.c.channel, func.count().label("number"))
    .where(progress.c.stage == Stage.SENDING, progress.c.accepted_at.is_(None), progress.c.fault == "")
    .where(progress.c.begun_at < func.now() - _MINUTE, progress.c.dies_at > func.now())
    .group_by(progress.c.channel)
)
_KIND = func.split_part(progress.c.fault, ":", 1)
_FAULTS = (
    select(_KIND.label("kind"), func.count().label("number"))
    .where(progress.c.fault != "", progress.c.stage.not_in(ENDINGS), progress.c.dies_at > func.now())
    .group_by(_KIND)
)


class Noted(NamedTuple):
    """Where a recovery stood when its row was changed."""

    workflow_id: str
    progress: Progress
    changed_at: datetime


class ProgressReader:
    """Finds the rows of recoveries; without `shows_hint`, for the console, `find` reads no masked destination."""

    def __init__(self, database: Database, *, shows_hint: bool = True) -> None:
        self._database = database
        self._one = _ONE if shows_hint else _ONE_WITHOUT_HINT

    async def find(self, workflow_id: str) -> Noted | None:
        """Return where a recovery stands, or None when there is none; VERIFYING while its request is not judged."""
        async with self._database.reading() as connection:
            row = (await connection.execute(self._one, {"of": workflow_id})).one_or_none()
            if row is not None and row.stage in {Stage.SENDING, Stage.HELD}:
                return _noted(row)
            unjudged_since = (await connection.execute(_UNJUDGED, {"of": workflow_id})).scalar_one()
        if unjudged_since is None or (row is not None and row.changed_at > unjudged_since):
            return _noted(row) if row is not None else None
        return Noted(workflow_id, Progress(Stage.VERIFYING, unjudged_since), unjudged_since)

    async def of(self, workflow_ids: Sequence[str]) -> list[Noted]:
        """Return where those of the recoveries stand that have a row."""
        async with self._database.reading() as connection:
            return [_noted(row) for row in await connection.execute(_MANY, {"of": " ".join(workflow_ids)})]

    async def now(self) -> datetime:
        """Return the database's clock, which `changed_since` counts by."""
        async with self._database.reading() as connection:
            instant: datetime = (await connection.execute(_CLOCK)).scalar_one()
        return instant

    async def changed_since(self, instant: datetime, wanted: set[str] | dict[str, Any]) -> list[Noted]:
        """Return where those of the `wanted` recoveries stand whose rows have changed since an instant, or a little before."""
        async with self._database.reading() as connection:
            rows = await connection.execute(_CHANGED, {"since": instant - _OVERLAP})
            return [_noted(row) for row in rows if row.workflow_id in wanted]

    async def warnings(self) -> list[str]:
        """Return a line for each kind of recoveries that need somebody, with their number."""
        async with self._database.reading() as connection:
            waiting = (await connection.execute(_WAITING)).scalar_one()
            unsent = (await connection.execute(_UNSENT)).all()
            faults = (await connection.execute(_FAULTS)).all()
        lines = [f"recoveries: {waiting} not judged for a minute"] * bool(waiting)
        lines += [f"{row.channel}: {row.number} not sent for a minute" for row in sorted(unsent)]
        return lines + [f"{row.kind}: {row.number} sends failing" for row in sorted(faults)]


def _noted(row: Row[Any]) -> Noted:
    found = Progress(
        stage=Stage(row.stage),
        since=row.since,
        link_id=row.link_id,
        channel=Channel(row.channel) if row.channel else None,
        hint=row.hint,
        begun_at=row.begun_at,
        accepted_at=row.accepted_at,
        delivered_at=row.delivered_at,
        dies_at=row.dies_at,
        fault=row.fault,
        sends_left=row.sends_left,
        display_until=row.display_until,
        replaced_at=row.replaced_at,
    )
    return Noted(row.workflow_id, found, row.changed_at)
